package git_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

func paths(t *testing.T, r *git.Repo) []string {
	t.Helper()
	require.NoError(t, r.Load())
	var all []string
	for e := range r.Files() {
		all = append(all, e.Path)
	}
	assert.True(t, slices.IsSorted(all))
	return all
}

func commit(t *testing.T, root string) {
	t.Helper()
	gittest.Run(t, root, "add", "-A")
	gittest.Run(t, root, "commit", "-q", "-m", "x")
}

func TestOpen(t *testing.T) {
	gittest.Isolate(t)
	tmp := gittest.Real(t, t.TempDir())
	outer := gittest.Init(t, tmp, "outer")
	inner := gittest.Init(t, outer, "sub/inner")
	gittest.Write(t, outer, "a/b/c/f", "", "jj/.jj/repo/x", "", "fake/.git/f", "")
	gittest.Write(t, tmp, "none/.jj/repo/x", "")

	var c git.Cache
	root := func(dir string) string {
		r, err := c.Open(dir)
		require.NoError(t, err)
		if r == nil {
			return ""
		}
		return r.Root()
	}
	assert.Equal(t, "", root(tmp))
	assert.Equal(t, "", root(filepath.Join(tmp, "none")), "a jj workspace is no git repository")
	assert.Equal(t, outer, root(outer))
	assert.Equal(t, outer, root(filepath.Join(outer, "a/b/c")))
	assert.Equal(t, outer, root(filepath.Join(outer, "a/b/c/does/not/exist")))
	assert.Equal(t, outer, root(filepath.Join(outer, "sub")))
	assert.Equal(t, inner, root(inner))
	assert.Equal(t, outer, root(filepath.Join(outer, "jj")))
	assert.Equal(t, outer, root(filepath.Join(outer, "fake")), "a folder .git without HEAD is no repository")

	require.NoError(t, os.Symlink(filepath.Join(outer, "a"), filepath.Join(tmp, "link")))
	require.NoError(t, os.Symlink(inner, filepath.Join(outer, "a/into")))
	assert.Equal(t, outer, root(filepath.Join(tmp, "link/b")))
	assert.Equal(t, inner, root(filepath.Join(outer, "a/into")))
	one, _ := c.Open(outer)
	two, _ := c.Open(filepath.Join(tmp, "link/b"))
	assert.Same(t, one, two)

	require.NoError(t, os.Symlink("loop", filepath.Join(tmp, "loop")))
	_, err := git.Open(filepath.Join(tmp, "loop"))
	assert.Error(t, err)
	require.NoError(t, os.Symlink(outer, filepath.Join(tmp, "root")))
	var d git.Cache
	one, _ = d.Open(filepath.Join(tmp, "root/a"))
	two, _ = d.Open(outer)
	assert.Same(t, one, two)
	assert.Equal(t, outer, one.Root())
	one, _ = d.Open(filepath.Join(tmp, "root/sub/inner"))
	two, _ = d.Open(inner)
	assert.Same(t, one, two)
	assert.Equal(t, inner, one.Root())
	one, _ = d.Open(outer)

	rel, ok := one.Rel(filepath.Join(tmp, "root/a/b"))
	assert.True(t, ok)
	assert.Equal(t, "a/b", rel)
	rel, ok = one.Rel(filepath.Join(tmp, "link/b"))
	assert.True(t, ok)
	assert.Equal(t, "a/b", rel)
	rel, ok = one.Rel(outer)
	assert.True(t, ok)
	assert.Equal(t, "", rel)
	_, ok = one.Rel(outer + "-else")
	assert.False(t, ok)
	_, ok = one.Rel(tmp)
	assert.False(t, ok)
}

// TestOpenBroken holds that a .git folder that git made and that is no repository any more is an error, as it is to Nix, unless a
// repository around it tracks what lies there. Of one with nothing of git's in it, the same is said beside a flake only.
func TestOpenBroken(t *testing.T) {
	gittest.Isolate(t)
	tmp := gittest.Real(t, t.TempDir())
	spoil := map[string]func(dot string) error{
		"has no HEAD":       func(dot string) error { return os.Remove(filepath.Join(dot, "HEAD")) },
		"has no objects":    func(dot string) error { return os.RemoveAll(filepath.Join(dot, "objects")) },
		"has no refs":       func(dot string) error { return os.RemoveAll(filepath.Join(dot, "refs")) },
		"a HEAD that names": func(dot string) error { return os.WriteFile(filepath.Join(dot, "HEAD"), []byte("ref: HEAD\n"), 0o666) },
		"neither a reference": func(dot string) error {
			return os.WriteFile(filepath.Join(dot, "HEAD"), []byte("\x00\xff\x13\n"), 0o666)
		},
	}
	for want, with := range spoil {
		dir := gittest.Init(t, tmp, strings.ReplaceAll(want, " ", "-"))
		gittest.Write(t, dir, "sub/f", "")
		require.NoError(t, with(filepath.Join(dir, ".git")))
		for _, at := range []string{dir, filepath.Join(dir, "sub")} {
			_, err := git.Open(at)
			assert.ErrorContains(t, err, want)
			assert.ErrorContains(t, err, filepath.Join(dir, ".git"))
		}
	}
	for _, content := range [][]string{nil, {".git/notes", "x"}} {
		dir := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(dir, ".git"), 0o777))
		gittest.Write(t, dir, content...)
		r, err := git.Open(dir)
		require.NoError(t, err)
		assert.Nil(t, r)
		gittest.Write(t, dir, "flake.nix", "{ }")
		_, err = git.Open(dir)
		assert.ErrorContains(t, err, "has none of git's files")
	}
	outer := gittest.Init(t, tmp, "around")
	gittest.Write(t, outer, "in/flake.nix", "{ }", "in/.git/HEAD", "", "f", "")
	commit(t, outer)
	r, err := git.Open(filepath.Join(outer, "in"))
	require.NoError(t, err)
	assert.Equal(t, outer, r.Root(), "which tracks what is there")
}

