//go:build unix

package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// holds makes a project with a baseline of a number of findings, and returns what lays one text in the place of another and tells
// the status of a check, with what it shows.
func holds(t *testing.T, files map[string]string, findings string) (dir string, edit func(file, from, to string) outcome) {
	t.Helper()
	dir = testenv.Tree(t, files)
	o := start(t, dir, nil, "baseline", "--accept-new")
	require.Contains(t, o.out, "wrote nixsift-baseline.json: "+findings+"\n", o.errors)
	gate(t, dir, exitClean, "", "")
	return dir, func(file, from, to string) outcome {
		t.Helper()
		require.Contains(t, files[file], from)
		write(t, strings.Replace(files[file], from, to, 1), dir, file)
		o := start(t, dir, nil, "check", "--format", "short")
		write(t, files[file], dir, file)
		return o
	}
}

// TestBaselineMany holds that of many findings alike each stands for itself: one more fails, and one less leaves the others.
func TestBaselineMany(t *testing.T) {
	var paths strings.Builder
	for i := range 12 {
		fmt.Fprintf(&paths, "  ./files/%c%d.png\n", 'a'+i, i)
	}
	dir, edit := holds(t, map[string]string{"nixsift.toml": "", "files/x": "", "a.nix": "[\n" + paths.String() + "  ./twice.txt\n  ./twice.txt\n  (./twice.txt)\n]\n"}, "15 findings")
	o := edit("a.nix", "[\n", "[\n  ./files/another-one.png\n")
	assert.Equal(t, exitFindings, o.status)
	assert.Equal(t, "a.nix:2:3: warning: `files/another-one.png` does not exist [missing-path]\n", o.out)
	o = edit("a.nix", "[\n", "[\n  [ ./twice.txt ]\n")
	assert.Equal(t, exitFindings, o.status)
	assert.Equal(t, 1, strings.Count(o.out, "\n"), o.out)
	for _, path := range []string{"./files/a0.png", "./files/f5.png", "./twice.txt"} {
		o = edit("a.nix", "  "+path+"\n", "")
		assert.Equal(t, exitClean, o.status, o.out)
		assert.Contains(t, o.errors, "1 finding of nixsift-baseline.json is fixed")
		o = edit("a.nix", path+"\n", path+" # nixsift: ignore[missing-path] made later\n")
		assert.Equal(t, exitClean, o.status, o.out)
		o = start(t, dir, nil, "check", "--no-baseline", "--format", "gitlab")
		assert.Equal(t, 15, strings.Count(o.out, `"fingerprint"`))
	}
}

// TestBaselineNeighbours holds that what comes beside a finding on its line leaves it.
func TestBaselineNeighbours(t *testing.T) {
	_, edit := holds(t, map[string]string{"nixsift.toml": "", "a.nix": "let a = 1; b = 2; in { }\n"}, "2 findings")
	for from, to := range map[string]string{"b = 2;": "b = 2; c = 3;", "a = 1;": "c = 3; a = 1;", " b = 2": " c = 3; b = 2"} {
		o := edit("a.nix", from, to)
		assert.Equal(t, exitFindings, o.status, to)
		assert.Equal(t, 1, strings.Count(o.out, "\n"), "%s: %s", to, o.out)
		assert.Contains(t, o.out, "`c` is never used")
	}
}

// lockOf returns a lock file in which the inputs of a flake have inputs of their own.
func lockOf(inputs map[string][]string) string {
	node := func(name, repo, rev string, inputs ...string) string {
		return fmt.Sprintf(`%q: {"inputs": {%s}, "locked": {"lastModified": 1700000000, "narHash": "sha256-%s=", "owner": "o", "repo": %q, "rev": %q, "type": "github"}, "original": {"owner": "o", "repo": %q, "type": "github"}}`,
			name, strings.Join(inputs, ", "), strings.Repeat(rev[:1], 43), repo, strings.Repeat(rev, 40), repo)
	}
	var nodes, root []string
	for name, own := range inputs {
		var of []string
		for _, sub := range own {
			of = append(of, fmt.Sprintf("%q: %q", sub, name+"-"+sub))
			nodes = append(nodes, node(name+"-"+sub, sub, "b"))
		}
		nodes = append(nodes, node(name, name, "a", of...))
		root = append(root, fmt.Sprintf("%q: %q", name, name))
	}
	return fmt.Sprintf("{\n\"nodes\": {%s, \"root\": {\"inputs\": {%s}}}, \"root\": \"root\", \"version\": 7}\n", strings.Join(nodes, ",\n"), strings.Join(root, ", "))
}

