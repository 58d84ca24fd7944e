package libtable_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/parser"
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

func lock(node string) *string {
	text := `{"version": 7, "root": "root", "nodes": {"root": {"inputs": {"nixpkgs": "n"}}, "n": ` + node + `}}`
	return &text
}

func TestPin(t *testing.T) {
	at := func(day string) string {
		d, err := time.Parse(time.DateOnly, day)
		require.NoError(t, err)
		return fmt.Sprintf(`{"locked": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": "a", "narHash": "x", "lastModified": %d}, `+
			`"original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-unstable"}}`, d.Unix())
	}
	for _, c := range []struct {
		node     string
		has, may libtable.Release
	}{
		{`{"locked": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": "a", "narHash": "x", "lastModified": 1}, "original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-24.05"}}`, r(24, 5), r(24, 5)},
		{at("2025-10-01"), r(25, 5), r(25, 11)},
		{at("2025-05-25"), r(24, 11), r(25, 5)},
		{at("2026-01-02"), r(25, 11), r(26, 5)},
		{at("2025-12-01"), r(25, 11), r(26, 5)},
	} {
		pin, ok := libtable.PinOf(flake.New("/f", parser.Parse(`{ inputs.nixpkgs.url = "nixpkgs"; outputs = i: { }; }`), lock(c.node)))
		require.True(t, ok, c.node)
		assert.Equal(t, libtable.Pin{Has: c.has, May: c.may}, pin, c.node)
	}
	for _, node := range []string{
		`{"locked": {"type": "github", "owner": "me", "repo": "tool", "rev": "a", "narHash": "x", "lastModified": 1700000000}, "original": {"type": "github", "owner": "me", "repo": "tool"}}`,
		`{"locked": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": "a", "narHash": "x"}, "original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs"}}`,
	} {
		_, ok := libtable.PinOf(flake.New("/f", parser.Parse(`{ outputs = i: { }; }`), lock(node)))
		assert.False(t, ok, node)
	}
	_, ok := libtable.PinOf(nil)
	assert.False(t, ok)
}

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
