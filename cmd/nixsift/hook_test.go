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
		{"fixes", repo, []string{"install", "--", "--fix"}, exitUsage, "--staged checks the index, and fixes are written to the working tree"},
		{"fixes after asking", repo, []string{"install", "--", "-i"}, exitUsage, "--staged checks the index"},
		{"questions", repo, []string{"install", "--", "-i", "--diff"}, exitUsage, "--interactive asks"},
		{"a gate that is none", repo, []string{"install", "--", "--fail-on", "wrong"}, exitUsage, "--fail-on \"wrong\": use hint"},
		{"an unknown rule", repo, []string{"install", "--", "--rule", "nope=error"}, exitUsage, "unknown rule `nope`"},
		{"an unknown rule to select", repo, []string{"install", "--", "--select", "nope"}, exitUsage, "nope"},
		{"an unknown preset", repo, []string{"install", "--", "--preset", "nope"}, exitUsage, "unknown preset `nope`"},
		{"an unknown edition", repo, []string{"install", "--", "--edition", "1999"}, exitUsage, "unknown edition"},
		{"an unknown format", repo, []string{"install", "--", "--format", "nope"}, exitUsage, "unknown format"},
		{"a configuration that is not there", repo, []string{"install", "--", "--config", "nope.toml"}, exitUsage, "--config nope.toml: cannot be read"},
		{"a baseline that is not there", repo, []string{"install", "--", "--baseline", "nope.json"}, exitUsage, "nope.json"},
		{"a report nowhere", repo, []string{"install", "--", "--output", "json=nope/x.json"}, exitUsage, "nope: no such"},
		{"a report over what is Git's", repo, []string{"install", "--", "--output", "json=.git/config"}, exitUsage, "the flags of check: --output \"json=.git/config\": a report would replace a file of Git"},
		{"a report over what is checked", repo, []string{"install", "--", "--output", "json=sub/a.nix"}, exitUsage, "a report would replace a file that nixsift reads"},
		{"watching", repo, []string{"install", "--", "--watch"}, exitUsage, "--watch"},
		{"other changes", repo, []string{"install", "--", "--changed-since", "HEAD"}, exitUsage, "contradict each other"},
		{"what contradicts itself", repo, []string{"install", "--", "--quiet", "--verbose"}, exitUsage, "contradict each other"},
		{"what is for standard input", repo, []string{"install", "--", "--stdin-path", "a.nix"}, exitUsage, "--stdin-path is for standard input"},
		{"help", repo, []string{"install", "--", "--help"}, exitUsage, "--help checks nothing"},
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

// TestHookStaged commits in every way with the hook that `nixsift hook install` writes, which runs the real program, in a project
// with a baseline.
func TestHookStaged(t *testing.T) {
	root := adoptedRepo(t)
	t.Setenv("PATH", ciPath(t))
	o := start(t, root, nil, "hook", "install", "--", "--format", "short")
	require.Equal(t, exitClean, o.status, o.errors)
	const unused = "[unused-let-binding]"
	tries := func(dir, says string, args ...string) {
		t.Helper()
		before := gittest.Run(t, root, "rev-parse", "--all", "HEAD")
		out, err := gitIn(t, dir, "", append([]string{"-c", "user.name=t", "-c", "user.email=t@e", "commit", "-m", "x"}, args...)...)
		assert.Equal(t, says == "", err == nil, "%v: %s", args, out)
		assert.Contains(t, out, says)
		assert.NotContains(t, out, "in the baseline")
		assert.Equal(t, says == "", before != gittest.Run(t, root, "rev-parse", "--all", "HEAD"), "%v: %s", args, out)
	}
	const fine, bad = "{ c = 1; }\n", "let u = 1; in { c = 1; }\n"
	in := func(dir, what string) {
		sub := filepath.Join(dir, "hosts")
		t.Run(what, func(t *testing.T) {
			edit(t, "y = ", "y = 1 + ", dir, "hosts", "b.nix") // what is known stays known
			tries(dir, "", "-a")
			gittest.Write(t, dir, "hosts/c.nix", bad)
			gittest.Run(t, dir, "add", "hosts/c.nix")
			tries(dir, "hosts/c.nix:1:5: warning: `u` is never used "+unused)
			tries(sub, "hosts/c.nix:1:5")
			tries(sub, "hosts/c.nix:1:5", "c.nix")
			gittest.Write(t, dir, "hosts/c.nix", fine)
			tries(dir, "hosts/c.nix:1:5") // what is staged is as it was
			tries(sub, "", "c.nix")
			gittest.Write(t, dir, "hosts/c.nix", bad)
			tries(dir, unused, "-a")
			tries(dir, unused, "-a", "--amend")
			tries(dir, unused, "--amend", "hosts/c.nix")
			tries(dir, "", "--amend", "-m", "more") // the index has nothing but another message
			edit(t, "y = ", "y = 2 + ", dir, "hosts", "b.nix")
			tries(dir, "", "hosts/b.nix") // c.nix is not part of it
			tries(dir, "", "-a", "--no-verify")
			gittest.Write(t, dir, "a.nix", "let\n  unused = 1;\nin\nimport ./gone2.nix\n")
			tries(dir, "a.nix:4:8", "--amend", "a.nix")
			gittest.Run(t, dir, "checkout", "-q", "HEAD", "--", ".")
			// The baseline is part of what is committed.
			gittest.Write(t, dir, "d.nix", bad)
			gittest.Run(t, dir, "add", "d.nix")
			o := start(t, dir, nil, "baseline", "--accept-new")
			require.Contains(t, o.out, "new)")
			tries(dir, "d.nix:1:5")
			tries(dir, "nixsift-baseline.json has changes that are not staged: `git add` it")
			tries(sub, "", "-a")
			gittest.Run(t, dir, "rm", "-q", "d.nix", "hosts/c.nix")
			tries(dir, "")
			o = start(t, dir, nil, "baseline")
			require.Contains(t, o.out, "fixed)")
			tries(dir, "", baselineName)
		})
	}
	in(root, "the main working tree")
	at := filepath.Join(gittest.Real(t, t.TempDir()), "linked")
	gittest.Run(t, root, "worktree", "add", "-q", "-b", "third", at)
	in(at, "a linked one")
}
