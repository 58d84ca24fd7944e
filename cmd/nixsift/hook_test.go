//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

func TestHook(t *testing.T) {
	gittest.Isolate(t)
	repo := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, repo, "sub/a.nix", "1\n")
	hook := filepath.Join(repo, ".git/hooks/pre-commit")
	for _, c := range []struct {
		name   string
		dir    string
		args   []string
		status int
		says   string
	}{
		{"nothing to remove", repo, []string{"uninstall"}, exitClean, "there is no hook to remove\n"},
		{"wrong flags", repo, []string{"install", "--", "--no-such"}, exitUsage, "unknown flag: --no-such"},
		{"paths", repo, []string{"install", "--", "--quiet", "a.nix"}, exitUsage, "`a.nix`: only flags of check"},
		{"no repository", testenv.Tree(t, nil), []string{"install"}, exitUsage, "no git repository"},
		{"from below", filepath.Join(repo, "sub"), []string{"install", "--", "--fail-on", "error"}, exitClean, "wrote ../.git/hooks/pre-commit\n"},
		{"again", repo, []string{"install", "--", "--fail-on", "error"}, exitClean, "up to date: .git/hooks/pre-commit\n"},
		{"without the flags", repo, []string{"install"}, exitClean, "wrote .git/hooks/pre-commit\n"},
		{"remove", repo, []string{"uninstall"}, exitClean, "removed .git/hooks/pre-commit\n"},
		{"alone", repo, nil, exitClean, "Available Commands"},
		{"unknown", repo, []string{"nope"}, exitUsage, "nope"},
	} {
		status, out, errs := nixsift(t, c.dir, "", append([]string{"hook"}, c.args...)...)
		assert.Equal(t, c.status, status, "%s: %s%s", c.name, out, errs)
		assert.Contains(t, out+errs, c.says, c.name)
		_, err := os.Stat(hook)
		installed := c.name == "from below" || c.name == "again" || c.name == "without the flags"
		assert.Equal(t, installed, err == nil, c.name)
	}
	require.NoError(t, os.WriteFile(hook, []byte("#!/bin/sh\n"), 0o777))
	status, _, errs := nixsift(t, repo, "", "hook", "install")
	assert.Equal(t, exitUsage, status)
	assert.Contains(t, errs, "add the line `nixsift check --staged || exit` to it")
}
