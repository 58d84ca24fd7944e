package libtable_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/libtable"
)

func TestLookup(t *testing.T) {
	for name, args := range map[string]uint8{"optional": 2, "foldl'": 3, "types": 0, "mkIf": 2, "id": 1} {
		n := libtable.Lookup(name)
		require.NotNil(t, n, name)
		assert.Equal(t, args, n.Args, name)
	}
	for _, name := range []string{"", "zip", "noSuchName", "zzz"} {
		assert.Nil(t, libtable.Lookup(name), name)
	}
}

func TestDeprecated(t *testing.T) {
	for path, use := range map[string]string{
		"fold": "foldr", "lists.fold": "foldr", "zip": "zipAttrsWith", "sources.pathType": "filesystem.pathType", "modules.mkAliasIfDef": "", "mkAliasIfDef": "",
	} {
		d := libtable.Deprecated(path)
		require.NotNil(t, d, path)
		assert.Equal(t, use, d.Use, path)
	}
	assert.True(t, libtable.Deprecated("modules.mkAliasIfDef").Gone.IsZero())
	assert.False(t, libtable.Deprecated("mkAliasIfDef").Gone.IsZero())
	for _, path := range []string{"pathType", "strings.fold", "foldr", "lists", "lists.fold.x", "", "a.b"} {
		assert.Nil(t, libtable.Deprecated(path), path)
	}
	assert.False(t, libtable.IsDeprecatedName("foldr"))
	for _, d := range libtable.Deprecations() {
		assert.True(t, libtable.IsDeprecatedName(d.Name), d.Name)
		assert.False(t, d.Use == "" && d.Advice == "", "%s: nothing says what to do", d.Name)
		assert.False(t, d.Same && d.Use == "", d.Name)
		assert.False(t, !d.Gone.IsZero() && d.Gone.Compare(d.Since) < 0, d.Name)
	}
}

func r(year, month uint8) libtable.Release { return libtable.Release{Year: year, Month: month} }

func TestRelease(t *testing.T) {
	rel, ok := libtable.ParseRelease("25.05")
	assert.True(t, ok)
	assert.Equal(t, "25.05", rel.String())
	for _, s := range []string{"", "25", "2505", "25.5", "a.bc", "25.055"} {
		_, ok := libtable.ParseRelease(s)
		assert.False(t, ok, s)
	}
	assert.Negative(t, r(24, 11).Compare(r(25, 5)))
}
