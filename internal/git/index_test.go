package git_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// listed returns what the git program says of the index: `git ls-files --debug` is the only listing that tells
// intent-to-add. The flags in it are those of git's memory (read-cache.h), not those of the file.
func listed(t *testing.T, root string) (entries []git.Entry) {
	t.Helper()
	cmd := exec.Command(gittest.Program(t), "-C", root, "ls-files", "-z", "--stage", "--debug", "--sparse")
	out, err := cmd.Output()
	require.NoError(t, err)
	modes := map[string]git.Mode{"100644": git.Regular, "100755": git.Executable, "120000": git.Symlink, "160000": git.Submodule, "040000": git.SparseFolder}
	stages := map[string]string{}
	for len(out) > 0 {
		for bytes.HasPrefix(out, []byte("  ")) {
			line, rest, _ := bytes.Cut(out, []byte("\n"))
			out = rest
			if _, hex, ok := bytes.Cut(line, []byte("flags: ")); ok {
				flags, err := strconv.ParseUint(string(hex), 16, 64)
				require.NoError(t, err)
				last := &entries[len(entries)-1]
				last.IntentToAdd, last.SkipWorktree = flags>>29&1 != 0, flags>>30&1 != 0
			}
		}
		if len(out) == 0 {
			break
		}
		record, rest, _ := bytes.Cut(out, []byte{0})
		info, path, _ := bytes.Cut(record, []byte("\t"))
		fields := strings.Fields(string(info))
		mode, known := modes[fields[0]]
		require.True(t, known, string(record))
		e := git.Entry{Path: string(path), Mode: mode}
		switch before := stages[e.Path]; {
		case before == "" || fields[2] == "2":
			if before != "" {
				entries = entries[:len(entries)-1]
			}
			entries = append(entries, e)
		default: // another stage; the flags that follow are those of the first, too
		}
		stages[e.Path] = fields[2]
		out = rest
	}
	return entries
}

// againstGit compares an index with what the git program reads in it, and looks each path up.
func againstGit(t *testing.T, root string) *git.Repo {
	t.Helper()
	r := open(t, root)
	require.NoError(t, r.Load())
	want := listed(t, root)
	assert.Equal(t, want, slices.Collect(r.Files()))
	for _, e := range want {
		got, ok := r.Tracked(e.Path)
		assert.True(t, ok, e.Path)
		assert.Equal(t, e, got)
		_, ok = r.Tracked(e.Path + "x")
		assert.Equal(t, slices.ContainsFunc(want, func(other git.Entry) bool { return other.Path == e.Path+"x" }) || e.Mode == git.SparseFolder, ok, e.Path)
		for dir := filepath.Dir(e.Path); dir != "."; dir = filepath.Dir(dir) {
			assert.True(t, r.HasBelow(dir), dir)
		}
	}
	return r
}

