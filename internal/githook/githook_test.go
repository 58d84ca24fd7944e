//go:build unix

package githook_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/githook"
)

// standIn writes a program that notes how it is called and ends with a status, and returns the file of its notes.
func standIn(t *testing.T, path, status string) (notes string) {
	t.Helper()
	notes = filepath.Join(t.TempDir(), "notes")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
	text := "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$PWD\" \"$@\" >" + githook.Quote(notes) + "\nexit " + status + "\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o777))
	return notes
}

// noted returns the notes and forgets them.
func noted(t *testing.T, notes string) []string {
	t.Helper()
	text, err := os.ReadFile(notes)
	if err != nil {
		return nil
	}
	require.NoError(t, os.Remove(notes))
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// commit commits in a folder with a search path.
func commit(t *testing.T, dir, path string) (ok bool, out string) {
	t.Helper()
	cmd := exec.Command(gittest.Program(t), "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", "x")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+path)
	text, err := cmd.CombinedOutput()
	return err == nil, string(text)
}

const bare = "/usr/bin:/bin" // a search path without nixsift

func install(t *testing.T, dir, program string, args ...string) *githook.Hook {
	t.Helper()
	hook, err := githook.Find(dir)
	require.NoError(t, err)
	wrote, err := hook.Install(program, args)
	require.NoError(t, err)
	assert.True(t, wrote)
	return hook
}

// TestRuns commits with the hook in working trees of each kind.
func TestRuns(t *testing.T) {
	home := gittest.Isolate(t)
	main := gittest.Init(t, home, "main")
	gittest.Write(t, main, "a/b", "")
	gittest.Run(t, main, "add", "a")
	gittest.Run(t, main, "commit", "-q", "-m", "a")
	gittest.Run(t, main, "worktree", "add", "-q", "../linked")
	gittest.Run(t, main, "submodule", "--quiet", "add", main, "sub")
	bin := filepath.Join(home, "my bin")
	notes := standIn(t, filepath.Join(bin, "nixsift"), "0")
	for _, dir := range []string{main, gittest.Real(t, filepath.Join(home, "linked")), filepath.Join(main, "sub")} {
		for _, hooksPath := range []string{"", ".githooks"} {
			if hooksPath != "" {
				gittest.Run(t, dir, "config", "core.hooksPath", hooksPath)
			}
			hook := install(t, filepath.Join(dir, "a"), "", "--fail-on", "error", "--exclude=it's *")
			info, err := os.Stat(hook.Path)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o755), info.Mode().Perm()|0o055, "%s", info.Mode())
			ok, out := commit(t, dir, bin+":"+bare)
			assert.True(t, ok, out)
			assert.Equal(t, []string{filepath.Join(bin, "nixsift"), dir, "check", "--staged", "--fail-on", "error", "--exclude=it's *"}, noted(t, notes))
			removed, err := hook.Uninstall()
			require.NoError(t, err)
			assert.True(t, removed)
			assert.NoFileExists(t, hook.Path)
		}
		gittest.Run(t, dir, "config", "--unset", "core.hooksPath")
	}
}

// TestLooksForNixsift has git started with a search path that lacks nixsift.
func TestLooksForNixsift(t *testing.T) {
	home := gittest.Isolate(t)
	repo := gittest.Init(t, home, "repo")
	own := filepath.Join(home, "it's here/$x/nixsift")
	install(t, repo, own)
	if _, err := exec.LookPath("/usr/local/bin/nixsift"); err != nil {
		ok, out := commit(t, repo, bare)
		assert.False(t, ok)
		assert.Contains(t, out, "finds no nixsift, so nothing was checked")
		assert.Contains(t, out, ".git/hooks/pre-commit")
	}
	usual := standIn(t, filepath.Join(home, "go/bin/nixsift"), "0")
	ok, out := commit(t, repo, bare)
	assert.True(t, ok, out)
	assert.Equal(t, []string{filepath.Join(home, "go/bin/nixsift"), repo, "check", "--staged"}, noted(t, usual))
	embedded := standIn(t, own, "1")
	ok, out = commit(t, repo, bare)
	assert.False(t, ok, "its status is the hook's: %s", out)
	assert.Equal(t, own, noted(t, embedded)[0])
	assert.Nil(t, noted(t, usual))
}

