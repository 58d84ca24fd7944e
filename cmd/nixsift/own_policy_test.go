//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
	const old = "flake.nix:2:10: error: inputs are to be fresh (of `a`, the age is 39 days: it is of 2023-11-14, counted to 2023-12-24) [fresh]\n"
	const below = "flake.lock:3:1: error: inputs are to be fresh (of `a/b`, the age is 39 days: it is of 2023-11-14, counted to 2023-12-24) [fresh]\n"
	const forge = "flake.nix:2:10: warning: inputs are to be ours (of `a`, `host` is \"github.com\") [forge]\n"
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
