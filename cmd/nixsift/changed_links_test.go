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

// link makes a link, in place of what is there.
func link(t *testing.T, root, target, name string) {
	t.Helper()
	_ = os.Remove(filepath.Join(root, name))
	require.NoError(t, os.Symlink(target, filepath.Join(root, name)))
}

// changeFinds holds what is found about what differs from HEAD, before it is staged and after.
func changeFinds(t *testing.T, root, want string) {
	t.Helper()
	_, found, errs := short(t, root, "--changed-since", "HEAD")
	assert.Equal(t, want, found, errs)
	gittest.Run(t, root, "add", "-A")
	for _, args := range [][]string{{"--staged"}, {"--changed-since", "HEAD"}} {
		_, found, errs := short(t, root, args...)
		assert.Equal(t, want, found, "%v %s", args, errs)
	}
}

// TestChangesBehindLinks counts what a change means for files that it does not touch: those that a link leads to it from, and
// those that name what is a link to nowhere, or a folder, since.
func TestChangesBehindLinks(t *testing.T) {
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
			changeFinds(t, root, c.found)
		})
	}
}

// TestGoneBehindFolderLinks takes away what is reached through tracked links to folders.
func TestGoneBehindFolderLinks(t *testing.T) {
	const lost = "m/z.nix: missing-path"
	for _, c := range []struct {
		name   string
		change func(t *testing.T, root string)
		found  string
	}{
		{"the file", func(t *testing.T, root string) { remove(t, root, "d/x.nix") }, lost},
		{"the folder", func(t *testing.T, root string) { require.NoError(t, os.RemoveAll(filepath.Join(root, "d"))) }, lost},
		{"the link", func(t *testing.T, root string) { remove(t, root, "l/d") }, lost},
		{"the link leads nowhere", func(t *testing.T, root string) { link(t, root, "../nope", "l/d") }, lost},
		{"the link leads elsewhere", func(t *testing.T, root string) { link(t, root, "../e", "l/d") }, lost},
		{"the link leads to the like", func(t *testing.T, root string) { link(t, root, "../f", "l/d") }, ""},
		{"the link of a link", func(t *testing.T, root string) { link(t, root, "../e", "l/d") }, lost},
		{"the link is a folder", func(t *testing.T, root string) {
			remove(t, root, "l/d")
			gittest.Write(t, root, "l/d/x.nix", sound)
		}, ""},
		{"another file", func(t *testing.T, root string) { remove(t, root, "d/y.nix") }, ""},
	} {
		for _, way := range []string{"l/d", "again"} {
			t.Run(c.name+" by "+way, func(t *testing.T) {
				root := repository(t, "d/x.nix", sound, "d/y.nix", sound, "e/y.nix", sound, "f/x.nix", sound, "l/keep", "", "m/z.nix", "import ../"+way+"/x.nix\n", "m/old.nix", "import ../l/d/nope.nix\n")
				link(t, root, "../d", "l/d")
				link(t, root, "l/d", "again")
				link(t, root, ".", "d/self")
				commit(t, root)
				c.change(t, root)
				changeFinds(t, root, c.found)
			})
		}
	}
}

// TestTrackedNoMore has files that stay, but that Git does not track since.
func TestTrackedNoMore(t *testing.T) {
	for literal, found := range map[string]string{"./x.nix": "flake.nix: untracked-file", "./sub": "flake.nix: untracked-file", "./y.nix": ""} {
		root := repository(t, "flake.nix", "{ outputs = _: import "+literal+"; }\n", "x.nix", sound, "y.nix", sound, "sub/default.nix", sound)
		gittest.Run(t, root, "rm", "-q", "--cached", "x.nix", "sub/default.nix")
		_, got, errs := short(t, root, "--changed-since", "HEAD")
		assert.Equal(t, found, got, "%s %s", literal, errs)
	}
}

// TestLinkLeftAlone takes away what a CI file leads to, so that it is passed over.
func TestLinkLeftAlone(t *testing.T) {
	root := repository(t, "ci/w.yml", "on: push\njobs: {}\n", ".github/workflows/keep", "")
	require.NoError(t, os.Symlink("../../ci/w.yml", filepath.Join(root, ".github/workflows/a.yml")))
	commit(t, root)
	remove(t, root, "ci/w.yml")
	gittest.Run(t, root, "add", "-A")
	for _, args := range [][]string{nil, {"--staged"}, {"--changed-since", "HEAD"}} {
		_, _, errs := short(t, root, args...)
		assert.Contains(t, errs, ".github/workflows/a.yml leads to nothing that is there", args)
	}
}
