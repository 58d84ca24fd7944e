//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/testenv"
)

// policyProject has an input that a policy finds in flake.nix, and one that is the lock file's alone.
var policyProject = map[string]string{
	"nixsift.toml": `preset = "none"

[[policy]]
id = "fresh"
require = 'input("a").age < 30d and input("a/b").age < 30d'
message = "inputs are to be fresh"
help = "run nix flake update"
severity = "error"
bad = ['{"a": {"age": 31}}']
good = ['{"a": {"inputs": {"b": "b"}}, "b": {}}']

[[policy]]
id = "forge"
require = 'every input: host == "git.example.org"'
message = "inputs are to be ours"
bad = ['{"a": {}}']
good = ['{"a": {"type": "gitlab", "host": "git.example.org"}}']
`,
	"flake.nix": "{\n  inputs.a.url = \"github:o/a\";\n  outputs = { self, a }: { };\n}\n",
	"flake.lock": `{"nodes": {
"a": {"inputs": {"b": "b"}, "locked": {"lastModified": 1700000000, "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "owner": "o", "repo": "a", "rev": "1111111111111111111111111111111111111111", "type": "github"}, "original": {"owner": "o", "repo": "a", "type": "github"}},
"b": {"locked": {"lastModified": 1700000000, "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "owner": "o", "repo": "b", "rev": "1111111111111111111111111111111111111111", "type": "github"}, "original": {"owner": "o", "repo": "b", "type": "github"}},
"root": {"inputs": {"a": "a"}}}, "root": "root", "version": 7}
`,
}

// TestPolicyRuns does with policies what is done with rules: names, severities, formats, comments, baselines.
func TestPolicyRuns(t *testing.T) {
	const at = "2023-12-24" // 39 days after the lock
	const old = "flake.nix:2:10: error: inputs are to be fresh (`a` is 39 days old on 2023-12-24: it is of 2023-11-14) [fresh]\n"
	const below = "flake.lock:3:1: error: inputs are to be fresh (`a/b` is 39 days old on 2023-12-24: it is of 2023-11-14) [fresh]\n"
	const forge = "flake.nix:2:10: warning: inputs are to be ours (`a` has the `host` \"github.com\") [forge]\n"
	check := []string{"check", "--format", "short", "--now", at}
	for _, c := range []struct {
		args   []string
		status int
		out    string
	}{
		{nil, 1, below + forge + old},
		{[]string{"--only", "forge"}, 1, forge},
		{[]string{"--only", "custom", "--ignore", "fresh"}, 1, forge},
		{[]string{"--now", "2023-11-20"}, 1, forge},
		{[]string{"--rule", "fresh=off", "--rule", "forge=hint"}, 0, strings.Replace(forge, "warning", "hint", 1)},
		{[]string{"--ignore", "custom"}, 0, ""},
	} {
		o := start(t, testenv.Tree(t, policyProject), nil, append(check[:len(check):len(check)], c.args...)...)
		assert.Equal(t, c.status, o.status, "%q %s", c.args, o.errors)
		assert.Equal(t, c.out, o.out, "%q", c.args)
	}

	dir := testenv.Tree(t, policyProject)
	for _, format := range report.Formats() {
		o := start(t, dir, nil, "check", "--now", at, "--format", format)
		assert.Equal(t, 1, o.status, format)
		assert.Contains(t, o.out, "fresh", format)
		assert.Contains(t, o.out, "forge", format)
		assert.NotContains(t, o.out, "docs/rules/", "%s: there are no such pages", format)
	}

	o := start(t, dir, nil, "baseline", "--now", at)
	require.Equal(t, 0, o.status, o.errors)
	assert.Equal(t, 0, start(t, dir, nil, check...).status)
	assert.Equal(t, 0, start(t, dir, nil, "check", "--now", "2024-01-24").status, "the same input is older, and accepted")
	assert.Equal(t, 1, start(t, dir, nil, "check", "--now", at, "--no-baseline").status)

	dir = testenv.Tree(t, policyProject)
	o = start(t, dir, nil, "suppress", "--now", at, "--select", "custom", "--reason", "for a while", "flake.nix")
	require.Equal(t, 0, o.status, o.errors)
	text := read(t, filepath.Join(dir, "flake.nix"))
	assert.Contains(t, text, "nixsift: ignore[")
	assert.Contains(t, text, "for a while")
	o = start(t, dir, nil, check...)
	assert.Equal(t, below, o.out, "a lock file has no comments")
}

// TestNow holds from when ages count: what --now says, else in CI the date of the commit, else today.
func TestNow(t *testing.T) {
	gittest.Isolate(t)
	repo, plain := testenv.Tree(t, policyProject), testenv.Tree(t, policyProject)
	gittest.Init(t, repo, ".")
	gittest.Run(t, repo, "add", "-A")
	t.Setenv("GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z")
	t.Setenv("GIT_COMMITTER_DATE", "2024-02-03T00:00:00+01:00") // a day earlier in UTC
	gittest.Run(t, repo, "commit", "-q", "-m", "committer x <y> 1 +0000")
	today := time.Now().UTC().Format(time.DateOnly)
	for _, c := range []struct {
		dir, ci, now, day string
	}{
		{repo, "true", "", "2024-02-02"},
		{repo, "woodpecker", "", "2024-02-02"},
		{repo, "true", "2024-05-06", "2024-05-06"},
		{repo, "", "", today},
		{repo, "false", "", today},
		{plain, "true", "", today},
		{plain, "", "2024-05-06", "2024-05-06"},
	} {
		for _, args := range [][]string{{"check", "--exit-zero"}, {"test-rules", "."}} {
			if c.now != "" {
				args = append(args, "--now", c.now)
			}
			o := start(t, c.dir, func(cmd *exec.Cmd) {
				cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "CI=") }), "CI="+c.ci)
			}, args...)
			assert.Equal(t, 0, o.status, o.errors)
			assert.Contains(t, o.out, " old on "+c.day+": it is of 2023-11-14", "%q %+v", args, c)
		}
	}
}
