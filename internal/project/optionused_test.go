package project

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// written writes down the uses below a node, and holds that all that may still be changed is there.
func (n *useNode) written() map[string]any {
	out := map[string]any{"": fmt.Sprint(n.here, n.whole, n.beats, n.own)}
	for name, child := range n.children {
		out[name] = child.written()
	}
	return out
}

// TestUsesAfterEdits edits modules at random, mostly one for a while, and holds what the project uses against a snapshot that knows nothing
// of earlier texts.
func TestUsesAfterEdits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	names := []string{"a.nix", "b.nix", "c.nix", "d.nix"}
	text := func() string {
		var b strings.Builder
		b.WriteString("{ config, lib, ... }: {\n")
		for i := range r.IntN(6) {
			path := fmt.Sprintf("%c.o%d", 'm'+rune(r.IntN(3)), r.IntN(4))
			switch r.IntN(5) {
			case 0:
				fmt.Fprintf(&b, "  options.%s.v%d = lib.mkOption { default = 1; };\n", path, i)
			case 1:
				fmt.Fprintf(&b, "  config.%s.v%d = lib.mkForce 1;\n", path, i)
			case 2:
				fmt.Fprintf(&b, "  config.%s.v%d = config.%s.w;\n", path, i, path)
			case 3:
				fmt.Fprintf(&b, "  config.x%d = config.%s.w or 1;\n", i, path)
			default:
				fmt.Fprintf(&b, "  config.y%d = f config.%s; # it\n", i, path)
			}
		}
		return b.String() + "}\n"
	}
	files := map[string]string{"flake.nix": "{ outputs = _: { }; }"}
	for _, name := range names {
		files[name] = text()
	}
	dir := testenv.Tree(t, files)
	fs := workspace.NewOverlay(workspace.OS)
	s := NewLive(fs)
	kept := 0
	edited := names[0]
	var others *optionUses
	for range 300 {
		if r.IntN(5) == 0 {
			edited = names[r.IntN(len(names))]
		}
		path := filepath.Join(dir, edited)
		fs = fs.Clone()
		fs.Set(path, []byte(text()))
		s = s.Next(Change{FS: fs, Files: []string{path}})
		if r.IntN(8) == 0 {
			continue // nobody asks
		}
		got, want := s.View(path).Answers().moduleIndex(), NewLive(fs).View(path).Answers().moduleIndex()
		for _, pair := range [][2]*useNode{{got.used().defined, want.used().defined}, {got.used().read, want.used().read}, {got.used().asked, want.used().asked}} {
			require.Equal(t, pair[1].written(), pair[0].written())
		}
		require.Equal(t, want.used().foreign, got.used().foreign)
		if m := s.uses.get(dir, nil); m.others == others {
			kept++
		} else {
			others = m.others
		}
	}
	require.Greater(t, kept, 30)
}
