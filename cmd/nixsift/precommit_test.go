//go:build unix

package main

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// offeredHooks returns what .pre-commit-hooks.yaml offers, by id.
func offeredHooks(t *testing.T) map[string]map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testenv.Root(t), ".pre-commit-hooks.yaml"))
	require.NoError(t, err)
	var list []map[string]any
	require.NoError(t, yaml.Unmarshal(text, &list))
	hooks := map[string]map[string]any{}
	for _, h := range list {
		hooks[h["id"].(string)] = h
	}
	return hooks
}

// TestPreCommitPattern holds the pattern of the hooks to the kinds of files that nixsift checks, by names that are made of all
// parts that decide.
func TestPreCommitPattern(t *testing.T) {
	hooks := offeredHooks(t)
	require.Len(t, hooks, 2)
	assert.Equal(t, hooks["nixsift"]["files"], hooks["nixsift-fix"]["files"])
	verbose := hooks["nixsift"]["files"].(string)
	require.True(t, strings.HasPrefix(verbose, "(?x)"), "Go knows no such flag: what it skips is taken out")
	pattern := regexp.MustCompile(strings.Join(strings.Fields(strings.TrimPrefix(verbose, "(?x)")), ""))
	names := []string{
		"flake.nix", ".nix", "x.nix.in", "xnix", "flake.lock", "my-flake.lock", "Cargo.lock", "README.md", "nixsift.toml", "statix.toml", "action", "x", "x.zsh", "x.py",
		"run.sh", "run.bash", ".sh", "rules.mk", "x.just", "xsh", "Makefile", "makefile", "GNUmakefile", "gnumakefile", "Makefile.am", "justfile", "Justfile", ".justfile", "x.justfile", "xMakefile",
	}
	for _, stem := range []string{"", "action", "my-action", "ci", ".gitlab-ci", "gitlab-ci", "x.gitlab-ci", ".woodpecker", "x.woodpecker", "workflows"} {
		names = append(names, stem+".yml", stem+".yaml", stem+".yamll", stem+".json")
	}
	parts := []string{".github", ".forgejo", ".gitea", ".gitlab", ".woodpecker", "x.github", "workflows", "actions", "ci", "sub", "templates"}
	dirs := []string{""}
	for _, a := range parts {
		dirs = append(dirs, a)
		for _, b := range parts {
			dirs = append(dirs, a+"/"+b)
			for _, c := range parts {
				dirs = append(dirs, a+"/"+b+"/"+c)
			}
		}
	}
	matched := 0
	for _, dir := range dirs {
		for _, name := range names {
			file := path.Join(dir, name)
			want := workspace.KindOf(file) != workspace.Other
			if want {
				matched++
			}
			if got := pattern.MatchString(file); got != want {
				t.Errorf("%s: the pattern says %v, its kind is %s", file, got, workspace.KindOf(file))
			}
		}
	}
	assert.Greater(t, matched, len(dirs))
	status, _, errs := nixsift(t, testenv.Tree(t, map[string]string{"nixsift.toml": ""}), "", "check", "nixsift.toml")
	assert.Equal(t, exitUsage, status, "what the pattern leaves out may not be named: %s", errs)
}

// published makes a repository of the files that this one consists of, as its users would clone it, and returns its path.
func published(t *testing.T) string {
	t.Helper()
	root := testenv.Root(t)
	dir := gittest.Init(t, t.TempDir(), "nixsift")
	files := strings.Split(strings.TrimSuffix(gittest.Run(t, root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00"), "\x00")
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil || strings.Contains(file, "testdata/") { // nobody builds from those
			continue
		}
		gittest.Write(t, dir, file, string(text))
	}
	gittest.Run(t, dir, "add", "-A")
	gittest.Run(t, dir, "commit", "-q", "-m", "all")
	return dir
}

// preCommitRun runs pre-commit in a repository.
func preCommitRun(t *testing.T, dir string, args ...string) (ok bool, out string) {
	t.Helper()
	cmd := exec.Command(testenv.Tool(t, "pre-commit"), args...)
	cmd.Dir = dir
	text, err := cmd.CombinedOutput()
	return err == nil, string(text)
}

// TestPreCommit runs pre-commit in a scratch repository with the hooks of a repository that holds this one's files. It builds
// nixsift as it does for users, from the module cache that is there.
func TestPreCommit(t *testing.T) {
	testenv.Tool(t, "pre-commit")
	home := gittest.Isolate(t)
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		cmd := exec.Command("go", "env", name)
		cmd.Env = environment
		out, err := cmd.Output()
		require.NoError(t, err)
		t.Setenv(name, strings.TrimSpace(string(out)))
	}
	t.Setenv("PRE_COMMIT_HOME", filepath.Join(home, "cache"))
	source := published(t)
	repo := gittest.Init(t, t.TempDir(), "repo")
	write := func(hook, rest string) {
		gittest.Write(t, repo, ".pre-commit-config.yaml",
			"repos:\n  - repo: "+source+"\n    rev: "+gittest.Run(t, source, "rev-parse", "HEAD")+"\n    hooks:\n      - id: "+hook+"\n"+rest)
	}
	write("nixsift", "")
	gittest.Write(t, repo, "flake.nix", "{ outputs = _: import ./a.nix; }\n", "a.nix", "{ a = 1; }\n", "README.md", "A readme.\n")
	gittest.Run(t, repo, "add", "-A")

	ok, out := preCommitRun(t, repo, "run")
	assert.True(t, ok, out)
	assert.Regexp(t, `nixsift\.+Passed`, out)
	gittest.Run(t, repo, "commit", "-q", "-m", "first")

	gittest.Write(t, repo, "NOTES.md", "Notes.\n", "statix.toml", "disabled = []\n")
	gittest.Run(t, repo, "add", "-A")
	ok, out = preCommitRun(t, repo, "run")
	assert.True(t, ok, out)
	assert.Contains(t, out, "(no files to check)Skipped")

	gittest.Write(t, repo, "a.nix", "{ a = ; }\n")
	gittest.Run(t, repo, "add", "-A")
	ok, out = preCommitRun(t, repo, "run")
	assert.False(t, ok, out)
	assert.Contains(t, out, "syntax-error")
	assert.Contains(t, out, "exit code: 1")

	write("nixsift", "        args: [--fail-on=info, --no-such-flag]\n")
	gittest.Run(t, repo, "add", "-A")
	ok, out = preCommitRun(t, repo, "run")
	assert.False(t, ok, out)
	assert.Contains(t, out, "exit code: 2")

	write("nixsift-fix", "")
	gittest.Write(t, repo, "a.nix", "{ a = let in 1; }\n", "README.md", "let in 1\n")
	gittest.Run(t, repo, "add", "-A")
	ok, out = preCommitRun(t, repo, "run")
	assert.False(t, ok, "what is changed is to be staged: %s", out)
	assert.Contains(t, out, "files were modified by this hook")
	text, err := os.ReadFile(filepath.Join(repo, "a.nix"))
	require.NoError(t, err)
	assert.Equal(t, "{ a = 1; }\n", string(text))
	gittest.Run(t, repo, "add", "-A")
	ok, out = preCommitRun(t, repo, "run", "--all-files")
	assert.True(t, ok, out)
	text, err = os.ReadFile(filepath.Join(repo, "README.md"))
	require.NoError(t, err)
	assert.Equal(t, "let in 1\n", string(text))
}
