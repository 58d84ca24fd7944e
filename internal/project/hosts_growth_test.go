package project

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestHostsAreReadOnce lets many hosts import the same modules: each of these is evaluated once for all hosts that pass it the same,
// and what hosts cost besides does not depend on how many others there are.
func TestHostsAreReadOnce(t *testing.T) {
	work := func(hosts, modules int) (steps, nodes int) {
		var names, list strings.Builder
		files := map[string]string{}
		for i := range hosts {
			fmt.Fprintf(&names, " \"h%d\"", i)
			files[fmt.Sprintf("hosts/h%d.nix", i)] = "{ inputs, ... }: { imports = [ ../common.nix ]; }"
		}
		for i := range modules {
			fmt.Fprintf(&list, " ./m%d.nix", i)
			files[fmt.Sprintf("m%d.nix", i)] = "{ config, inputs, lib, ... }: { imports = lib.optional (inputs ? self) ./m0.nix; }"
		}
		files["common.nix"] = "{ imports = [" + list.String() + " ]; }"
		files["flake.nix"] = "{ outputs = { self, nixpkgs }@inputs: { nixosConfigurations = nixpkgs.lib.genAttrs [" + names.String() +
			" ] (name: nixpkgs.lib.nixosSystem { specialArgs = { inherit inputs name; }; modules = [ ./hosts/${name}.nix ]; }); }; }"
		dir := testenv.Tree(t, files)
		r := newHostReader(New(workspace.OS).View(filepath.Join(dir, "flake.nix")), dir)
		g := r.readAll()
		require.Len(t, g.hosts, hosts)
		for _, h := range g.hosts {
			require.True(t, h.Complete, h.Output)
		}
		assert.Len(t, g.reached[filepath.Join(dir, "m1.nix")], hosts)
		return r.ev.Work(), len(r.nodes)
	}
	few, _ := work(50, 40)
	many, nodes := work(400, 40)
	assert.Less(t, many, 10*few, "steps of eight times as many hosts")
	assert.Equal(t, 400+40+1, nodes)
	more, _ := work(50, 320)
	assert.Less(t, more, 10*few, "steps of eight times as many modules")
}

// TestManyHosts lets a thousand hosts have files of their own.
func TestManyHosts(t *testing.T) {
	const hosts, each = 1000, 2
	files := map[string]string{}
	var names strings.Builder
	for i := range hosts {
		fmt.Fprintf(&names, " \"h%d\"", i)
		for j := range each {
			files[fmt.Sprintf("hosts/h%d/m%d.nix", i, j)] = "{ }"
		}
		files[fmt.Sprintf("hosts/h%d/default.nix", i)] = "{ lib, ... }: { imports = map (n: ./. + \"/m${toString n}.nix\") (lib.range 0 1); }"
	}
	files["flake.nix"] = "{ outputs = { self, nixpkgs }: { nixosConfigurations = nixpkgs.lib.genAttrs [" + names.String() +
		" ] (name: nixpkgs.lib.nixosSystem { modules = [ ./hosts/${name} ]; }); }; }"
	dir := testenv.Tree(t, files)
	g := newHostReader(New(workspace.OS).View(filepath.Join(dir, "flake.nix")), dir).readAll()
	require.Len(t, g.hosts, hosts)
	assert.Len(t, g.reached, hosts*(each+1), "files")
	for _, h := range g.hosts {
		require.True(t, h.Complete, h.Output)
	}
}