// TestRefused holds that what git refuses, or waits for, is known before it is started.
func TestRefused(t *testing.T) {
	gittest.Isolate(t)
	for value, refused := range map[string]bool{"0": false, "1": false, "0x1": false, "-1": false, "2": true, "99": true, "1k": true, "abc": true, `""`: true} {
		dir := gittest.Init(t, t.TempDir(), "a")
		text, err := os.ReadFile(filepath.Join(dir, ".git/config"))
		require.NoError(t, err)
		gittest.Write(t, dir, ".git/config", string(text)+"[core]\n\trepositoryformatversion = "+value+"\n")
		r, err := git.Open(dir)
		require.NoError(t, err)
		assert.Equal(t, refused, r.Refused() != nil, value)
		assert.Equal(t, refused, r.Load() != nil, value)
		cmd := exec.Command("git", "status")
		cmd.Dir = dir
		assert.Equal(t, refused, cmd.Run() != nil, "git: %s", value)
	}
	dir := gittest.Init(t, t.TempDir(), "a")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, ".git/info"), 0o777))
	_ = os.Remove(filepath.Join(dir, ".git/info/exclude"))
	require.NoError(t, testenv.MakeFIFO(filepath.Join(dir, ".git/info/exclude")))
	r, err := git.Open(dir)
	require.NoError(t, err)
	assert.ErrorContains(t, r.Refused(), "exclude")
}

func TestOpenOddRepositories(t *testing.T) {
	gittest.Isolate(t)
	tmp := t.TempDir()
	bare := gittest.Init(t, tmp, "bare", "--bare")
	r, err := git.Open(bare)
	require.NoError(t, err)
	assert.Nil(t, r)

	flagged := gittest.Init(t, tmp, "flagged")
	gittest.Run(t, flagged, "config", "core.bare", "true")
	r, err = git.Open(flagged)
	require.NoError(t, err)
	assert.Nil(t, r)

	for name, content := range map[string]string{"empty": "", "text": "hello\n", "nowhere": "gitdir: ../gone\n"} {
		gittest.Write(t, tmp, name+"/.git", content)
		_, err = git.Open(filepath.Join(tmp, name))
		assert.ErrorContains(t, err, filepath.Join(tmp, name, ".git"), name)
	}

	require.NoError(t, os.MkdirAll(filepath.Join(tmp, "fifo"), 0o777))
	require.NoError(t, testenv.MakeFIFO(filepath.Join(tmp, "fifo/.git")))
	r, err = git.Open(filepath.Join(tmp, "fifo"))
	require.NoError(t, err)
	assert.Nil(t, r)

	t.Run("locked", func(t *testing.T) {
		testenv.Unprivileged(t)
		gittest.Isolate(t)
		locked := gittest.Init(t, t.TempDir(), "locked")
		require.NoError(t, os.Chmod(filepath.Join(locked, ".git"), 0))
		t.Cleanup(func() { _ = os.Chmod(filepath.Join(locked, ".git"), 0o777) })
		_, err := git.Open(locked)
		assert.ErrorContains(t, err, locked)
	})
}

