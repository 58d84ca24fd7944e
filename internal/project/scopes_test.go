package project_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// given lists which of some names a project gives to a file: "a" surely, "a?" perhaps.
func given(t *testing.T, files map[string]string, file string, names ...string) string {
	t.Helper()
	dir := testenv.Tree(t, files)
	path := filepath.Join(dir, filepath.FromSlash(file))
	found := project.New(workspace.OS).ViewOf(dir).Answers().Given(path, names)
	var out []string
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if !found[name].Sure {
			name += "?"
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func TestGiven(t *testing.T) {
	// Each opens a scope in load.nix; f.nix and sub/f.nix are what may be evaluated in it.
	for _, c := range []struct{ load, root, sub string }{
		{`scopedImport { a = 1; } ./f.nix`, "a", ""},
		{`builtins.scopedImport { a = 1; inherit b; } ./sub`, "", "a b"},
		{`args: scopedImport args ./f.nix`, "a b c", ""},
		{`dir: scopedImport { a = 1; b = 2; c = 3; } dir`, "a b c", "a b c"},
		{`dir: scopedImport { a = 1; } dir`, "", ""}, // it lacks b and c, which the files need
		{`args: dir: scopedImport args dir`, "a? b? c?", "a? b? c?"},
		{`args: dir: scopedImport (args // { a = 1; }) dir`, "a? b? c?", "a? b? c?"},
		{`args: map (scopedImport args) args.files`, "a? b? c?", "a? b? c?"},
		{`args: scopedImport args (args.dir + "/x.nix")`, "a? b? c?", "a? b? c?"},
		{`{ inherit (builtins) scopedImport; }`, "", ""},
		{`{ load = builtins.scopedImport; }`, "a? b? c?", "a? b? c?"},
		// The target lies in a folder.
		{`args: name: scopedImport args ./sub/${name}.nix`, "", "a b c"},
		{`args: name: scopedImport args (./sub + "/${name}")`, "", "a b c"},
		{`args: scopedImport args (./. + "/f.nix")`, "a b c", ""},
		{`args: name: scopedImport args "${./sub}/${name}"`, "", "a b c"},
		{`args: let dir = ./sub; in builtins.mapAttrs (name: _: scopedImport args (dir + "/${name}")) (builtins.readDir dir)`, "", "a b c"},
		{`args: map (path: scopedImport args path) [ ./f.nix ]`, "a b c", ""},
		{`args: map (scopedImport args) [ ./f.nix ]`, "a b c", ""},
		{`args: tree: (tree.map (path: scopedImport args path) ./sub)`, "", "a b c"},
		{`args: let load = scopedImport args; in [ (load ./f.nix) ]`, "a b c", ""},
		{`args: let load = scopedImport args; in { inherit load; x = load ./f.nix; }`, "a? b? c?", "a? b? c?"},
		{`args: let load = prefix: path: scopedImport args path; in load 1 ./f.nix`, "a b c", ""},
		{`args: let load = prefix: path: scopedImport args path; in map (load 1) [ ./f.nix ]`, "a b c", ""},
		{`args: x: scopedImport args (if x then ./f.nix else ./sub/f.nix)`, "a b c", "a b c"},
		{`{ self, ... }: args: scopedImport args (self + "/sub/f.nix")`, "", "a b c"},
		{`{ inputs, ... }: args: scopedImport args "${inputs.self}/sub"`, "", "a b c"},
		// The target is no file of the project.
		{`args: scopedImport args <nixpkgs/nixos>`, "", ""},
		{`args: scopedImport args (builtins.fetchTarball "x")`, "", ""},
		{`{ inputs, ... }: args: scopedImport args (inputs.nixpkgs + "/lib")`, "", ""},
		{`args: scopedImport args "${builtins.fetchGit "x"}/f.nix"`, "", ""},
		// The names of the set.
		{`let names = { a = 1; } // { b = 2; }; in scopedImport names ./f.nix`, "a b", ""},
		{`let names = rec { a = 1; } // import ./names.nix; in scopedImport names ./f.nix`, "a c", ""},
		{`k: scopedImport { ${k} = 1; } ./f.nix`, "a b c", ""},
		{`scopedImport (builtins // { b = 1; }) ./f.nix`, "b", ""},
		// What replaces builtins gives no new names, whatever it is for.
		{`let overrides = { import = fn: scopedImport overrides fn; scopedImport = attrs: fn: scopedImport (overrides // attrs) fn; builtins = builtins // overrides; }; in scopedImport overrides <nixpkgs>`, "", ""},
		// haumea.
		{`h: h.lib.load { src = ./sub; loader = h.lib.loaders.scoped; }`, "", "a b c"},
		{`h: src: h.lib.load { inherit src; loader = h.lib.loaders.scoped; }`, "a? b? c?", "a? b? c?"},
	} {
		files := map[string]string{
			"flake.nix": "{ outputs = _: { }; }", "load.nix": c.load, "names.nix": "{ c = 1; }", "f.nix": "[ a b c ]", "sub/f.nix": "[ a b c ]",
		}
		assert.Equal(t, c.root, given(t, files, "f.nix", "a", "b", "c"), c.load)
		assert.Equal(t, c.sub, given(t, files, "sub/f.nix", "a", "b", "c"), c.load)
	}
}

// TestGivenPlain has files that Nix reaches by plain imports: a scope of unknown files is not for them.
func TestGivenPlain(t *testing.T) {
	files := map[string]string{
		"flake.nix": "{ outputs = _: { x = import ./a.nix; }; }", "a.nix": "{ imports = [ ./b ]; }", "b/default.nix": "x", "c.nix": "x",
		"load.nix": "args: dir: scopedImport args dir", "shell.nix": "x",
	}
	assert.Empty(t, given(t, files, "flake.nix", "x"))
	assert.Empty(t, given(t, files, "a.nix", "x"))
	assert.Empty(t, given(t, files, "b/default.nix", "x"))
	assert.Empty(t, given(t, files, "shell.nix", "x"))
	assert.Equal(t, "x?", given(t, files, "c.nix", "x"))
}

func TestGivenByPaisano(t *testing.T) {
	files := map[string]string{
		"flake.nix": "{ outputs = _: { }; }", "cells/a/b.nix": "inputs",
		"flake.lock": `{ "version": 7, "root": "root", "nodes": { "root": { "inputs": { "p": "p" } },
			"p": { "locked": { "type": "github", "owner": "paisano-nix", "repo": "core", "rev": "1", "narHash": "x" } } } }`,
	}
	assert.Equal(t, "cell inputs", given(t, files, "cells/a/b.nix", "inputs", "cell", "other"))
}
