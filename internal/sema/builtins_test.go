package sema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBuiltins(t *testing.T) {
	for _, name := range []string{"map", "true", "builtins", "import", "__add", "__foldl'", "fetchTree", "__convertHash"} {
		assert.True(t, IsGlobal(name), name)
	}
	for _, name := range []string{"add", "__map", "__", "attrNames", "curPos", "__curPos", "lib", "", "__true", "__nope"} {
		assert.False(t, IsGlobal(name), name)
	}
	for _, name := range []string{"map", "add", "foldl'", "filterAttrs", "valueSize", "zipAttrsWith", "abort"} {
		assert.True(t, IsBuiltin(name), name)
	}
	for _, name := range []string{"curPos", "nope", "", "zzz", "aaa"} {
		assert.False(t, IsBuiltin(name), name)
	}
	b := LookupBuiltin("convertHash")
	require.NotNil(t, b)
	assert.Equal(t, Builtin{Name: "convertHash", Args: 1, Since: NixVersion{2, 19}}, *b)
	for _, g := range Globals() {
		assert.True(t, IsGlobal(g), g)
	}
	for _, b := range Builtins() {
		assert.Equal(t, b.Global, IsGlobal(b.Name), b.Name)
		assert.Equal(t, !b.Global, IsGlobal("__"+b.Name), b.Name)
	}
}

func BenchmarkIsGlobal(b *testing.B) {
	for b.Loop() {
		IsGlobal("builtins")
		IsGlobal("mkIf")
		IsGlobal("__foldl'")
	}
}

func TestBuiltinIn(t *testing.T) {
	for _, c := range []struct {
		name   string
		oldest NixVersion
		want   Availability
	}{
		{"map", NixVersion{2, 3}, Available}, {"warn", NixVersion{2, 23}, Available}, {"warn", NixVersion{2, 22}, Newer}, {"nope", NixVersion{2, 3}, Unknown},
		{"filterAttrs", NixVersion{2, 34}, Elsewhere}, {"valueSize", NixVersion{2, 3}, Available}, {"valueSize", NixVersion{2, 4}, Gone}, {"warn", NixVersion{3, 0}, Available},
	} {
		got, _ := BuiltinIn(c.name, c.oldest)
		assert.Equal(t, c.want, got, "%s in %s", c.name, c.oldest)
	}
	assert.Equal(t, "2.19", NixVersion{2, 19}.String())
}
