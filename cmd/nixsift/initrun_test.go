//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/scaffold"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestInitRunners makes all that runs nixsift at once, from a folder below, and again.
func TestInitRunners(t *testing.T) {
	gittest.Isolate(t)
	repo := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, repo, "flake.nix", "{ outputs = _: { }; }\n", "sub/a.nix", "1\n",
		".pre-commit-config.yaml", "repos:\n- repo: meta # kept\n  hooks:\n  - id: identity\n# and this\nfail_fast: true\n")
	status, out, errs := nixsift(t, filepath.Join(repo, "sub"), "", "init", "--hook", "--pre-commit", "--ci", "github,gitlab", "--ci=forgejo,gitea,woodpecker")
	require.Equal(t, exitClean, status, errs)
	assert.Equal(t, "wrote nixsift.toml\nwrote ../.github/workflows/nixsift.yml\nwrote ../.gitlab-ci.yml\nwrote ../.forgejo/workflows/nixsift.yml\nwrote ../.gitea/workflows/nixsift.yml\n"+
		"wrote ../.woodpecker/nixsift.yml\nadded nixsift to ../.pre-commit-config.yaml; `pre-commit install` makes git run it\nwrote ../.git/hooks/pre-commit\n", out)
	assert.Equal(t, "repos:\n- repo: meta # kept\n  hooks:\n  - id: identity\n- repo: https://github.com/nixsift/nixsift\n  rev: "+scaffold.Release()+
		"\n  hooks:\n    - id: nixsift\n# and this\nfail_fast: true\n", read(t, filepath.Join(repo, ".pre-commit-config.yaml")))
	gittest.Run(t, repo, "add", "-A")
	status, out, errs = nixsift(t, repo, "", "check", "--preset", "recommended")
	assert.Equal(t, exitClean, status, "nixsift has nothing against its own files: %s%s", out, errs)

	for _, args := range [][]string{{"--hook"}, {"--pre-commit"}} {
		status, _, errs := nixsift(t, repo, "", append([]string{"init"}, args...)...)
		assert.Equal(t, exitClean, status, errs)
	}
	assert.FileExists(t, filepath.Join(repo, "nixsift.toml"))
	status, _, errs = nixsift(t, repo, "", "init", "--pre-commit")
	assert.Equal(t, exitClean, status)
	assert.Equal(t, "nixsift: nixsift.toml is there already and stays as it is\n", errs)
	status, out, errs = nixsift(t, repo, "", "init", "--hook", "--pre-commit", "--ci", "github,gitlab,forgejo,gitea,woodpecker")
	assert.Equal(t, exitClean, status, errs)
	assert.Equal(t, "up to date: .github/workflows/nixsift.yml\nup to date: .gitlab-ci.yml\nup to date: .forgejo/workflows/nixsift.yml\nup to date: .gitea/workflows/nixsift.yml\n"+
		"up to date: .woodpecker/nixsift.yml\nup to date: .pre-commit-config.yaml\nup to date: .git/hooks/pre-commit\n", out)
	require.NoError(t, os.Remove(filepath.Join(repo, ".gitea/workflows/nixsift.yml")))
	_, out, _ = nixsift(t, repo, "", "init", "--ci", "github,gitea")
	assert.Equal(t, "up to date: .github/workflows/nixsift.yml\nwrote .gitea/workflows/nixsift.yml\n", out, "what is missing is written")
	gittest.Write(t, repo, ".gitlab-ci.yml", "a: { script: [b] }\n")
	status, _, errs = nixsift(t, repo, "", "init", "--ci", "gitlab")
	assert.Equal(t, exitClean, status)
	assert.Contains(t, errs, "add it to .gitlab-ci.yml: `include:")
	assert.Contains(t, read(t, filepath.Join(repo, ".gitlab/ci/nixsift.yml")), "nixsift check")
}

