//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
)

// TestChangesBehindLinks counts what a change means for files that it does not touch: those that a link leads to it from, and
// those that name what is a link to nowhere, or a folder, since.
func TestChangesBehindLinks(t *testing.T) {
	link := func(t *testing.T, root, target, name string) {
		t.Helper()
		_ = os.Remove(filepath.Join(root, name))
		require.NoError(t, os.Symlink(target, filepath.Join(root, name)))
	}
	for _, c := range []struct {
		name   string
		before func(t *testing.T, root string)
		change func(t *testing.T, root string)
		found  string
	}{
		{"a file becomes a link to nowhere", nil, func(t *testing.T, root string) { link(t, root, "nope", "d.nix") }, "uses.nix: missing-path"},
		{"a file becomes a link to another", nil, func(t *testing.T, root string) { link(t, root, "other.nix", "d.nix") }, ""},
		{"a file becomes a folder without default.nix", nil, func(t *testing.T, root string) {
			remove(t, root, "d.nix")
			gittest.Write(t, root, "d.nix/foo", "x")
		}, "uses.nix: missing-path"},
		{"a file becomes a folder with one", nil, func(t *testing.T, root string) {
			remove(t, root, "d.nix")
			gittest.Write(t, root, "d.nix/default.nix", sound)
		}, ""},
		{"a link leads to nowhere since", func(t *testing.T, root string) { link(t, root, "other.nix", "d.nix") },
			func(t *testing.T, root string) { link(t, root, "nope", "d.nix") }, "uses.nix: missing-path"},
		{"what a link leads to goes", func(t *testing.T, root string) { link(t, root, "other.nix", "d.nix") },
			func(t *testing.T, root string) { remove(t, root, "other.nix") }, "uses.nix: missing-path"},
		{"a link led to nowhere before", func(t *testing.T, root string) { link(t, root, "nope", "d.nix") },
			func(t *testing.T, root string) { gittest.Write(t, root, "other.nix", "[ ]\n") }, ""},
		{"what a link leads to is broken", func(t *testing.T, root string) {
			gittest.Write(t, root, "code.txt", sound, "sub/keep.nix", sound)
			link(t, root, "../code.txt", "sub/a.nix")
		}, func(t *testing.T, root string) { gittest.Write(t, root, "code.txt", "{ a = ; }\n") }, "sub/a.nix: syntax-error"},
		{"what a CI file leads to is broken", func(t *testing.T, root string) {
			gittest.Write(t, root, "ci/w.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: nix build\n", ".github/workflows/keep", "")
			link(t, root, "../../ci/w.yml", ".github/workflows/a.yml")
		}, func(t *testing.T, root string) { gittest.Write(t, root, "ci/w.yml", "jobs: [\n") }, ".github/workflows/a.yml: unparsed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := repository(t, "uses.nix", "import ./d.nix\n", "d.nix", sound, "other.nix", sound)
			if c.before != nil {
				c.before(t, root)
				commit(t, root)
			}
			c.change(t, root)
			_, found, errs := short(t, root, "--changed-since", "HEAD")
			assert.Equal(t, c.found, found, errs)
			gittest.Run(t, root, "add", "-A")
			for _, args := range [][]string{{"--staged"}, {"--changed-since", "HEAD"}} {
				_, found, errs := short(t, root, args...)
				assert.Equal(t, c.found, found, "%v %s", args, errs)
			}
		})
	}
}
