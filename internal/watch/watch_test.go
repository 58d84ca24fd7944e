package watch_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/watch"
	"github.com/nixsift/nixsift/internal/workspace"
)

// polled is the file system of the machine, of which the system tells nothing.
type polled struct{ workspace.FS }

func (polled) EvalSymlinks(path string) (string, error) { return filepath.EvalSymlinks(path) }

// look reads a tree as a run does: it lists a/, reads a/x.nix and what a/link leads to, and asks about other paths.
func look(t *testing.T, tree *watch.Tree, dir string) {
	t.Helper()
	_, _ = tree.ReadDir(filepath.Join(dir, "a"))
	_, _ = tree.ReadFile(filepath.Join(dir, "a/x.nix"))
	_, _ = tree.ReadFile(filepath.Join(dir, "a/link.nix"))
	_, _ = tree.Lstat(filepath.Join(dir, "nixsift.toml"))
	_, _ = tree.Stat(filepath.Join(dir, "none/of/these"))
	tree.Depend(filepath.Join(dir, "git/index"))
}

// wait returns what changed, and false where nothing is told for a while.
func wait(t *testing.T, tree *watch.Tree, patience time.Duration) (watch.Change, bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := tree.Wait(ctx)
	if err != nil {
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	return c, err == nil
}

func put(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name  string
		do    func(t *testing.T, dir string)
		files string // relative, separated by blanks
		disk  bool
		all   bool
	}{
		{"text", func(t *testing.T, dir string) { put(t, dir+"/a/x.nix", "2 + 2") }, "a/x.nix", false, false},
		{"in place of", func(t *testing.T, dir string) {
			put(t, dir+"/a/.x.tmp", "longer than before")
			require.NoError(t, os.Rename(dir+"/a/.x.tmp", dir+"/a/x.nix"))
		}, "a/x.nix", false, false},
		{"as an editor does", func(t *testing.T, dir string) {
			put(t, dir+"/a/4913", "")
			require.NoError(t, os.Remove(dir+"/a/4913"))
			require.NoError(t, os.Rename(dir+"/a/x.nix", dir+"/a/x.nix~"))
			put(t, dir+"/a/x.nix", "longer than before")
			require.NoError(t, os.Remove(dir+"/a/x.nix~"))
		}, "a/x.nix", false, false},
		{"comes", func(t *testing.T, dir string) { put(t, dir+"/a/new.nix", "1") }, "a/new.nix", true, false},
		{"goes", func(t *testing.T, dir string) { require.NoError(t, os.Remove(dir+"/a/x.nix")) }, "a/x.nix", true, false},
		{"a target", func(t *testing.T, dir string) { put(t, dir+"/b/target.nix", "2 + 2") }, "a/link.nix b/target.nix", false, false},
		{"a link leads elsewhere", func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(dir+"/a/link.nix"))
			put(t, dir+"/a/link.nix", "1")
		}, "a/link.nix", true, false},
		{"a configuration comes", func(t *testing.T, dir string) { put(t, dir+"/nixsift.toml", "") }, "nixsift.toml", true, false},
		{"a folder comes", func(t *testing.T, dir string) { require.NoError(t, os.Mkdir(dir+"/a/sub2", 0o755)) }, "a/sub2", true, false},
		{"a folder that was asked for comes", func(t *testing.T, dir string) {
			require.NoError(t, os.Mkdir(dir+"/none", 0o755))
		}, "none", true, false},
		{"a folder goes", func(t *testing.T, dir string) { require.NoError(t, os.Remove(dir+"/a/sub")) }, "a/sub", true, false},
		{"the folder goes", func(t *testing.T, dir string) { require.NoError(t, os.Rename(dir+"/a", dir+"/c")) }, "?", true, true},
		{"an index", func(t *testing.T, dir string) { put(t, dir+"/git/index", "longer than before") }, "git/index", true, false},
		{"an ignore file", func(t *testing.T, dir string) { put(t, dir+"/a/.gitignore", "*.nix") }, "a/.gitignore", true, false},

		{"a file that nobody read", func(t *testing.T, dir string) { put(t, dir+"/a/README", "longer than before") }, "", false, false},
		{"beside a file that was asked for", func(t *testing.T, dir string) { put(t, dir+"/git/index.lock", "1") }, "", false, false},
		{"comes and goes", func(t *testing.T, dir string) {
			put(t, dir+"/a/new.nix", "1")
			require.NoError(t, os.Remove(dir+"/a/new.nix"))
		}, "", false, false},
		{"nothing", func(*testing.T, string) {}, "", false, false},
	} {
		for _, base := range []workspace.FS{workspace.OS, polled{workspace.OS}} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				dir := testenv.Tree(t, map[string]string{"a/x.nix": "1", "a/README": "1", "a/sub/.keep": "", "b/target.nix": "1", "git/index": "1"})
				require.NoError(t, os.Remove(dir+"/a/sub/.keep"))
				require.NoError(t, os.Symlink("../b/target.nix", dir+"/a/link.nix"))
				put(t, dir+"/a/.gitignore", "")
				tree := watch.New(base)
				defer tree.Close()
				look(t, tree, dir)
				_, told := wait(t, tree, 100*time.Millisecond)
				require.False(t, told)
				c.do(t, dir)
				patience := 10 * time.Second
				if c.files == "" {
					patience = 700 * time.Millisecond
				}
				got, told := wait(t, tree, patience)
				require.Equal(t, c.files != "", told, "%+v", got)
				if c.files == "?" {
					assert.True(t, got.Disk || got.Everything)
					return
				}
				want := watch.Change{Disk: c.disk, Everything: c.all}
				for name := range strings.FieldsSeq(c.files) {
					want.Files = append(want.Files, filepath.Join(dir, name))
				}
				assert.Equal(t, want, got)
				_, told = wait(t, tree, 100*time.Millisecond)
				assert.False(t, told, "a change is told once")
			})
		}
	}
}