// everything fills a repository with all that an index can hold of one version.
func everything(t *testing.T) string {
	home := gittest.Isolate(t)
	lib := gittest.Init(t, home, "lib")
	gittest.Write(t, lib, "lib.nix", "")
	commit(t, lib)
	root := gittest.Init(t, home, "repo", "-b", "main")
	files := []string{"a.nix", "1", "run", "", "odd\n  \tname.nix", "", "käse/ü.nix", "", "a/b/c/d.nix", "", "a-b", "", "a.b/c", "", "ab", "", "\xff\xfe", "", "sp ace", "", "b.nix", "1", "c.nix", "1"}
	for i := range 300 { // prefixes that come and go, lengths around each padding and multiples of 64
		files = append(files, fmt.Sprintf("many/%s/%0*d", strings.Repeat("x", i%7), i%80+1, i), "")
	}
	gittest.Write(t, root, files...)
	require.NoError(t, os.Chmod(filepath.Join(root, "run"), 0o777))
	require.NoError(t, os.Symlink("a.nix", filepath.Join(root, "link")))
	gittest.Run(t, root, "submodule", "--quiet", "add", lib, "vendor/lib")
	commit(t, root)
	gittest.Run(t, root, "checkout", "-q", "-b", "side")
	gittest.Write(t, root, "a.nix", "2", "b.nix", "2", "both", "2")
	gittest.Run(t, root, "rm", "-q", "c.nix")
	gittest.Run(t, root, "update-index", "--chmod=+x", "a.nix")
	gittest.Run(t, root, "add", "-A")
	gittest.Run(t, root, "update-index", "--chmod=+x", "both")
	gittest.Run(t, root, "commit", "-q", "-m", "x")
	gittest.Run(t, root, "checkout", "-q", "-f", "main")
	gittest.Write(t, root, "a.nix", "3", "c.nix", "3", "both", "3")
	gittest.Run(t, root, "rm", "-q", "b.nix")
	commit(t, root)
	gittest.Run(t, root, "-c", "alias.m=!git merge -q side >/dev/null 2>&1 || true", "m")
	require.Contains(t, gittest.Run(t, root, "ls-files", "-u"), "b.nix")
	gittest.Write(t, root, "new.nix", "", "untracked.nix", "")
	gittest.Run(t, root, "add", "-N", "new.nix")
	blob := gittest.Run(t, root, "hash-object", "-w", "-t", "blob", "a.nix")
	for _, n := range []int{4093, 4094, 4095, 4096, 5000, 60000} {
		gittest.Run(t, root, "update-index", "--add", "--cacheinfo", "100644,"+blob+","+strings.Repeat("l", n))
	}
	gittest.Run(t, root, "update-index", "--skip-worktree", "ab")
	gittest.Run(t, root, "update-index", "--assume-unchanged", "a-b")
	return root
}

func TestIndexOfEveryVersion(t *testing.T) {
	root := everything(t)
	at := filepath.Join(root, ".git/index")
	for _, version := range []string{"2", "3", "4"} {
		gittest.Run(t, root, "update-index", "--index-version", version)
		data, err := os.ReadFile(at)
		require.NoError(t, err)
		written := fmt.Sprint(data[7])
		if version == "4" {
			assert.Equal(t, "4", written)
		} else {
			assert.Equal(t, "3", written, "flags that version 2 has no place for")
		}
		againstGit(t, root)
	}
	gittest.Run(t, root, "update-index", "--index-version", "2")
	gittest.Run(t, root, "update-index", "--no-skip-worktree", "ab")
	gittest.Run(t, root, "rm", "-q", "--cached", "new.nix")
	data, err := os.ReadFile(at)
	require.NoError(t, err)
	assert.EqualValues(t, 2, data[7])
	againstGit(t, root)
}

func TestIndexWithExtensions(t *testing.T) {
	root := everything(t)
	at := filepath.Join(root, ".git/index")
	has := func(name string) {
		t.Helper()
		data, err := os.ReadFile(at)
		require.NoError(t, err)
		assert.True(t, bytes.Contains(data, []byte(name)), name)
		againstGit(t, root)
	}
	gittest.Run(t, root, "add", "a.nix", "b.nix", "c.nix", "both")
	has("REUC")
	gittest.Run(t, root, "update-index", "--force-untracked-cache")
	gittest.Run(t, root, "status")
	has("UNTR")
	gittest.Run(t, root, "update-index", "--fsmonitor")
	has("FSMN")
	gittest.Run(t, root, "config", "core.fsmonitor", "false")
	gittest.Run(t, root, "config", "index.recordOffsetTable", "true")
	gittest.Run(t, root, "config", "index.recordEndOfIndexEntries", "true")
	gittest.Run(t, root, "config", "index.threads", "2")
	gittest.Run(t, root, "update-index", "--index-version", "4", "--force-write-index")
	has("EOIE")
	gittest.Run(t, root, "rm", "-q", "--cached", "-r", ".")
	gittest.Run(t, root, "add", "a.nix")
	gittest.Run(t, root, "commit", "-q", "-m", "x")
	has("TREE")
}

