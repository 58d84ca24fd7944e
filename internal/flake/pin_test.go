package flake

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/parser"
)

func lockOfNixpkgs(node string) *string {
	text := `{"version": 7, "root": "root", "nodes": {"root": {"inputs": {"nixpkgs": "n"}}, "n": ` + node + `}}`
	return &text
}

func TestPin(t *testing.T) {
	r := func(year, month uint8) libtable.Release { return libtable.Release{Year: year, Month: month} }
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
		pin, ok := New("/f", parser.Parse(`{ inputs.nixpkgs.url = "nixpkgs"; outputs = i: { }; }`), lockOfNixpkgs(c.node)).Pin()
		require.True(t, ok, c.node)
		assert.Equal(t, libtable.Pin{Has: c.has, May: c.may}, pin, c.node)
	}
	for _, node := range []string{
		`{"locked": {"type": "github", "owner": "me", "repo": "tool", "rev": "a", "narHash": "x", "lastModified": 1700000000}, "original": {"type": "github", "owner": "me", "repo": "tool"}}`,
		`{"locked": {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": "a", "narHash": "x"}, "original": {"type": "github", "owner": "NixOS", "repo": "nixpkgs"}}`,
	} {
		_, ok := New("/f", parser.Parse(`{ outputs = i: { }; }`), lockOfNixpkgs(node)).Pin()
		assert.False(t, ok, node)
	}
	_, ok := (*Flake)(nil).Pin()
	assert.False(t, ok)
}
