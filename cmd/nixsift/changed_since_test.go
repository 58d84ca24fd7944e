//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

// branched makes a repository whose branch main goes on after the branch work left it, which is checked out.
func branched(t *testing.T, files ...string) string {
	t.Helper()
	root := repository(t, append([]string{"theirs.nix", sound, "flake.nix", "{ outputs = _: { }; }\n"}, files...)...)
	gittest.Run(t, root, "checkout", "-q", "-b", "work")
	gittest.Run(t, root, "checkout", "-q", "main")
	gittest.Write(t, root, "theirs.nix", broken)
	gittest.Run(t, root, "commit", "-qam", "theirs")
	gittest.Run(t, root, "checkout", "-q", "work")
	return root
}

func commit(t *testing.T, root string) {
	t.Helper()
	gittest.Run(t, root, "add", "-A")
	gittest.Run(t, root, "commit", "-qm", "more")
}

// TestChangedSince checks what differs from the merge base: committed, staged, modified, untracked, and nothing else.
func TestChangedSince(t *testing.T) {
	root := branched(t, "old.nix", broken, "mode.nix", broken, "committed.nix", sound, "staged.nix", sound, "modified.nix", sound, "touched.nix", broken,
		"reverted.nix", broken, ".gitignore", "ignored.nix\n", ".github/workflows/ci.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: true\n", "run.sh", "true\n")
	status, found, errs := short(t, root, "--changed-since", "main")
	assert.Equal(t, exitClean, status)
	assert.Empty(t, found)
	assert.Equal(t, "nixsift: 0 files to check: of the paths given, no files that nixsift checks differ from the merge base of main and HEAD\n", errs)

	gittest.Write(t, root, "committed.nix", broken, "NOTES.md", "text\n", ".github/workflows/ci.yml", "on: push\njobs:\n  a:\n    runs-on: y\n    steps:\n      - run: true\n")
	require.NoError(t, os.Chmod(filepath.Join(root, "mode.nix"), 0o755))
	commit(t, root)
	gittest.Write(t, root, "staged.nix", broken)
	gittest.Run(t, root, "add", "staged.nix")
	gittest.Write(t, root, "modified.nix", broken, "untracked.nix", broken, "ignored.nix", broken, ".hidden/untracked.nix", broken, "touched.nix", broken)
	status, found, _ = short(t, root, "--changed-since", "main")
	assert.Equal(t, exitFindings, status)
	assert.Equal(t, "committed.nix: syntax-error, modified.nix: syntax-error, staged.nix: syntax-error, untracked.nix: syntax-error", found)
	const all = ".github/workflows/ci.yml committed.nix modified.nix staged.nix untracked.nix"
	for _, ref := range []string{"main", "main~1", "refs/heads/main", "HEAD~1", gittest.Run(t, root, "rev-parse", "main"), "main^{commit}"} {
		assert.Equal(t, all, listed(t, root, "--changed-since", ref), ref)
	}
	assert.Equal(t, "modified.nix staged.nix untracked.nix", listed(t, root, "--changed-since", "HEAD"))
	gittest.Run(t, root, "checkout", "-q", "--detach")
	assert.Equal(t, all, listed(t, root, "--changed-since", "main"), "detached")
	gittest.Run(t, root, "checkout", "-q", "work")

	t.Run("an intent to add", func(t *testing.T) {
		gittest.Write(t, root, "flake.nix", "{ outputs = _: [ ./intended.nix ./untracked.nix ]; }\n", "intended.nix", "")
		gittest.Run(t, root, "add", "-N", "intended.nix")
		assert.Contains(t, listed(t, root, "--changed-since", "main"), " intended.nix ")
		_, out, _ := nixsift(t, root, "", "check", "--format", "short", "--changed-since", "main", "flake.nix")
		assert.Contains(t, out, "untracked.nix")
		assert.NotContains(t, out, "intended.nix", "Nix sees it")
		gittest.Run(t, root, "checkout", "-q", "flake.nix")
		gittest.Run(t, root, "reset", "-q", "intended.nix")
		remove(t, root, "intended.nix")
		gittest.Run(t, root, "add", "staged.nix")
	})
	t.Run("a tag", func(t *testing.T) {
		gittest.Run(t, root, "tag", "-a", "-m", "t", "v1", "main")
		assert.Equal(t, all, listed(t, root, "--changed-since", "v1"))
	})
	t.Run("a name like an option", func(t *testing.T) {
		gittest.Run(t, root, "update-ref", "refs/heads/-q", "main")
		assert.Equal(t, all, listed(t, root, "--changed-since=-q"))
		for _, ref := range []string{"-p", "--output=pwned", "--ext-diff", "--no-index"} {
			status, _, errs := short(t, root, "--changed-since="+ref)
			assert.Equal(t, exitUsage, status)
			assert.Contains(t, errs, "no such commit")
		}
		assert.NoFileExists(t, filepath.Join(root, "pwned"))
	})
	t.Run("a linked worktree", func(t *testing.T) {
		at := filepath.Join(t.TempDir(), "linked")
		gittest.Run(t, root, "worktree", "add", "-q", "-b", "third", at, "work")
		gittest.Write(t, at, "modified.nix", broken)
		gittest.Run(t, at, "add", "-A")
		gittest.Write(t, at, "modified.nix", sound)
		assert.Equal(t, ".github/workflows/ci.yml committed.nix modified.nix", listed(t, at, "--changed-since", "main"))
		status, found, _ := short(t, at, "--staged")
		assert.Equal(t, exitFindings, status)
		assert.Equal(t, "modified.nix: syntax-error", found)
	})
	t.Run("only what is checked is fixed", func(t *testing.T) {
		gittest.Write(t, root, "modified.nix", "{ a = ./x//y; }\n", "plain.nix", "{ a = ./x//y; }\n")
		gittest.Run(t, root, "add", "-A")
		gittest.Run(t, root, "commit", "-qm", "plain")
		gittest.Write(t, root, "modified.nix", "{ b = ./x//y; }\n")
		_, _, errs := short(t, root, "--changed-since", "HEAD", "--fix", onlySlashes)
		assert.Contains(t, errs, "applied 1 fix in 1 file")
		assert.Equal(t, "{ b = ./x/y; }\n", read(t, filepath.Join(root, "modified.nix")))
		assert.Equal(t, "{ a = ./x//y; }\n", read(t, filepath.Join(root, "plain.nix")))
	})
}