// TestAgain installs twice: nothing changes, or what is to.
func TestAgain(t *testing.T) {
	repo := gittest.Init(t, gittest.Isolate(t), "repo")
	hook := install(t, repo, "/x/nixsift")
	wrote, err := hook.Install("/x/nixsift", nil)
	require.NoError(t, err)
	assert.False(t, wrote)
	require.NoError(t, os.Chmod(hook.Path, 0o644))
	install(t, repo, "/x/nixsift")
	info, err := os.Stat(hook.Path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o755), info.Mode().Perm())
	install(t, repo, "/x/nixsift", "--fail-on=error")
	text, err := os.ReadFile(hook.Path)
	require.NoError(t, err)
	assert.Contains(t, string(text), "--staged --fail-on=error\n")
	removed, err := hook.Uninstall()
	assert.True(t, removed)
	require.NoError(t, err)
	removed, err = hook.Uninstall()
	assert.False(t, removed)
	assert.NoError(t, err)
}

// TestForeign leaves hooks of others alone and says how to chain.
func TestForeign(t *testing.T) {
	home := gittest.Isolate(t)
	repo := gittest.Init(t, home, "repo")
	for text, says := range map[string]string{
		"#!/bin/sh\nmake lint\n": "add the line `nixsift check --staged || exit` to it",
		"#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n": "nixsift init --pre-commit",
		"#!/bin/sh\ncall_lefthook run pre-commit\n":                                     "lefthook.yml",
	} {
		gittest.Write(t, repo, ".git/hooks/pre-commit", text)
		hook, err := githook.Find(repo)
		require.NoError(t, err)
		_, err = hook.Install("", nil)
		assert.ErrorContains(t, err, says)
		_, err = hook.Uninstall()
		assert.ErrorContains(t, err, "left alone")
		after, err := os.ReadFile(hook.Path)
		require.NoError(t, err)
		assert.Equal(t, text, string(after))
	}
	gittest.Run(t, repo, "config", "core.hooksPath", ".husky/_")
	gittest.Write(t, repo, ".husky/_/pre-commit", "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"\n")
	hook, err := githook.Find(repo)
	require.NoError(t, err)
	_, err = hook.Install("", nil)
	assert.ErrorContains(t, err, "to .husky/pre-commit")
}

// TestExtended leaves a hook that somebody added to alone, whatever it was installed with.
func TestExtended(t *testing.T) {
	repo := gittest.Init(t, gittest.Isolate(t), "repo")
	for _, with := range [][]string{{""}, {"/it's here/$x/nixsift"}, {"/x/nixsift", "--fail-on=error", "", "it's *", "'", "a\nb"}, {"", "\nfi\nHOME=${HOME:-}\n"}} {
		hook := install(t, repo, with[0], with[1:]...)
		text, err := os.ReadFile(hook.Path)
		require.NoError(t, err)
		for _, changed := range []string{
			string(text) + "make lint\n",
			strings.Replace(string(text), "\nif ", "\nmake lint || exit\nif ", 1),
			strings.Replace(string(text), "--staged", "--staged; make lint", 1),
			strings.ReplaceAll(string(text), "--staged", "--staged; make lint"),
			strings.ReplaceAll(string(text), "--staged", "--staged | tee log"),
			strings.Replace(string(text), "  /run/current", "  \"$(make lint)\" \\\n  /run/current", 1),
		} {
			require.NotEqual(t, string(text), changed)
			require.NoError(t, os.WriteFile(hook.Path, []byte(changed), 0o777))
			_, err := hook.Install("", nil)
			assert.ErrorContains(t, err, "was changed, which is left alone")
			assert.ErrorContains(t, err, "`nixsift check --staged || exit`")
			assert.Error(t, hook.Check())
			_, err = hook.Uninstall()
			assert.ErrorContains(t, err, "was changed, which is left alone")
			after, err := os.ReadFile(hook.Path)
			require.NoError(t, err)
			assert.Equal(t, changed, string(after))
		}
		require.NoError(t, os.WriteFile(hook.Path, text, 0o777))
		removed, err := hook.Uninstall()
		require.NoError(t, err, "%q", with)
		assert.True(t, removed)
	}
}

// TestOutside writes nowhere but in the repository.
func TestOutside(t *testing.T) {
	home := gittest.Isolate(t)
	repo := gittest.Init(t, home, "repo")
	gittest.Write(t, home, "theirs/keep", "")
	config, err := os.ReadFile(filepath.Join(repo, ".git/config"))
	require.NoError(t, err)
	for name, prepare := range map[string]func(){
		"core.hooksPath": func() { gittest.Run(t, repo, "config", "core.hooksPath", filepath.Join(home, "theirs")) },
		"global":         func() { gittest.Write(t, home, ".gitconfig", "[core]\n hooksPath = ~/theirs\n") },
		"folder's link": func() {
			require.NoError(t, os.Symlink(filepath.Join(home, "theirs"), filepath.Join(repo, ".git/hooks")))
		},
		"link to nowhere": func() { require.NoError(t, os.Symlink(filepath.Join(home, "none"), filepath.Join(repo, ".git/hooks"))) },
	} {
		prepare()
		_, err := githook.Find(repo)
		if assert.ErrorContains(t, err, "outside of this repository", name) {
			assert.ErrorContains(t, err, "nixsift check --staged", name)
		}
		require.NoError(t, os.WriteFile(filepath.Join(repo, ".git/config"), config, 0o666))
		_ = os.Remove(filepath.Join(home, ".gitconfig"))
		_ = os.Remove(filepath.Join(repo, ".git/hooks"))
	}
	gittest.Write(t, repo, ".git/hooks/x", "")
	link := filepath.Join(repo, ".git/hooks/pre-commit")
	for _, to := range []string{filepath.Join(home, "theirs/keep"), filepath.Join(home, "theirs/new")} {
		require.NoError(t, os.Symlink(to, link))
		hook, err := githook.Find(repo)
		require.NoError(t, err)
		_, err = hook.Install("", nil)
		assert.ErrorContains(t, err, "a link to "+to)
		_, err = hook.Uninstall()
		assert.Error(t, err)
		require.NoError(t, os.Remove(link))
	}
	entries, err := os.ReadDir(filepath.Join(home, "theirs"))
	require.NoError(t, err)
	assert.Len(t, entries, 1)
	text, err := os.ReadFile(filepath.Join(home, "theirs/keep"))
	require.NoError(t, err)
	assert.Empty(t, text)

	_, err = githook.Find(t.TempDir())
	assert.ErrorContains(t, err, "no git repository")
	_, err = githook.Find(gittest.Init(t, home, "bare", "--bare"))
	assert.ErrorContains(t, err, "no git repository")
	gittest.Write(t, repo, ".git/config", "[core\n")
	_, err = githook.Find(repo)
	assert.Error(t, err, "what git refuses")
}

// TestQuote holds quoted words against a shell.
func TestQuote(t *testing.T) {
	for _, word := range []string{"", "a", "a b", "it's", "$HOME", "`x`", "a\nb", "*", "~", "--x=y", "ä", "\\"} {
		out, err := exec.Command("/bin/sh", "-c", "printf %s "+githook.Quote(word)).Output()
		require.NoError(t, err)
		assert.Equal(t, word, string(out))
	}
}

// TestNoHookToBe says what is in the way where git would not run the hook.
func TestNoHookToBe(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	path := filepath.Join(root, ".git/hooks/pre-commit")
	require.NoError(t, os.MkdirAll(path, 0o777))
	hook, err := githook.Find(root)
	require.NoError(t, err)
	_, err = hook.Install("", nil)
	assert.ErrorContains(t, err, "is a folder, where git looks for a hook: remove or rename it")
	require.NoError(t, os.Remove(path))
	require.NoError(t, syscall.Mkfifo(path, 0o666))
	_, err = hook.Install("", nil)
	assert.ErrorContains(t, err, "is no regular file, so git cannot run it as a hook: remove it")
	gittest.Run(t, root, "config", "core.hooksPath", "")
	_, err = githook.Find(root)
	assert.ErrorContains(t, err, "core.hooksPath is empty, so that git runs none of the hooks of this repository: unset it")
	assert.NoFileExists(t, filepath.Join(root, "pre-commit"))
}