// TestBaselineSubjects holds that an entry is about what its finding is about, not only about its place: another copy of an input, or one
// more, is new at the same place, and one less is not.
func TestBaselineSubjects(t *testing.T) {
	flake := "{\n  inputs.lib.url = \"github:o/lib\";\n  inputs.tool.url = \"github:o/tool\";\n  inputs.utils.url = \"github:o/utils\";\n  inputs.app.url = \"github:o/app\";\n  outputs = _: { };\n}\n"
	lock := func(app ...string) string {
		return lockOf(map[string][]string{"lib": nil, "tool": nil, "utils": nil, "app": app})
	}
	dir, _ := holds(t, map[string]string{"nixsift.toml": "", "flake.nix": flake, "flake.lock": lock("lib", "tool")}, "1 finding")
	shown := func(app ...string) outcome {
		write(t, lock(app...), dir, "flake.lock")
		return start(t, dir, nil, "check", "--format", "short")
	}
	for _, app := range [][]string{{"lib", "tool"}, {"lib"}, {"tool"}} {
		assert.Empty(t, shown(app...).out, app)
	}
	for _, app := range [][]string{{"utils"}, {"lib", "utils"}, {"lib", "tool", "utils"}} {
		assert.Contains(t, shown(app...).out, "flake.nix:5:20", app)
	}
	// The place may change.
	write(t, strings.Replace(flake, "inputs.app.url = \"github:o/app\";", "inputs.app = {\n    # the application\n    url = \"github:o/app\"; # nixsift: good\n  };", 1), dir, "flake.nix")
	assert.Empty(t, shown("lib", "tool").out)
	o := start(t, dir, nil, "baseline", "--accept-new")
	assert.Contains(t, o.out, "1 finding\n")
	text := read(t, filepath.Join(dir, "nixsift-baseline.json"))
	assert.Equal(t, 2, strings.Count(text, `"rule"`), "an entry for each copy")
}

// TestBaselineGenerated holds that what is left out of a generated file is not taken for fixed.
func TestBaselineGenerated(t *testing.T) {
	dir, edit := holds(t, map[string]string{"nixsift.toml": "", "a.nix": "let u = 1; in ./gone.nix\n"}, "2 findings")
	o := edit("a.nix", "let", "# This file was generated by tool, do not edit.\nlet")
	assert.Equal(t, exitClean, o.status)
	assert.NotContains(t, o.errors, "fixed")
	write(t, "# This file was generated by tool, do not edit.\nlet u = 1; in ./gone.nix\n", dir, "a.nix")
	o = start(t, dir, nil, "baseline")
	assert.Equal(t, "nixsift-baseline.json stays as it is: 2 findings\n", o.out)
	assert.Contains(t, o.errors, "2 findings of nixsift-baseline.json are of rules that are off or of files that are left out")
}

// TestBaselineSeverity holds that what the configuration makes of a severity bears on no entry, and that rules of another preset stay.
func TestBaselineSeverity(t *testing.T) {
	dir, _ := holds(t, map[string]string{"nixsift.toml": "[rules]\nmissing-path = \"hint\"\n", "a.nix": "./gone.nix\n", "b.nix": "x: { x = x; }\n"}, "1 finding")
	write(t, "[rules]\nmissing-path = \"error\"\n", dir, "nixsift.toml")
	gate(t, dir, exitClean, "", "")
	o := start(t, dir, nil, "baseline", "--preset", "strict", "--accept-new")
	assert.Contains(t, o.out, "2 findings (1 new)\n")
	text := read(t, filepath.Join(dir, "nixsift-baseline.json"))
	o = start(t, dir, nil, "baseline")
	assert.Equal(t, "nixsift-baseline.json stays as it is: 2 findings\n", o.out)
	assert.Contains(t, o.errors, "1 finding of nixsift-baseline.json is of rules that are off or of files that are left out, and may be there: `manual-inherit`; it stays accepted for when that changes (`nixsift baseline --prune` would take it out)")
	assert.Equal(t, text, read(t, filepath.Join(dir, "nixsift-baseline.json")))
}

// TestBaselineOfGoneRules holds that entries of rules that do not exist are told apart from those of rules that are off, and that --prune takes both out.
func TestBaselineOfGoneRules(t *testing.T) {
	own := "[[rule]]\nid = \"no-x\"\npattern = \"x\"\nmessage = \"m\"\nbad = [\"x\"]\ngood = [\"y\"]\n"
	dir, _ := holds(t, map[string]string{"nixsift.toml": own, "a.nix": "x: [ x ./gone.nix ]\n"}, "2 findings")
	write(t, "[rules]\nmissing-path = \"off\"\n", dir, "nixsift.toml")
	o := start(t, dir, nil, "baseline")
	assert.Contains(t, o.errors, "1 finding of nixsift-baseline.json is of rules that are off or of files that are left out, and may be there: `missing-path`; it stays accepted")
	assert.Contains(t, o.errors, "1 finding of nixsift-baseline.json is of rules that do not exist: `no-x`; `nixsift baseline --prune` takes it out\n")
	o = start(t, dir, nil, "baseline", "--prune")
	assert.Equal(t, "wrote nixsift-baseline.json: 0 findings (1 left out by the configuration, 1 of rules that do not exist)\n", o.out)
}