// TestChangedSinceTakenAway tells what unchanged files say of files that are no more, and nothing else of them.
func TestChangedSinceTakenAway(t *testing.T) {
	const uses = "let unused = 1; in [ (import ./lib) ./old.nix ./before.nix ./data.json ]\n"
	const quiet = "[\n  ./old.nix # nixsift: ignore[missing-path] made later\n  ./other.nix # nixsift: ignore[missing-path] nothing to silence\n]\n"
	root := branched(t, "uses.nix", uses, "sub/uses.nix", "let unused = 1; in ../old.nix\n", "quiet.nix", quiet, "lib/default.nix", sound, "old.nix", sound, "renamed.nix", sound,
		"data.json", "1", "other.nix", sound, "vendor/uses.nix", "../old.nix\n")
	gittest.Run(t, root, "rm", "-q", "lib/default.nix", "old.nix")
	gittest.Run(t, root, "mv", "renamed.nix", "new.nix")
	commit(t, root)
	remove(t, root, "data.json")
	for _, c := range []struct {
		args  []string
		found []string
	}{
		{nil, []string{"quiet.nix", "sub/uses.nix", "uses.nix", "vendor/uses.nix"}},
		{[]string{"--exclude", "vendor/**"}, []string{"quiet.nix", "sub/uses.nix", "uses.nix"}},
		{[]string{"sub"}, []string{"sub/uses.nix"}},
	} {
		args := append([]string{"--changed-since", "main"}, c.args...)
		_, out, _ := nixsift(t, root, "", append([]string{"check", "--format", "short"}, args...)...)
		for line := range strings.Lines(out) {
			assert.Contains(t, line, "[missing-path]")
			assert.NotContains(t, line, "before.nix", "it was never there")
			assert.NotContains(t, line, "quiet.nix")
		}
		whole := listed(t, root, args...)
		for _, name := range c.found {
			assert.Contains(t, whole, name)
			assert.Equal(t, name != "quiet.nix", strings.Contains("\n"+out, "\n"+name+":"), "%v: %s", name, out)
		}
	}
	_, out, _ := nixsift(t, root, "", "check", "--format", "short", "--changed-since", "main", "uses.nix")
	for _, says := range []string{"`lib` does not exist", "`old.nix` does not exist", "`data.json` is tracked by Git, but deleted"} {
		assert.Contains(t, out, says)
	}
	_, found, _ := short(t, root, "--changed-since", "HEAD")
	assert.Equal(t, "uses.nix: missing-path", found, "data.json, in the working tree only")
	status, _, errs := short(t, root, "--changed-since", "main", "old.nix", "lib")
	assert.Equal(t, exitClean, status, "%s: what is named is gone", errs)
	assert.Contains(t, errs, "0 files to check")
	status, found, _ = short(t, root, "--staged")
	assert.Equal(t, exitClean, status, found)
	gittest.Run(t, root, "add", "-A")
	gittest.Write(t, root, "data.json", "1")
	_, found, _ = short(t, root, "--staged")
	assert.Equal(t, "uses.nix: missing-path", found, "of the index it is gone")
}