func TestSparseIndex(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, root, "a.nix", "", "d/run", "", "e/f/g.nix", "", "e.nix", "", "z/y", "")
	commit(t, root)
	gittest.Run(t, root, "sparse-checkout", "init", "--cone", "--sparse-index")
	gittest.Run(t, root, "sparse-checkout", "set", "d")
	require.Contains(t, gittest.Run(t, root, "ls-files", "--sparse"), "e/\n")
	r := againstGit(t, root)
	e, ok := r.Tracked("e/f/g.nix")
	assert.True(t, ok)
	assert.Equal(t, git.Entry{Path: "e/f/g.nix", SkipWorktree: true}, e)
	assert.True(t, r.HasBelow("e"))
	assert.True(t, r.HasBelow("e/f"))
	for _, rel := range []string{"e", "eh", "d/nothing", "", "f/g.nix", "zz"} {
		_, ok = r.Tracked(rel)
		assert.False(t, ok, rel)
	}
	assert.False(t, r.HasBelow("f"))
	_, ok = r.Submodule("e/f")
	assert.False(t, ok)
}

func TestIndexesThatAreNotRead(t *testing.T) {
	gittest.Isolate(t)
	fill := func(t *testing.T, args ...string) (root, index string) {
		root = gittest.Init(t, t.TempDir(), "repo", args...)
		gittest.Write(t, root, "a.nix", "", "b/c.nix", "")
		commit(t, root)
		return root, filepath.Join(root, ".git/index")
	}
	fails := func(t *testing.T, root string, words ...string) {
		t.Helper()
		r := open(t, root)
		for _, word := range words {
			assert.ErrorContains(t, r.Load(), word)
		}
		_, ok := r.Tracked("a.nix")
		assert.False(t, ok)
		assert.False(t, r.HasBelow(""))
		_, ok = r.Submodule("a.nix")
		assert.False(t, ok)
		assert.Empty(t, slices.Collect(r.Files()))
	}
	t.Run("split", func(t *testing.T) {
		root, index := fill(t)
		gittest.Run(t, root, "update-index", "--split-index")
		fails(t, root, index, "split", "git update-index --no-split-index")
		gittest.Run(t, root, "update-index", "--no-split-index")
		againstGit(t, root)
	})
	t.Run("sha256", func(t *testing.T) {
		root, _ := fill(t, "--object-format=sha256")
		fails(t, root, "sha256")
	})
	t.Run("no checksum", func(t *testing.T) {
		root, index := fill(t)
		data, err := os.ReadFile(index)
		require.NoError(t, err)
		clear(data[len(data)-20:])
		require.NoError(t, os.WriteFile(index, data, 0o666))
		againstGit(t, root)
		data[len(data)-1] = 1
		require.NoError(t, os.WriteFile(index, data, 0o666))
		fails(t, root, index, "checksum", "git reset")
	})
	t.Run("damaged", func(t *testing.T) {
		root, index := fill(t)
		data, err := os.ReadFile(index)
		require.NoError(t, err)
		for n := range len(data) {
			require.NoError(t, os.WriteFile(index, data[:n], 0o666))
			fails(t, root, index, "git reset")
		}
		for i := range data[:len(data)-20] {
			flipped := slices.Clone(data)
			flipped[i] ^= 0x10
			require.NoError(t, os.WriteFile(index, flipped, 0o666))
			fails(t, root, index)
		}
		require.NoError(t, os.WriteFile(index, append(slices.Clone(data), 0), 0o666))
		fails(t, root, index)
	})
	t.Run("no regular file", func(t *testing.T) {
		root, index := fill(t)
		for name, put := range map[string]func() error{
			"is a directory":     func() error { return os.Mkdir(index, 0o777) },
			"not a regular file": func() error { return testenv.MakeFIFO(index) },
			"not a regular":      func() error { return os.Symlink("/dev/zero", index) },
			"too many levels":    func() error { return os.Symlink("index", index) },
		} {
			require.NoError(t, os.RemoveAll(index))
			require.NoError(t, put())
			fails(t, root, index, name, "git reset")
		}
		require.NoError(t, os.RemoveAll(index))
		require.NoError(t, os.WriteFile(index, nil, 0o666))
		require.NoError(t, os.Truncate(index, 1<<40))
		fails(t, root, index, "MiB")
		require.NoError(t, os.RemoveAll(index))
		require.NoError(t, os.Symlink("nowhere", index))
		assert.Empty(t, paths(t, open(t, root)), "as git, which makes a new one")
	})
	t.Run("permission", func(t *testing.T) {
		testenv.Unprivileged(t)
		gittest.Isolate(t)
		root, index := fill(t)
		require.NoError(t, os.Chmod(index, 0))
		fails(t, root, index, "readable")
	})
}
