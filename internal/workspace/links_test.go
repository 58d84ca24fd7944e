//go:build unix

package workspace_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/watch"
	"github.com/nixsift/nixsift/internal/workspace"
)

// noBlobs is an object store for a working tree that is the same as the index.
type noBlobs struct{}

func (noBlobs) Blob(id git.ID) ([]byte, error) { return nil, fmt.Errorf("no blob %s", id) }

// answers tells all that a file system says of a path in root. What nothing is at and what lies below a file are one.
func answers(fsys workspace.FS, root, path string) string {
	var b strings.Builder
	say := func(what string, err error, value string) {
		switch {
		case workspace.IsMissing(err):
			value = "missing"
		case errors.Is(err, workspace.ErrNotRegular):
			value = "not regular"
		case err != nil:
			value = "fails"
		}
		fmt.Fprintf(&b, "%s: %s\n", what, strings.ReplaceAll(value, root, "ROOT"))
	}
	kind := func(info fs.FileInfo) string {
		if info == nil {
			return ""
		}
		return info.Name() + " " + info.Mode().Type().String()
	}
	info, err := fsys.Lstat(path)
	say("lstat", err, kind(info))
	info, err = fsys.Stat(path)
	say("stat", err, kind(info))
	text, err := fsys.ReadFile(path)
	say("read", err, string(text))
	text, err = workspace.ReadInto(fsys, path, make([]byte, 0, 64))
	say("read into", err, string(text))
	entries, err := fsys.ReadDir(path)
	names := ""
	for _, e := range entries {
		if e.Name() != ".git" {
			names += fmt.Sprint(e.Name(), " ", e.Type(), ", ")
		}
	}
	say("list", err, names)
	target, err := fsys.Readlink(path)
	say("link", err, target)
	resolved, err := fsys.EvalSymlinks(path)
	say("resolve", err, resolved)
	return b.String()
}

// TestSameAnswers holds that file systems without buffers say of every path what the disk is, however they are laid over each other.
func TestSameAnswers(t *testing.T) {
	gittest.Isolate(t)
	outside := gittest.Real(t, t.TempDir())
	gittest.Write(t, outside, "o.nix", "o")
	root := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, root, "file.nix", "1", "real/x.nix", "2", "real/deep/y.nix", "3", "ci/w.yml", "jobs: [", ".github/workflows/plain.yml", "{}")
	for link, target := range map[string]string{
		"file-link.nix": "file.nix", "twice.nix": "file-link.nix", "lib": "real", "lib-twice": "lib", "into": "real/deep", "here": ".", "real/up": "..",
		"through.nix": "lib/deep/../x.nix", ".github/workflows/a.yml": "../../ci/w.yml", "absolute": filepath.Join(root, "real"), "out.nix": filepath.Join(outside, "o.nix"), "out": outside,
		"nowhere": "gone", "below-nowhere": "nowhere/x", "below-file": "file.nix/x", "above-file": "file.nix/../real", "round": "round", "a": "b", "b": "a", "in-round": "round/x",
		"device.nix": "/dev/zero", "null.nix": "/dev/null", "slashes": "real//deep/", "file-slash": "file.nix/", "dot": "./real/./x.nix",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(root, link)))
	}
	gittest.Run(t, root, "add", "-A")

	names := []string{"", "gone", "gone/x", "file.nix/below", "lib/x.nix", "lib/deep/y.nix", "lib/deep", "lib/gone", "lib-twice/x.nix", "into/y.nix", "here/here/lib/x.nix", "real/up/file.nix",
		"lib/up/lib/x.nix", "absolute/x.nix", "out/o.nix", "out/gone", "round/x", "a/x", "nowhere/x", "device.nix/x", "slashes/y.nix", "above-file/x.nix"}
	repo, err := git.OpenContents(root, true)
	require.NoError(t, err)
	for e := range repo.Files() {
		names = append(names, e.Path, filepath.Dir(e.Path))
	}
	onDisk := []string{"fifo.nix", "fifo-link.nix", "fifo-link.nix/x"} // which no index can have
	index := func(base workspace.FS) workspace.FS { return workspace.NewIndex(base, repo, noBlobs{}) }
	overlay := func(base workspace.FS) workspace.FS { return workspace.NewOverlay(base) }
	tree := func(base workspace.FS) workspace.FS {
		tr := watch.New(base)
		t.Cleanup(tr.Close)
		return tr
	}
	layers := []func(workspace.FS) workspace.FS{overlay, workspace.Remember, tree, index}
	type stack struct {
		name  string
		fs    workspace.FS
		index bool
	}
	stacks := []stack{{"OS", workspace.OS, false}}
	for depth, from := 0, 0; depth < 2; depth++ {
		for end := len(stacks); from < end; from++ {
			for i, layer := range layers {
				if isIndex := i == 3; !isIndex || !stacks[from].index {
					stacks = append(stacks, stack{[]string{"overlay", "remembered", "tree", "index"}[i] + " over " + stacks[from].name, layer(stacks[from].fs), isIndex || stacks[from].index})
				}
			}
		}
	}
	deep := workspace.Remember(overlay(workspace.Remember(workspace.OS))) // as fixes have it
	stacks = append(stacks, stack{"remembered over overlay over remembered", deep, false}, stack{"the same, over a tree of the index", workspace.Remember(overlay(workspace.Remember(tree(index(workspace.OS))))), true})
	compare := func(names []string, skip func(stack) bool) {
		for _, name := range names {
			path := filepath.Join(root, name)
			want := answers(workspace.OS, root, path)
			for _, s := range stacks {
				if !skip(s) && !assert.Equal(t, want, answers(s.fs, root, path), "%s: %s", s.name, name) {
					return
				}
			}
		}
	}
	compare(names, func(stack) bool { return false })
	compare(names, func(stack) bool { return false }) // what is remembered
	require.NoError(t, syscall.Mkfifo(filepath.Join(root, "fifo.nix"), 0o666))
	require.NoError(t, os.Symlink("fifo.nix", filepath.Join(root, "fifo-link.nix")))
	for i := range stacks[1:] { // what is remembered is so for good
		stacks[i+1].index = stacks[i+1].index || strings.Contains(stacks[i+1].name, "remembered")
	}
	compare(onDisk, func(s stack) bool { return s.index })
	for _, fsys := range []workspace.FS{workspace.Remember(workspace.OS), workspace.Remember(workspace.NewOverlay(workspace.Remember(workspace.OS)))} {
		for _, name := range onDisk {
			assert.Equal(t, answers(workspace.OS, root, filepath.Join(root, name)), answers(fsys, root, filepath.Join(root, name)), name)
		}
	}
}