func TestTracked(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	r := open(t, root)
	assert.Empty(t, paths(t, r), "a new repository has no index")
	assert.False(t, r.HasBelow(""))

	gittest.Write(t, root, "flake.nix", "{}", "a/run", "", "a/b/c.nix", "", "a.nix", "", "a-b/x", "", "new.nix", "", "gone.nix", "", "untracked.nix", "")
	require.NoError(t, os.Chmod(filepath.Join(root, "a/run"), 0o777))
	require.NoError(t, os.Symlink("a.nix", filepath.Join(root, "link.nix")))
	gittest.Run(t, root, "add", "flake.nix", "a", "a.nix", "a-b", "link.nix", "gone.nix")
	gittest.Run(t, root, "add", "-N", "new.nix")
	require.NoError(t, os.Remove(filepath.Join(root, "gone.nix")))

	for _, version := range []string{"2", "3", "4"} {
		gittest.Run(t, root, "update-index", "--index-version", version)
		r := open(t, root)
		assert.Equal(t, []string{"a-b/x", "a.nix", "a/b/c.nix", "a/run", "flake.nix", "gone.nix", "link.nix", "new.nix"}, paths(t, r), version)
		e, ok := r.Tracked("a/run")
		assert.True(t, ok)
		assert.Equal(t, git.Entry{Path: "a/run", Mode: git.Executable}, e)
		e, _ = r.Tracked("link.nix")
		assert.Equal(t, git.Symlink, e.Mode)
		e, ok = r.Tracked("new.nix")
		assert.True(t, ok)
		assert.True(t, e.IntentToAdd)
		e, _ = r.Tracked("flake.nix")
		assert.Equal(t, git.Entry{Path: "flake.nix", Mode: git.Regular}, e)
		_, ok = r.Tracked("untracked.nix")
		assert.False(t, ok)
		_, ok = r.Tracked("a")
		assert.False(t, ok)
		assert.True(t, r.HasBelow("a"))
		assert.True(t, r.HasBelow("a/b"))
		assert.True(t, r.HasBelow("."))
		assert.False(t, r.HasBelow("a.nix"))
		assert.False(t, r.HasBelow("a/run"))
		assert.False(t, r.HasBelow("zzz"))
		_, ok = r.Submodule("a/b")
		assert.False(t, ok)
	}
}

func TestConflict(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo", "-b", "main")
	gittest.Write(t, root, "a.nix", "1", "z.nix", "1")
	commit(t, root)
	gittest.Run(t, root, "checkout", "-q", "-b", "side")
	gittest.Write(t, root, "a.nix", "2")
	commit(t, root)
	gittest.Run(t, root, "checkout", "-q", "main")
	gittest.Write(t, root, "a.nix", "3")
	commit(t, root)
	gittest.Run(t, root, "-c", "alias.m=!git merge -q side || true", "m")
	require.Contains(t, gittest.Run(t, root, "ls-files", "-u"), "a.nix")
	assert.Equal(t, []string{"a.nix", "z.nix"}, paths(t, open(t, root)))
}

func TestWorktreeAndSubmodule(t *testing.T) {
	gittest.Isolate(t)
	tmp := t.TempDir()
	lib := gittest.Init(t, tmp, "lib")
	gittest.Write(t, lib, "lib.nix", "")
	commit(t, lib)
	main := gittest.Init(t, tmp, "main")
	gittest.Write(t, main, "flake.nix", "", ".gitignore", "ignored\n", "vendor/x.nix", "")
	gittest.Run(t, main, "submodule", "--quiet", "add", lib, "vendor/lib")
	commit(t, main)
	gittest.Write(t, main, ".git/info/exclude", "secret\n")
	tree := filepath.Join(filepath.Dir(main), "tree")
	gittest.Run(t, main, "worktree", "add", "-q", tree)
	gittest.Write(t, tree, "only-here.nix", "")
	gittest.Run(t, tree, "add", "only-here.nix")

	m, w := open(t, main), open(t, tree)
	all := []string{".gitignore", ".gitmodules", "flake.nix", "vendor/lib", "vendor/x.nix"}
	assert.Equal(t, all, paths(t, m))
	assert.Equal(t, append(slices.Clone(all[:3]), "only-here.nix", "vendor/lib", "vendor/x.nix"), paths(t, w))
	for _, r := range []*git.Repo{m, w} {
		_, ok := r.Ignored("secret", false)
		assert.True(t, ok, "a linked worktree shares info/exclude")
		e, _ := r.Tracked("vendor/lib")
		assert.Equal(t, git.Submodule, e.Mode)
		for _, rel := range []string{"vendor/lib", "vendor/lib/lib.nix", "vendor/lib/a/b"} {
			sub, ok := r.Submodule(rel)
			assert.True(t, ok, rel)
			assert.Equal(t, "vendor/lib", sub)
		}
		for _, rel := range []string{"", "vendor", "vendor/x.nix", "vendor/x.nix/y", "vendor/library"} {
			_, ok := r.Submodule(rel)
			assert.False(t, ok, rel)
		}
		assert.True(t, r.HasBelow("vendor"))
		assert.False(t, r.HasBelow("vendor/lib"))
	}
	s := open(t, filepath.Join(main, "vendor/lib"))
	assert.Equal(t, filepath.Join(main, "vendor/lib"), s.Root())
	assert.Equal(t, []string{"lib.nix"}, paths(t, s))
	_, ok := s.Ignored("ignored", false)
	assert.False(t, ok)
}

func TestLoadReadsOnceAndWritesNothing(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, root, "a.nix", "")
	gittest.Run(t, root, "add", "-A")
	before, err := os.ReadFile(filepath.Join(root, ".git/index"))
	require.NoError(t, err)
	r := open(t, root)
	assert.Equal(t, []string{"a.nix"}, paths(t, r))
	after, err := os.ReadFile(r.IndexFile())
	require.NoError(t, err)
	assert.Equal(t, before, after)
	gittest.Run(t, root, "rm", "-q", "--cached", "a.nix")
	assert.Equal(t, []string{"a.nix"}, paths(t, r), "a Repo is a snapshot")
	assert.Empty(t, paths(t, open(t, root)))
}