// TestWayTo: of what was asked about in folders that are not there it is told when they come, one after the other.
func TestWayTo(t *testing.T) {
	for _, base := range []workspace.FS{workspace.OS, polled{workspace.OS}} {
		dir := testenv.Tree(t, map[string]string{"a/x.nix": "1"})
		tree := watch.New(base)
		defer tree.Close()
		_, _ = tree.Stat(dir + "/none/of/these")
		_, told := wait(t, tree, 100*time.Millisecond)
		require.False(t, told)
		for _, path := range []string{"/none", "/none/of", "/none/of/these"} {
			require.NoError(t, os.Mkdir(dir+path, 0o755))
			c, told := wait(t, tree, 10*time.Second)
			require.True(t, told, path)
			assert.Equal(t, watch.Change{Files: []string{dir + path}, Disk: true}, c)
		}
	}
}

// TestBetween: what changes while a run reads, or before what it read is watched, is told.
func TestBetween(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a/x.nix": "1", "git/index": "1"})
	tree := watch.New(workspace.OS)
	defer tree.Close()
	look(t, tree, dir)
	put(t, dir+"/a/x.nix", "longer than before")
	put(t, dir+"/a/new.nix", "1")
	c, told := wait(t, tree, 10*time.Second)
	require.True(t, told)
	assert.Equal(t, watch.Change{Files: []string{dir + "/a/new.nix", dir + "/a/x.nix"}, Disk: true}, c)
}

// TestKnown: what a run writes itself is no change.
func TestKnown(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a/x.nix": "1", "git/index": "1"})
	tree := watch.New(workspace.OS)
	defer tree.Close()
	look(t, tree, dir)
	_, told := wait(t, tree, 50*time.Millisecond)
	require.False(t, told)
	put(t, dir+"/a/report.sarif", "{}")
	tree.Known(dir + "/a/report.sarif")
	c, told := wait(t, tree, 200*time.Millisecond)
	assert.False(t, told, "%+v", c)
}

// TestTree: a tree tells what the file system under it tells.
func TestTree(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a/x.nix": "text", "b.nix": "1"})
	require.NoError(t, os.Symlink("a", dir+"/link"))
	tree := watch.New(workspace.OS)
	defer tree.Close()
	text, err := tree.ReadFile(dir + "/link/x.nix")
	require.NoError(t, err)
	assert.Equal(t, "text", string(text))
	text, err = tree.Head(dir+"/a/x.nix", 2)
	require.NoError(t, err)
	assert.Equal(t, "te", string(text))
	resolved, err := tree.EvalSymlinks(dir + "/link/x.nix")
	require.NoError(t, err)
	assert.Equal(t, dir+"/a/x.nix", resolved)
	target, err := tree.Readlink(dir + "/link")
	require.NoError(t, err)
	assert.Equal(t, "a", target)
	_, err = tree.ReadFile(dir + "/gone")
	require.ErrorIs(t, err, fs.ErrNotExist)
	info, err := tree.Lstat(dir + "/link")
	require.NoError(t, err)
	assert.Equal(t, fs.ModeSymlink, info.Mode().Type())
	info, err = tree.Stat(dir + "/link")
	require.NoError(t, err)
	assert.True(t, info.IsDir())
	entries, err := tree.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 3)
}
