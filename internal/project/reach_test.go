package project_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestReach follows the ways that lead from a flake to other files, and those that do not.
func TestReach(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": `{
  outputs = { self, nixpkgs, haumea, import-tree, ... }@inputs: {
    a = import ./imported.nix;
    b = pkgs.callPackage ./package { };
    c = nixpkgs.lib.nixosSystem { modules = [ ./host.nix (self + "/by-self.nix") "${self}/by-text.nix" (import (./. + "/by-plus.nix")) ]; };
    nixosModules.default = ./exported.nix;
    darwinModules = { x = ./exported-too; };
    d = mkHost ./handed.nix;
    e = haumea.lib.load { src = ./loaded; };
    f = import-tree ./tree;
    g = builtins.mapAttrs (n: _: import (./listed + "/${n}")) (builtins.readDir ./listed);
    h = map (n: ./named/${n}/x.nix) [ "a" ];
    i = import (inputs.self + "/by-inputs.nix");
    src = ./.;
    templates.x.path = ./skeleton;
    j = builtins.readFile ./data.nix;
    k = pkgs.runCommand "x" { } "cp ${./copied.nix} $out";
    l = { src = ./sources; };
    m = builtins.pathExists ./asked.nix;
    n = import ./. { };
    o = let expr = ./text/let.nix; in pkgs.writeText "x" "nix eval -f ${expr} ${toString expr}";
    p = let code = ./text/also-code.nix; in { text = "${code}"; value = import "${code}"; };
    q = let added = ./text/added.nix; in { text = "${added}"; value = mkHost added; };
    r = pkgs.runCommand "x" { expr = ./text/attr.nix; passthru = ./text/passthru.nix; } "";
    s = toString [ "nix-instantiate" ./text/list.nix ];
    t = let given = ./text/inherited.nix; in mkHost { inherit given; };
    v = map import (nixpkgs.lib.fileset.toList ./listed-set);
    w = with nixpkgs.lib.fileset; map import (toList (unions [ ./set-a (fileFilter (f: f.hasExt "nix") ./set-b) ]));
    y = pkgs.stdenv.mkDerivation { src = nixpkgs.lib.fileset.toSource { root = ./.; fileset = nixpkgs.lib.fileset.union ./set-c ./set-d; }; };
    u = let whole = ./text/whole.nix; in { modules = [ "${whole}" ]; };
  };
}`,
		"imported.nix": "import ./further.nix", "further.nix": "1", "package/default.nix": "1", "host.nix": "{ imports = [ ./more.nix ]; }", "more.nix": "{ }",
		"by-self.nix": "{ }", "by-text.nix": "{ }", "by-plus.nix": "{ }", "by-inputs.nix": "1", "exported.nix": "{ }", "exported-too/default.nix": "{ }",
		"handed.nix": "import ./from-handed.nix", "from-handed.nix": "1", "loaded/a/b.nix": "1", "tree/c.nix": "{ }", "listed/d.nix": "1", "named/a/x.nix": "1",
		"skeleton/flake.nix": "{ outputs = _: import ./s.nix; }", "skeleton/s.nix": "1", "data.nix": "1", "copied.nix": "1", "sources/default.nix": "1", "asked.nix": "1",
		"default.nix": "{ x ? 1 }: import ./shared.nix { }", "shared.nix": "{ y ? 1 }: y", "shell.nix": "import ./legacy.nix { }", "legacy.nix": "{ y ? 1 }: 1", "release.nix": "1",
		"text/let.nix": "1", "text/also-code.nix": "1", "text/added.nix": "1", "text/attr.nix": "1", "text/passthru.nix": "1", "text/list.nix": "1",
		"text/inherited.nix": "1", "text/whole.nix": "1", "listed-set/x.nix": "1", "set-a/x.nix": "1", "set-b/x.nix": "1", "set-c/x.nix": "1", "set-d/x.nix": "1",
		"sub/flake.nix": `{ outputs = { self }: { x = import "${self}/own.nix"; }; }`, "sub/own.nix": "1", "own.nix": "1",
	})
	a := project.New(workspace.OS).View(filepath.Join(dir, "flake.nix")).Answers()
	for name, want := range map[string]project.Reach{
		"flake.nix": project.Reached, "imported.nix": project.Reached, "further.nix": project.Reached, "package/default.nix": project.Reached,
		"host.nix": project.Reached, "more.nix": project.Reached, "by-self.nix": project.Reached, "by-text.nix": project.Reached, "by-plus.nix": project.Reached,
		"by-inputs.nix": project.Reached, "exported.nix": project.Reached, "exported-too/default.nix": project.Reached,
		"listed-set/x.nix": project.Reached, "set-a/x.nix": project.Reached, "set-b/x.nix": project.Reached,
		"set-c/x.nix": project.Unreached, "set-d/x.nix": project.Unreached,
		"handed.nix": project.MaybeReached, "from-handed.nix": project.MaybeReached, "loaded/a/b.nix": project.Reached, "tree/c.nix": project.Reached,
		"listed/d.nix": project.MaybeReached, "named/a/x.nix": project.MaybeReached, "data.nix": project.Unreached, "copied.nix": project.Unreached,
		"sources/default.nix": project.Unreached, "asked.nix": project.Unreached, "default.nix": project.Reached, "shared.nix": project.Reached,
		"shell.nix": project.Unreached, "legacy.nix": project.Unreached, "release.nix": project.Unreached, "skeleton/s.nix": project.Reached,
		"text/let.nix": project.Unreached, "text/also-code.nix": project.MaybeReached, "text/added.nix": project.MaybeReached, "text/attr.nix": project.Unreached,
		"text/passthru.nix": project.MaybeReached, "text/list.nix": project.Unreached, "text/inherited.nix": project.MaybeReached,
		"text/whole.nix": project.MaybeReached,
		"sub/own.nix":    project.Reached, "own.nix": project.Unreached, "none.nix": project.Unreached,
	} {
		assert.Equal(t, want, a.Reach(filepath.Join(dir, name)), name)
	}
	leaving := func(name, formal string) project.Caller {
		c := a.Leaving(filepath.Join(dir, name), formal)
		if c.Path != "" {
			c.Path, _ = filepath.Rel(dir, c.Path)
		}
		return c
	}
	assert.Equal(t, project.Caller{Path: "flake.nix", Reach: project.Reached}, leaving("default.nix", "x"))
	assert.Equal(t, project.Caller{Path: "default.nix", Reach: project.Reached}, leaving("shared.nix", "y"))
	assert.Equal(t, project.Caller{}, leaving("legacy.nix", "y"), "only an entry point without flake calls it")
}

// TestReachOfEntryPoints holds that folders that are listed do not reach what starts Nix without flake.
func TestReachOfEntryPoints(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": `{ outputs = _: map (n: import (./. + "/${n}")) [ "x.nix" ]; }`, "x.nix": "1", "default.nix": "1", "shell.nix": "1", "a/default.nix": "1", "a/b.nix": "1",
	})
	a := project.New(workspace.OS).View(filepath.Join(dir, "flake.nix")).Answers()
	for name, want := range map[string]project.Reach{
		"x.nix": project.MaybeReached, "default.nix": project.Unreached, "shell.nix": project.Unreached, "a/default.nix": project.MaybeReached, "a/b.nix": project.Unreached,
	} {
		assert.Equal(t, want, a.Reach(filepath.Join(dir, name)), name)
	}
}
