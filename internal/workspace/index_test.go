package workspace

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/git/gittest"
)

// gitBlobs asks git for each content.
type gitBlobs struct {
	t    *testing.T
	root string
	read []string
}

func (b *gitBlobs) Blob(id git.ID) ([]byte, error) {
	b.read = append(b.read, id.String())
	out, err := gittest.Command(b.t, b.root, "cat-file", "blob", id.String()).Output()
	return out, err
}

// TestIndexIsACheckout compares the index as a file system with what git writes when it checks the index out.
func TestIndexIsACheckout(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, root, "a/x.nix", "1\n", "a.nix", "2\n", "a-b/y.nix", "3\n", "a0", "4\n", "deep/er/z.nix", "5\n", "deep/er.nix", "6\n", "empty.nix", "", "é b.nix", "7\n",
		"changed.nix", "staged\n", "dropped.nix", "8\n", "wasfile", "9\n", "wasdir/in.nix", "10\n", "run", "#!/bin/sh\n")
	require.NoError(t, os.Chmod(filepath.Join(root, "run"), 0o777))
	for link, target := range map[string]string{
		"link": "a", "a/up": "../deep", "round": "round", "nowhere": "gone", "file-link.nix": "a.nix", "a/twice": "up/er/../../link/x.nix", "changed-link": "a", "dropped-link": "deep",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(root, link)))
	}
	gittest.Run(t, root, "add", "-A")
	out := gittest.Real(t, t.TempDir())
	gittest.Run(t, root, "checkout-index", "--all", "--prefix="+out+"/")

	// The working tree goes on.
	gittest.Write(t, root, "changed.nix", "not staged\n", "untracked.nix", "1\n", "new/untracked.nix", "1\n", "a/untracked.nix", "1\n")
	for _, name := range []string{"dropped.nix", "wasfile", "wasdir", "changed-link", "dropped-link"} {
		require.NoError(t, os.RemoveAll(filepath.Join(root, name)))
	}
	gittest.Write(t, root, "wasdir", "now a file\n", "wasfile/in.nix", "now a folder\n")
	require.NoError(t, os.Symlink("deep", filepath.Join(root, "changed-link")))

	repo, err := git.OpenContents(root, true)
	require.NoError(t, err)
	blobs := &gitBlobs{t: t, root: root}
	index := NewIndex(OS, repo, blobs)
	paths := []string{
		"", "gone", "untracked.nix", "new", "new/untracked.nix", "a/untracked.nix", "link/x.nix", "link/up/er/z.nix", "link/none", "a/up/er.nix", "a/x.nix/below", "round/below",
		"nowhere/below", "wasdir/in.nix", "wasfile/in.nix", "changed-link/x.nix", "dropped-link/er/z.nix", "link/twice", "a/../a.nix",
	}
	for e := range repo.Files() {
		paths = append(paths, e.Path, filepath.Dir(e.Path))
	}
	slices.Sort(paths)
	for _, rel := range slices.Compact(paths) {
		assert.Equal(t, describe(OS, out, rel), describe(index, root, rel), rel)
		assert.Equal(t, describe(OS, out, rel), describe(Remember(index), root, rel), "%s, remembered", rel)
	}
	slices.Sort(blobs.read)
	blobs.read = slices.Compact(blobs.read)
	assert.Len(t, blobs.read, 6, "only what the working tree does not have: contents of changed.nix, dropped.nix, wasfile, in.nix, and two links")
}

// describe tells all that a file system says of a path.
func describe(fsys FS, root, rel string) string {
	path := filepath.Join(root, filepath.FromSlash(rel))
	var b strings.Builder
	say := func(what string, err error, value any) {
		switch {
		case IsMissing(err):
			value = "not there"
		case err != nil:
			value = "fails"
		}
		fmt.Fprintf(&b, "%s: %v\n", what, value)
	}
	describeInfo := func(info fs.FileInfo) any {
		if info == nil {
			return nil
		}
		if path == root { // which has another name here
			return "folder"
		}
		return fmt.Sprint(info.Name(), info.Mode().Type())
	}
	info, err := fsys.Lstat(path)
	say("lstat", err, describeInfo(info))
	info, err = fsys.Stat(path)
	if info != nil {
		say("stat", err, info.Mode().Type())
	} else {
		say("stat", err, nil)
	}
	text, err := fsys.ReadFile(path)
	say("read", err, string(text))
	entries, err := fsys.ReadDir(path)
	var names []string
	for _, e := range entries {
		if e.Name() != ".git" {
			names = append(names, e.Name()+" "+e.Type().String())
		}
	}
	say("list", err, names)
	resolved, err := fsys.EvalSymlinks(path)
	say("resolve", err, strings.TrimPrefix(resolved, root))
	target, err := fsys.Readlink(path)
	say("link", err, strings.TrimPrefix(target, root))
	return b.String()
}