// TestInitAgain is content with a configuration that is what it would write, and refuses another one.
func TestInitAgain(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": "1\n"})
	for _, want := range []string{"wrote nixsift.toml\n", "up to date: nixsift.toml\n"} {
		status, out, errs := nixsift(t, dir, "", "init")
		assert.Equal(t, exitClean, status, errs)
		assert.Equal(t, want, out)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nixsift.toml"), []byte("preset = 'none'\n"), 0o666))
	status, _, errs := nixsift(t, dir, "", "init")
	assert.Equal(t, exitUsage, status)
	assert.Equal(t, "nixsift: nixsift.toml is there already and is not what would be written; --force replaces it\n", errs)
}

// TestInitNamesTheDefaultBranch asks Git for it, and names both usual ones where that does not know.
func TestInitNamesTheDefaultBranch(t *testing.T) {
	home := gittest.Isolate(t)
	repo := gittest.Init(t, home, "repo")
	gittest.Run(t, repo, "symbolic-ref", "HEAD", "refs/heads/trunk")
	_, _, errs := nixsift(t, repo, "", "init", "--ci", "github")
	assert.NotContains(t, errs, "default one")
	assert.Contains(t, read(t, filepath.Join(repo, ".github/workflows/nixsift.yml")), "    branches: [trunk]\n")
	dir := testenv.Tree(t, nil)
	_, _, errs = nixsift(t, dir, "", "init", "--ci", "gitea")
	assert.Contains(t, errs, "nixsift: which branch is the default one is not known here: .gitea/workflows/nixsift.yml names main and master\n")
	assert.Contains(t, read(t, filepath.Join(dir, ".gitea/workflows/nixsift.yml")), "    branches: [main, master]\n")
}

// TestInitRunnersRefuse writes nothing at all where something is in the way.
func TestInitRunnersRefuse(t *testing.T) {
	home := gittest.Isolate(t)
	outside := testenv.Tree(t, map[string]string{"pre-commit.json": "{\"repos\": []}\n", "yaml/x": ""})
	for name, c := range map[string]struct {
		prepare func(repo string)
		args    []string
		says    string
	}{
		"CI file":    {func(repo string) { gittest.Write(t, repo, ".github/workflows/nixsift.yml", "mine\n") }, []string{"--ci", "github"}, ".github/workflows/nixsift.yml is there already and is not what would be written"},
		"CI files":   {func(repo string) { gittest.Write(t, repo, ".gitlab-ci.yml", "", ".gitlab/ci/nixsift.yml", "") }, []string{"--ci", "gitlab"}, ".gitlab/ci/nixsift.yml is there already and is not what would be written"},
		"CI link":    {func(repo string) { require.NoError(t, os.Symlink(outside, filepath.Join(repo, ".github"))) }, []string{"--ci", "github"}, "outside of the project"},
		"service":    {func(string) {}, []string{"--ci", "jenkins"}, "`jenkins` is none of github"},
		"hook":       {func(repo string) { gittest.Write(t, repo, ".git/hooks/pre-commit", "#!/bin/sh\n") }, []string{"--hook"}, "nixsift check --staged || exit"},
		"pre-commit": {func(repo string) { gittest.Write(t, repo, ".pre-commit-config.yaml", "repos: [{repo: meta}]\n") }, []string{"--pre-commit"}, "by hand"},
		"git-hooks.nix": {func(repo string) {
			require.NoError(t, os.Symlink(filepath.Join(outside, "pre-commit.json"), filepath.Join(repo, ".pre-commit-config.yaml")))
		}, []string{"--pre-commit"}, "as where git-hooks.nix makes it"},
		"to nowhere": {func(repo string) {
			require.NoError(t, os.Symlink("none", filepath.Join(repo, ".pre-commit-config.yaml")))
		}, []string{"--pre-commit"}, "reading .pre-commit-config.yaml"},
		"config": {func(repo string) { gittest.Write(t, repo, "nixsift.toml", "") }, []string{"--from", "statix", "--ci", "github"}, "--force replaces it"},
	} {
		repo := gittest.Init(t, home, name)
		c.prepare(repo)
		before := gittest.Run(t, repo, "status", "--porcelain", "--untracked-files=all")
		status, out, errs := nixsift(t, repo, "", append([]string{"init", "--ci", "woodpecker"}, c.args...)...)
		assert.Equal(t, exitUsage, status, "%s: %s", name, out)
		assert.Contains(t, errs, c.says, name)
		assert.Equal(t, before, gittest.Run(t, repo, "status", "--porcelain", "--untracked-files=all"), name)
	}
	assert.Equal(t, "{\"repos\": []}\n", read(t, filepath.Join(outside, "pre-commit.json")))
	status, _, errs := nixsift(t, testenv.Tree(t, nil), "", "init", "--hook")
	assert.Equal(t, exitUsage, status)
	assert.Contains(t, errs, "no git repository")
}
