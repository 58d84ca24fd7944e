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
	assert.Equal(t, "nixsift: nixsift.toml is there already and stays as it is\nnixsift: .pre-commit-config.yaml: nixsift is in it already\n", errs)
	status, _, errs = nixsift(t, repo, "", "init", "--ci", "gitlab")
	assert.Equal(t, exitClean, status)
	assert.Contains(t, errs, "add it to .gitlab-ci.yml: `include:")
	assert.Equal(t, read(t, filepath.Join(repo, ".gitlab-ci.yml")), read(t, filepath.Join(repo, ".gitlab/ci/nixsift.yml")))
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
		"CI file":    {func(repo string) { gittest.Write(t, repo, ".github/workflows/nixsift.yml", "mine\n") }, []string{"--ci", "github"}, ".github/workflows/nixsift.yml is there already"},
		"CI files":   {func(repo string) { gittest.Write(t, repo, ".gitlab-ci.yml", "", ".gitlab/ci/nixsift.yml", "") }, []string{"--ci", "gitlab"}, ".gitlab/ci/nixsift.yml is there already"},
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