// TestChangedSinceNowhere has no commit to compare with, in each way, and says what to do.
func TestChangedSinceNowhere(t *testing.T) {
	root := branched(t)
	commits := func(n int) {
		for range n {
			gittest.Run(t, root, "commit", "-q", "--allow-empty", "-m", "more")
		}
	}
	commits(3)
	at := func(dir string, args []string, says ...string) {
		t.Helper()
		status, found, errs := short(t, dir, args...)
		assert.Equal(t, exitUsage, status, "%v %s", args, errs)
		assert.Empty(t, found)
		for _, text := range says {
			assert.Contains(t, errs, text)
		}
		status, _, errs = nixsift(t, dir, "", append([]string{"files"}, args...)...)
		assert.Equal(t, exitUsage, status, errs)
	}
	since := func(ref string) []string { return []string{"--changed-since", ref} }
	at(root, since("nope"), "no such commit", "git fetch origin")
	at(root, since("main:flake.nix"), "no such commit")
	at(root, since("0000000000000000000000000000000000000000"), "no such commit")
	gittest.Run(t, root, "checkout", "-q", "--orphan", "apart")
	at(root, since("main"), "HEAD has no commit yet", "--staged")
	gittest.Run(t, root, "commit", "-qm", "apart")
	at(root, since("main"), "no common history")
	gittest.Run(t, root, "checkout", "-q", "work")

	url := "file://" + root
	gittest.Run(t, filepath.Dir(root), "clone", "-q", "--depth", "1", "-b", "work", url, "shallow")
	shallow := filepath.Join(filepath.Dir(root), "shallow")
	at(shallow, since("origin/main"), "git fetch --unshallow", "fetch-depth: 0")
	gittest.Run(t, shallow, "fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main")
	at(shallow, since("origin/main"), "does not reach back to the merge base", "git fetch --unshallow", "fetch-depth: 0")
	gittest.Run(t, shallow, "fetch", "-q", "--unshallow")
	status, _, errs := short(t, shallow, since("origin/main")...)
	assert.Equal(t, exitClean, status, errs)

	gittest.Run(t, filepath.Dir(root), "clone", "-q", "--bare", url, "bare.git")
	outside := t.TempDir()
	for _, dir := range []string{filepath.Join(filepath.Dir(root), "bare.git"), outside} {
		at(dir, since("main"), "--changed-since needs the working tree of a Git repository", "name the files")
		at(dir, []string{"--staged"}, "--staged needs the working tree of a Git repository")
	}
	t.Run("without git", func(t *testing.T) {
		t.Setenv("PATH", outside)
		for _, args := range [][]string{since("main"), {"--staged"}} {
			status, _, errs := short(t, root, args...)
			assert.Equal(t, exitUsage, status)
			assert.Contains(t, errs, "install git")
		}
	})
	t.Run("a crossed history", func(t *testing.T) { // two merge bases
		gittest.Run(t, root, "checkout", "-q", "main")
		gittest.Run(t, root, "merge", "-q", "--no-edit", "work")
		gittest.Run(t, root, "checkout", "-q", "work")
		commits(1)
		gittest.Run(t, root, "merge", "-q", "--no-edit", "main~1")
		gittest.Write(t, root, "crossed.nix", broken)
		commit(t, root)
		assert.Contains(t, listed(t, root, since("main")...), "crossed.nix")
	})
}

