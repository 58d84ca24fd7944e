//go:build unix

package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// followsProject is a flake of which one input's copies may follow, and another's pins its own.
func followsProject() map[string]string {
	node := func(owner, repo, ref, rev, inputs string) string {
		if ref != "" {
			ref = `"ref": "` + ref + `", `
		}
		what := `"type": "github", "owner": "` + owner + `", "repo": "` + repo + `", `
		return `{` + inputs + `"locked": {` + what + `"rev": "` + strings.Repeat(rev, 20) + `", "lastModified": 1700000000, "narHash": ""}, "original": {` + strings.TrimSuffix(what+ref, ", ") + `}}`
	}
	return map[string]string{
		"flake.nix": `{
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    home-manager = {
      url = "github:nix-community/home-manager";
    };
    tool.url = "github:o/tool";
  };
  outputs = _: { };
}
`,
		"flake.lock": `{"root": "root", "version": 7, "nodes": {
			"root": {"inputs": {"nixpkgs": "nixpkgs", "home-manager": "home-manager", "tool": "tool"}},
			"nixpkgs": ` + node("NixOS", "nixpkgs", "nixos-unstable", "a1", "") + `,
			"nixpkgs_2": ` + node("NixOS", "nixpkgs", "nixos-unstable", "b2", "") + `,
			"nixpkgs_3": ` + node("NixOS", "nixpkgs", "nixos-23.05", "c3", "") + `,
			"home-manager": ` + node("nix-community", "home-manager", "", "d4", `"inputs": {"nixpkgs": "nixpkgs_2"}, `) + `,
			"tool": ` + node("o", "tool", "", "e5", `"inputs": {"nixpkgs": "nixpkgs_3"}, `) + `
		}}`,
	}
}

func TestFollowsJSON(t *testing.T) {
	dir := testenv.Tree(t, followsProject())
	o := start(t, dir, nil, "follows", "--format", "json", "--check")
	require.Equal(t, exitFindings, o.status, o.errors)
	validJSON(t, "follows-v1.schema.json", o.out)
	var got followsJSON
	require.NoError(t, json.Unmarshal([]byte(o.out), &got))
	require.Len(t, got.Left, 1)
	assert.Contains(t, got.Left[0].Message, "`tool` brings its own `nixpkgs`")
	nodes := 5
	assert.Equal(t, followsJSON{
		Version: 1, Flake: ".", Nodes: &nodes, Left: got.Left,
		Follows: []overrideJSON{{
			Path: []string{"home-manager", "nixpkgs"}, Target: []string{"nixpkgs"}, Text: `inputs.home-manager.inputs.nixpkgs.follows = "nixpkgs";`,
			Spares: []sparedJSON{{"nixpkgs_2", "nixos-unstable", strings.Repeat("b2", 20)}},
		}},
	}, got)
	for _, flag := range []string{"--write", "--diff"} {
		o = start(t, dir, nil, "follows", "-f", "json", flag)
		assert.Equal(t, exitUsage, o.status, flag)
	}
	assert.Equal(t, exitUsage, start(t, dir, nil, "follows", "-f", "yaml").status)

	dir = testenv.Tree(t, map[string]string{"flake.nix": `{ inputs.a.url = "github:o/a"; outputs = _: { }; }`})
	o = start(t, dir, nil, "follows", "-f", "json")
	require.Equal(t, exitClean, o.status, o.errors)
	validJSON(t, "follows-v1.schema.json", o.out)
	assert.NotContains(t, o.out, "nodes")
}