// TestTooManyHosts lets a flake have more hosts, users of home-manager or modules for others than are read: of its files it is told that
// others may have them.
func TestTooManyHosts(t *testing.T) {
	for name, outputs := range map[string]string{
		"hosts":   `{ nixosConfigurations = lib.genAttrs names (_: lib.nixosSystem { modules = [ ./m.nix ]; }); }`,
		"colmena": `{ colmena = lib.genAttrs names (_: ./m.nix); }`,
		"users":   `{ nixosConfigurations.a = lib.nixosSystem { modules = [ { home-manager.users = lib.genAttrs names (_: ./m.nix); } ]; }; }`,
		"modules": `{ nixosModules = lib.genAttrs names (_: ./m.nix); }`,
	} {
		for n, cut := range map[int]bool{10: false, 2_010: true} {
			var names strings.Builder
			for i := range n {
				fmt.Fprintf(&names, " \"n%d\"", i)
			}
			dir := testenv.Tree(t, map[string]string{"m.nix": "{ }", "flake.nix": "{ outputs = { self, nixpkgs }: let inherit (nixpkgs) lib; names = [" + names.String() + " ]; in " + outputs + "; }"})
			s := New(workspace.OS)
			path := filepath.Join(dir, "m.nix")
			hosts := s.View(path).HostsOf(path)
			assert.Equal(t, cut || name == "modules", hosts.Exported, "%s: %d", name, n)
			g := s.hostsIn(dir)
			assert.Equal(t, cut, g.cut, "%s: %d", name, n)
			assert.LessOrEqual(t, len(g.hosts), maxHosts, name)
			assert.LessOrEqual(t, len(g.reached[path]), maxHosts, name)
		}
	}
}

// TestBranchingModules lets modules import each other, or themselves, more than once each, so that there are many ways to one: what
// they cost does not depend on the number of ways.
func TestBranchingModules(t *testing.T) {
	chain := func(next string) string {
		var b strings.Builder
		for i := range 40 {
			fmt.Fprintf(&b, "m%d = %s; ", i, strings.ReplaceAll(next, "next", fmt.Sprintf("m%d", i+1)))
		}
		return "let " + b.String() + "m40 = { }; in m0"
	}
	files := map[string]string{}
	for i := range 40 {
		files[fmt.Sprintf("m%d.nix", i)] = strings.ReplaceAll("{ config, ... }: { imports = [ ./next (import ./next) (args: import ./next args) ]; config.a = config.b; }", "next", fmt.Sprintf("m%d.nix", i+1))
	}
	files["m40.nix"] = "{ }"
	for name, module := range map[string]string{
		"itself":            `let x = { imports = [ x x ]; }; in x`,
		"function":          `let x = { config, ... }: { imports = [ x x ]; }; in x`,
		"functor":           `let x = { __functor = _: { ... }: { imports = [ x x ]; }; }; in x`,
		"chain":             chain("{ imports = [ next next ]; }"),
		"functions":         chain("{ config, ... }: { imports = [ next next ]; }"),
		"different":         `let f = n: { imports = [ (f (n + 1)) (f (n + 1)) ]; }; in f 0`,
		"functions of them": `let f = n: { config, ... }: { imports = [ (f (n + 1)) (f (n + 1)) ]; config.a = config.b; }; in { imports = [ (f 0) ]; }`,
		"list":              `{ lib, ... }: let x = [ { imports = x ++ x; } { imports = x; } ]; in { imports = x ++ x; }`,
		"merged":            `{ lib, ... }: let x = lib.mkMerge [ x x ]; in { config = x; }`,
		"merges":            `{ lib, ... }: ` + chain("lib.mkMerge [ next (lib.mkIf true next) ]"),
		"specialisations":   `{ lib, ... }: let x = { specialisation = { a.configuration = x; b.configuration = x; }; imports = [ x x ]; }; in x`,
		"files":             `{ imports = [ ./m0.nix ]; }`,
	} {
		tree := map[string]string{"m.nix": module}
		if name == "files" {
			maps.Copy(tree, files)
		}
		tree["flake.nix"] = "{ outputs = { self, nixpkgs }: { nixosConfigurations.h = nixpkgs.lib.nixosSystem { modules = [ ./m.nix ]; }; }; }"
		dir := testenv.Tree(t, tree)
		r := newHostReader(New(workspace.OS).View(filepath.Join(dir, "flake.nix")), dir)
		g := r.readAll()
		assert.NotEmpty(t, g.hosts, name)
		assert.False(t, g.cut, name)
		assert.Less(t, r.ev.Work(), 100_000, name)
	}
}