// TestChangedConfiguration is told, since it bears on files that are not checked.
func TestChangedConfiguration(t *testing.T) {
	root := branched(t, "nixsift.toml", "", "sub/nixsift.toml", "", "a.nix", sound)
	gittest.Write(t, root, "nixsift.toml", "ignore = ['missing-path']\n", "flake.lock", "{")
	remove(t, root, "sub/nixsift.toml")
	status, found, errs := short(t, root, "--changed-since", "main")
	assert.Equal(t, exitFindings, status)
	assert.Contains(t, found, "flake.lock: ")
	assert.Contains(t, errs, "nixsift: nixsift.toml changed, too, which bears on files that did not: `nixsift check` without --changed-since checks those\n")
	assert.Contains(t, errs, "nixsift: sub/nixsift.toml changed, too")
}

// TestChangesInHooks runs the program as git runs hooks: with an index of its own, in linked worktrees, with the repository
// elsewhere.
func TestChangesInHooks(t *testing.T) {
	root := repository(t, "a.nix", sound, "b.nix", sound)
	hook := func(root string) {
		dir := gittest.Run(t, root, "rev-parse", "--path-format=absolute", "--git-path", "hooks")
		gittest.Write(t, dir, "pre-commit", "#!/bin/sh\nexec "+program(t)+" check --format short --staged\n")
		require.NoError(t, os.Chmod(filepath.Join(dir, "pre-commit"), 0o777))
	}
	tries := func(dir string, ok bool, args ...string) {
		t.Helper()
		out, err := gitIn(t, dir, "", append([]string{"-c", "user.name=t", "-c", "user.email=t@e", "commit", "-m", "x"}, args...)...)
		assert.Equal(t, ok, err == nil, "%v: %s", args, out)
		if !ok {
			assert.Contains(t, out, "[syntax-error]")
		}
	}
	hook(root)
	gittest.Write(t, root, "a.nix", broken)
	tries(root, false, "-a")
	tries(root, false, "a.nix")
	gittest.Write(t, root, "sub/c.nix", sound)
	gittest.Run(t, root, "add", "sub")
	tries(root, true, "sub/c.nix")
	gittest.Write(t, root, "sub/c.nix", broken)
	tries(filepath.Join(root, "sub"), false, "c.nix")
	gittest.Write(t, root, "b.nix", "{ b = 2; }\n")
	gittest.Run(t, root, "add", "a.nix")
	tries(root, true, "b.nix") // a.nix is staged, but not of this commit
	tries(root, false)
	gittest.Write(t, root, "a.nix", sound)
	tries(root, false) // what is staged is as it was

	at := filepath.Join(t.TempDir(), "linked")
	gittest.Run(t, root, "worktree", "add", "-q", "-b", "third", at)
	gittest.Write(t, at, "a.nix", broken)
	tries(at, false, "-a")

	top := gittest.Init(t, t.TempDir(), "top")
	gittest.Run(t, top, "submodule", "--quiet", "add", root, "lib")
	lib := filepath.Join(top, "lib")
	hook(lib)
	gittest.Write(t, lib, "a.nix", broken)
	tries(lib, false, "-a")

	t.Run("a repository elsewhere", func(t *testing.T) {
		tree, store := gittest.Real(t, t.TempDir()), filepath.Join(t.TempDir(), "store.git")
		gittest.Run(t, tree, "init", "-q", "--bare", store)
		gittest.Write(t, tree, "flake.nix", "{ outputs = _: import ./untracked.nix; }\n", "a.nix", broken, "sub/b.nix", sound, "untracked.nix", broken)
		elsewhere := []string{"--git-dir=" + store, "--work-tree=" + tree}
		gittest.Run(t, tree, append(elsewhere, "add", "flake.nix", "a.nix", "sub")...)
		gittest.Write(t, tree, "a.nix", sound)
		t.Setenv("GIT_DIR", store)
		t.Setenv("GIT_WORK_TREE", tree)
		for _, dir := range []string{tree, filepath.Join(tree, "sub"), t.TempDir()} {
			_, found, errs := short(t, dir, "--staged", tree)
			assert.Contains(t, found, "a.nix: syntax-error", "%s: %s", dir, errs)
			assert.NotContains(t, found, "untracked.nix:")
			_, found, _ = short(t, dir, "--changed-since", "HEAD", tree)
			assert.Empty(t, found, "no commit yet")
		}
		gittest.Run(t, tree, append(elsewhere, "commit", "-qm", "first")...)
		gittest.Write(t, tree, "flake.nix", "{ outputs = _: import ./untracked.nix; }\n\n")
		_, found, errs := short(t, tree, "--changed-since", "HEAD", "flake.nix")
		assert.Contains(t, found, "flake.nix: untracked-file", errs)
		t.Setenv("GIT_DIR", t.TempDir())
		status, _, errs := short(t, tree, "--staged")
		assert.Equal(t, exitUsage, status)
		assert.Contains(t, errs, "GIT_DIR is ")
	})
}