func TestFollows(t *testing.T) {
	dir := testenv.Tree(t, followsProject())
	before := read(t, filepath.Join(dir, "flake.nix"))
	o := start(t, dir, nil, "follows")
	require.Equal(t, exitClean, o.status, o.errors)
	for _, text := range []string{
		"flake.nix: 1 input may follow, which spares 1 of 5 nodes in flake.lock\n",
		"\n  inputs.home-manager.inputs.nixpkgs.follows = \"nixpkgs\";\n    spares nixpkgs_2 (nixos-unstable b2b2b2b)\n",
		"\nto be decided by hand:\n\n  hint: `tool` brings its own `nixpkgs`",
		"following would change its release",
		"`nixsift follows --write` writes this",
	} {
		assert.Contains(t, o.out, text)
	}
	assert.Equal(t, before, read(t, filepath.Join(dir, "flake.nix")))
	assert.Equal(t, exitFindings, start(t, dir, nil, "follows", "--check").status)

	o = start(t, dir, nil, "follows", "--diff", "flake.nix")
	require.Equal(t, exitClean, o.status, o.errors)
	assert.Contains(t, o.out, "+      inputs.nixpkgs.follows = \"nixpkgs\";\n")

	o = start(t, filepath.Dir(dir), nil, "follows", "--write", filepath.Base(dir))
	require.Equal(t, exitClean, o.status, o.errors)
	assert.Equal(t, "inputs.home-manager.inputs.nixpkgs.follows = \"nixpkgs\";\n", o.out)
	assert.Contains(t, o.errors, "nix flake lock")
	want := strings.Replace(before, "home-manager\";\n", "home-manager\";\n      inputs.nixpkgs.follows = \"nixpkgs\";\n", 1)
	assert.Equal(t, want, read(t, filepath.Join(dir, "flake.nix")))
	for _, args := range []string{"follows --check", "follows --write", "follows --diff"} {
		o = start(t, dir, nil, strings.Fields(args)...)
		assert.Equal(t, exitClean, o.status, args)
		assert.Equal(t, want, read(t, filepath.Join(dir, "flake.nix")))
	}

	// What was accepted once, and what configuration turns off, is part of the plan all the same; what a comment decides is not.
	files := followsProject()
	files["nixsift.toml"] = "preset = \"none\"\nexclude = [\"flake.nix\"]\n"
	assert.Equal(t, exitFindings, start(t, testenv.Tree(t, files), nil, "follows", "--check").status)
	files["flake.nix"] = strings.Replace(files["flake.nix"], "home-manager\";", "home-manager\"; # do not override: its cache has builds", 1)
	assert.Equal(t, exitClean, start(t, testenv.Tree(t, files), nil, "follows", "--check").status)

	delete(files, "flake.lock")
	files["flake.nix"] = followsProject()["flake.nix"]
	o = start(t, testenv.Tree(t, files), nil, "follows")
	assert.Contains(t, o.out, "without flake.lock it is not known what that spares")
	o = start(t, testenv.Tree(t, files), nil, "follows", "--check")
	assert.Equal(t, exitUsage, o.status, "nothing is known")

	// No follows can name an input with a slash in its name.
	files = followsProject()
	files["flake.nix"] = strings.Replace(files["flake.nix"], "nixpkgs.url", `"n/p".url`, 1)
	files["flake.lock"] = strings.Replace(files["flake.lock"], `{"nixpkgs": "nixpkgs", "home`, `{"n/p": "nixpkgs", "home`, 1)
	assert.Equal(t, exitClean, start(t, testenv.Tree(t, files), nil, "follows", "--check").status)
}

func TestFollowsRefuses(t *testing.T) {
	files := map[string]string{"torn/flake.nix": "{ inputs.a.url = ; outputs = _: { }; }", "put/flake.nix": "{ inputs = import ./i.nix; outputs = _: { }; }",
		"circle/flake.nix": `{ inputs.a.follows = "b"; inputs.b.follows = "a"; outputs = _: { }; }`, "circle/flake.lock": `{"version": 7, "root": "root", "nodes": {"root": {"inputs": {"a": ["b"], "b": ["a"]}}}}`,
		"cut/flake.nix": "{ outputs = _: { }; }", "cut/flake.lock": "{\n  \"nodes\": {", "empty/flake.nix": "{ outputs = _: { }; }", "empty/flake.lock": "",
		"wrong/flake.nix": "{ outputs = _: { }; }", "wrong/flake.lock": `{"version": 99, "root": "root", "nodes": {"root": {}}}`,
		"merge/flake.nix": followsProject()["flake.nix"] + "/*\n<<<<<<< HEAD\n=======\n>>>>>>> x\n*/\n", "merge/flake.lock": followsProject()["flake.lock"],
	}
	dir := testenv.Tree(t, files)
	for args, text := range map[string]string{
		"none":                 "none does not exist",
		"torn --write --check": "use one of them",
		"torn --check":         "torn/flake.nix has syntax errors",
		"put":                  "put/flake.nix: the inputs are not literal",
		"circle":               "circle/flake.nix: a follows nothing that flake.lock has, or itself in a circle",
		"cut":                  "cut/flake.lock:2:13: the lock file is not JSON, so Nix cannot read it: unexpected end of the file",
		"empty":                "empty/flake.lock: the lock file is not JSON, so Nix cannot read it: the file is empty",
		"wrong":                "wrong/flake.lock is no lock file that Nix reads",
		"merge --check":        "the file has the markers of a merge",
	} {
		o := start(t, dir, nil, append([]string{"follows"}, strings.Fields(args)...)...)
		assert.Equal(t, exitUsage, o.status, args)
		assert.Contains(t, o.errors, text, args)
	}
	for _, command := range []string{"follows", "inputs"} {
		assert.Equal(t, exitUsage, start(t, dir, nil, command, "").status, "an empty name")
		assert.Equal(t, exitUsage, start(t, dir, nil, command, "torn").status)
		assert.Equal(t, exitUsage, start(t, dir, nil, command, "circle").status)
	}
}