// TestChangesRunNothing has a repository whose configuration names programs wherever git takes one, and objects elsewhere.
func TestChangesRunNothing(t *testing.T) {
	home := gittest.Isolate(t)
	root := gittest.Init(t, home, "repo", "-b", "main")
	gittest.Write(t, root, "a.nix", sound, "b.nix", sound, "c.nix", sound)
	gittest.Run(t, root, "add", "-A")
	gittest.Run(t, root, "commit", "-qm", "first")
	gittest.Write(t, root, "a.nix", broken)
	gittest.Run(t, root, "add", "-A")
	blob, tree := gittest.Run(t, root, "rev-parse", ":a.nix"), gittest.Run(t, root, "rev-parse", "main^{tree}")
	marker, script := filepath.Join(home, "marker"), filepath.Join(home, "evil")
	gittest.Write(t, home, "evil", "#!/bin/sh\ntouch "+marker+"\ncat\n")
	require.NoError(t, os.Chmod(script, 0o777))
	gittest.Write(t, root, ".gitattributes", "* filter=evil diff=evil merge=evil\n", "a.nix", sound, "b.nix", broken)
	for _, name := range []string{"post-index-change", "fsmonitor-watchman", "query-watchman", "reference-transaction", "post-checkout"} {
		gittest.Write(t, root, ".git/hooks/"+name, "#!/bin/sh\ntouch "+marker+"\n")
		require.NoError(t, os.Chmod(filepath.Join(root, ".git/hooks", name), 0o777))
	}
	config := read(t, filepath.Join(root, ".git/config"))
	gittest.Write(t, root, ".git/config", config+"[core]\n\tfsmonitor = "+script+"\n\tpager = "+script+"\n\tsshCommand = "+script+"\n\taskPass = "+script+"\n\tgitProxy = "+script+
		"\n\talternateRefsCommand = "+script+"\n\thooksPath = .git/hooks\n\teditor = "+script+
		"\n[diff]\n\texternal = "+script+"\n[diff \"evil\"]\n\ttextconv = "+script+"\n\tcommand = "+script+
		"\n[filter \"evil\"]\n\tclean = "+script+"\n\tsmudge = "+script+"\n\tprocess = "+script+"\n\trequired = true\n[credential]\n\thelper = "+script+
		"\n[alias]\n\tdiff-index = !"+script+"\n\tcat-file = !"+script+"\n[uploadpack]\n\tpackObjectsHook = "+script+
		"\n[remote \"origin\"]\n\turl = "+home+"/other\n\tuploadpack = "+script+"\n\tvcs = evil\n\tpromisor = true\n[remote \"second\"]\n\turl = ext::"+script+"\n\tpromisor = true\n[extensions]\n\tpartialClone = origin\n")
	_ = exec.Command(gittest.Program(t), "-C", root, "status").Run()
	_ = exec.Command(gittest.Program(t), "-C", root, "diff").Run()
	require.FileExists(t, marker, "git itself does")
	require.NoError(t, os.Remove(marker))
	for args, want := range map[string]string{"--staged": "a.nix: syntax-error", "--changed-since=main": "b.nix: syntax-error", "--changed-since=nope": ""} {
		_, found, errs := short(t, root, args)
		assert.Equal(t, want, found, errs)
		assert.NoFileExists(t, marker, args)
	}

	t.Run("objects that are not there", func(t *testing.T) {
		require.NoError(t, os.Remove(filepath.Join(root, ".git/objects", blob[:2], blob[2:])))
		status, out, errs := nixsift(t, root, "", "check", "--staged")
		assert.Equal(t, exitUsage, status, out+errs)
		assert.Contains(t, out+errs, "not among the objects of the repository")
		assert.NoFileExists(t, marker)
		require.NoError(t, os.Remove(filepath.Join(root, ".git/objects", tree[:2], tree[2:])))
		for _, args := range []string{"--staged", "--changed-since=main"} {
			status, _, errs := short(t, root, args)
			assert.Equal(t, exitUsage, status)
			assert.NotEmpty(t, errs)
			assert.NoFileExists(t, marker, args)
		}
	})
}

// TestChangesInPartialClones fetch nothing.
func TestChangesInPartialClones(t *testing.T) {
	origin := repository(t, "in/a.nix", sound, "out/b.nix", "{ x }: x\n")
	gittest.Run(t, origin, "config", "uploadpack.allowFilter", "true")
	dir := t.TempDir()
	gittest.Run(t, dir, "clone", "-q", "--filter=blob:none", "--sparse", "file://"+origin, "clone")
	root := filepath.Join(dir, "clone")
	gittest.Run(t, root, "sparse-checkout", "set", "--no-sparse-index", "in")
	require.NoFileExists(t, filepath.Join(root, "out/b.nix"))
	gittest.Write(t, root, "in/a.nix", "{ a = 2; }\n")
	gittest.Run(t, root, "add", "-A")
	status, found, errs := short(t, root, "--staged")
	assert.Equal(t, exitClean, status, found+errs)
	gittest.Write(t, root, "in/a.nix", "import ../out/b.nix { }\n")
	gittest.Run(t, root, "add", "-A")
	status, out, errs := nixsift(t, root, "", "check", "--staged")
	assert.Equal(t, exitUsage, status, "what the other file says is asked: %s%s", out, errs)
	assert.Contains(t, out+errs, "nothing is fetched")
	blob := gittest.Run(t, origin, "rev-parse", "HEAD:out/b.nix")
	cmd := gittest.Command(t, root, "cat-file", "-e", blob)
	cmd.Env = append(cmd.Env, "GIT_ALLOW_PROTOCOL=none")
	require.Error(t, cmd.Run(), "it is not there")
}

// TestChangedFilesPage runs what the page shows, in a repository with something staged and something changed.
func TestChangedFilesPage(t *testing.T) {
	page := read(t, filepath.Join(testenv.Root(t), "docs/changed-files.md"))
	origin := repository(t, "flake.nix", "{ outputs = _: { }; }\n", "hosts/a.nix", sound)
	dir := t.TempDir()
	gittest.Run(t, dir, "clone", "-q", origin, "clone")
	root := filepath.Join(dir, "clone")
	gittest.Write(t, root, "hosts/a.nix", "{ a = ./x//y; }\n")
	gittest.Run(t, root, "add", "-A")
	lines := 0
	for _, b := range docBlocks(page) {
		require.Equal(t, "sh", b.language)
		for line := range strings.Lines(b.text) {
			o := start(t, root, func(cmd *exec.Cmd) {
				cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c", line}
				cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(program(t))+":"+os.Getenv("PATH"))
			})
			lines++
			assert.LessOrEqual(t, o.status, exitFindings, "%s%s", line, o.errors)
			assert.Contains(t, o.out, "a.nix", line)
		}
	}
	assert.Positive(t, lines)
}
