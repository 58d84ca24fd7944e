package project_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// outputsCases are flakes, the inputs that they have, and what is known of their outputs: a{b c} has the names b and c and no others,
// a{b ?} may have others, and of a nothing is known.
var outputsCases = []struct {
	outputs, want string
	files         map[string]string
}{
	{outputs: `{ self, ... }: { a.b.c = 1; d = 2; }`, want: `{a{b{c}} d}`},
	{outputs: `inputs: let x = { a = { }; }; in x // { b = x; }`, want: `{a{} b{a{}}}`},
	{outputs: `{ self, ... }: { a.x = 1; b = self.a; c = self.a // { y = 2; }; d = self.inputs; e = self.outPath; }`, want: `{a{x} b{x} c{x y} d{flake-parts{lib ?} flake-utils{lib ?} import-tree{__functor addAPI addPath files filter filterNot initFilter leafs map match matchNot new pipeTo result withLib ?} nixpkgs{lib ?} systems{outPath}} e}`},
	{outputs: `{ self, nixpkgs, ... }: { packages = nixpkgs.lib.genAttrs [ "a" "b" ] (system: { p = nixpkgs.lib; }); }`, want: `{packages{a{p} b{p}}}`},
	{outputs: `{ nixpkgs, ... }: let each = f: nixpkgs.lib.genAttrs [ "a" ] (s: f s); in { packages = each (s: { p = s; } // nixpkgs.lib.optionalAttrs (s == "b") { q = 1; }); }`, want: `{packages{a{p}}}`},
	{outputs: `{ flake-utils, ... }: flake-utils.lib.eachDefaultSystem (system: { packages.p = system; checks = { }; })`, want: `{checks{aarch64-darwin{} aarch64-linux{} x86_64-darwin{} x86_64-linux{}} packages{aarch64-darwin{p} aarch64-linux{p} x86_64-darwin{p} x86_64-linux{p}}}`},
	{outputs: `{ flake-utils, ... }: { lib.x = 1; } // flake-utils.lib.eachSystem [ "x86_64-linux" ] (system: { packages.p = system; })`, want: `{lib{x} packages{x86_64-linux{p}}}`},
	{outputs: `{ flake-utils, ... }: { packages = flake-utils.lib.eachSystemMap [ "a" ] (system: { p = system; }); }`, want: `{packages{a{p}}}`},
	{outputs: `{ flake-utils, ... }: { lib = flake-utils.lib.eachDefaultSystemMap (system: { p = system; }); }`, want: `{lib{aarch64-darwin{p} aarch64-linux{p} x86_64-darwin{p} x86_64-linux{p}}}`},
	{outputs: `{ flake-utils, ... }: flake-utils.lib.eachSystemPassThrough [ "a" "b" ] (system: { packages.${system}.p = 1; ${system + "x"} = 2; })`, want: `{ax bx packages{b{p}}}`},
	{outputs: `{ flake-utils, systems, ... }: flake-utils.lib.eachSystem (import systems) (system: { hydraJobs.x = 1; packages = { }; })`, want: `{hydraJobs packages{aarch64-darwin{} aarch64-linux{} x86_64-darwin{} x86_64-linux{}}}`},
	{outputs: `inputs: import ./outputs.nix inputs`, want: `{a{x}}`, files: map[string]string{"outputs.nix": `{ self, ... }: { a = self.lib or { x = 1; }; }`}},
	{outputs: `inputs: (import ./parts).all inputs // { b = (import ./parts).c; }`, want: `{a b{d}}`, files: map[string]string{"parts/default.nix": `{ all = inputs: { a = inputs.nixpkgs.lib.id; }; c.d = 1; }`}},
	{outputs: `{ nixpkgs, ... }: { a = if nixpkgs.lib.version == "" then { x = 1; } else { y = 2; }; b = if nixpkgs.lib.version == "" then { x = 1; } else [ ]; }`, want: `{a{x y} b{x ?}}`},
	{outputs: `{ nixpkgs, ... }: { a = { ${nixpkgs.lib.version} = 1; b = 2; }; }`, want: `{a{b ?}}`},
	{outputs: `{ flake-parts, ... }@inputs: flake-parts.lib.mkFlake { inherit inputs; } { systems = [ "a" ]; perSystem = { packages.p = 1; }; flake.lib.x = 1; }`,
		want: `{allSystems apps{a{}} checks{a{}} currentSystem debug devShells{a{}} formatter{a} legacyPackages{a{}} lib{x} nixosConfigurations{} nixosModules{} overlays{} packages{a{p}}}`},
	{outputs: `inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } ({ lib, self, ... }: {
		systems = [ "a" "b" ];
		imports = [ ./one.nix { perSystem.apps.x = 1; } ./two ];
		perSystem = { lib, system, ... }: { packages = lib.mkMerge [ { p = 1; } (lib.mkIf (system == "b") { q = 1; }) ]; };
		flake = lib.mkIf true { overlays.o = self.overlays.two or 1; };
	})`,
		want: `{allSystems apps{a{x} b{x}} checks{a{} b{}} currentSystem debug devShells{a{one} b{one}} formatter{a b} legacyPackages{a{} b{}} nixosConfigurations{} nixosModules{m1{} m2{a}} overlays{o two} packages{a{p} b{p q}}}`,
		files: map[string]string{
			"one.nix":         `{ inputs, ... }: { perSystem = { pkgs, self', inputs', ... }: { devShells.one = 1; }; flake.nixosModules.m1 = { }; }`,
			"two/default.nix": `{ config.flake = { overlays.two = 1; nixosModules.m2 = { a = 1; }; }; imports = [ ]; }`,
		}},
	{outputs: `inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } ({ lib, ... }: {
  config = lib.mkMerge [ { systems = [ "a" ]; flake.lib.x = 1; } (lib.mkIf true { flake.lib.y = 2; }) (lib.mkIf false { flake.gone = 3; }) ];
})`, want: `{allSystems apps{a{}} checks{a{}} currentSystem debug devShells{a{}} formatter{a} legacyPackages{a{}} lib{x y} nixosConfigurations{} nixosModules{} overlays{} packages{a{}}}`},
	{outputs: `inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./modules)`,
		want:  `{allSystems apps{} checks{} currentSystem debug devShells{} formatter{} legacyPackages{} lib{a} nixosConfigurations{} nixosModules{b} overlays{} packages{}}`,
		files: map[string]string{"modules/a.nix": `{ flake.lib.a = 1; }`, "modules/sub/b.nix": `{ ... }: { flake.nixosModules.b = 1; }`, "modules/_c.nix": `{ flake.c = 1; }`, "modules/_d/d.nix": `{ flake.d = 1; }`}},
	{outputs: `inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = [ inputs.nixpkgs.flakeModule or { } ]; flake.lib.x = 1; }`, want: `?`},
	{outputs: `inputs: inputs.nixpkgs.lib.recursiveUpdate { a.b = 1; } { a.c = 2; d = 3; }`, want: `{a{b c} d}`},
}

// modelled are flakes that do what those do that are modelled, by other means: flake-parts by the module system.
const modelled = `
lib: {
  nixpkgs.lib = lib;
  systems.outPath = toString ./systems.nix;
  import-tree = dir: { imports = builtins.filter (f: lib.hasSuffix ".nix" f && !lib.hasInfix "/_" f) (map toString (lib.filesystem.listFilesRecursive dir)); };
  flake-utils.lib = rec {
    usual = [ "aarch64-linux" "aarch64-darwin" "x86_64-darwin" "x86_64-linux" ];
    eachDefaultSystem = eachSystem usual;
    eachSystem = systems: f: builtins.foldl' (attrs: system: let ret = f system; in builtins.foldl' (attrs: key: attrs // {
      ${key} = (attrs.${key} or { }) // { ${system} = ret.${key}; };
    }) attrs (builtins.attrNames ret)) { } systems;
    eachDefaultSystemMap = eachSystemMap usual;
    eachSystemMap = systems: f: lib.genAttrs systems f;
    eachSystemPassThrough = systems: f: builtins.foldl' (acc: system: acc // f system) { } systems;
  };
  flake-parts.lib.mkFlake = { inputs }: module: (lib.evalModules {
    specialArgs = { inherit inputs; inherit (inputs) self; };
    modules = [ module ({ config, ... }: let
      perSystem = [ "apps" "checks" "devShells" "legacyPackages" "packages" ];
      set = lib.mkOption { type = lib.types.lazyAttrsOf lib.types.raw; default = { }; };
    in {
      options.systems = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; };
      options.perSystem = lib.mkOption { type = lib.types.deferredModule; default = { }; };
      options.flake = lib.mkOption { type = lib.types.submoduleWith { modules = [ {
        freeformType = lib.types.lazyAttrsOf (lib.types.uniq lib.types.raw);
        options = lib.genAttrs [ "nixosConfigurations" "nixosModules" "overlays" ] (_: set) // lib.genAttrs perSystem (_: set);
      } ]; }; };
      config.flake = let
        systems = lib.genAttrs config.systems (system: (lib.evalModules {
          modules = [ config.perSystem { options = lib.genAttrs perSystem (_: set); } ];
          specialArgs = { inherit system; pkgs = { }; self' = { }; inputs' = { }; };
        }).config);
      in lib.genAttrs perSystem (name: lib.mapAttrs (_: c: c.${name}) systems);
    }) ];
  }).config.flake;
}
`

// namesOf is what Nix says of the names of a flake's outputs.
const namesOf = `
let
  lib = import %q;
  inputs = import ./modelled.nix lib;
  names = depth: v: let t = builtins.tryEval v; in
    if depth == 0 || !t.success || !builtins.isAttrs t.value then null else builtins.mapAttrs (_: names (depth - 1)) t.value;
  call = dir: let
    result = (import (dir + "/flake.nix")).outputs (inputs // { self = result // { inherit inputs; outPath = toString dir; }; });
  in result;
in map (dir: names 3 (call dir)) [ %s ]
`

func writtenOutputs(o *project.Outputs) string {
	if len(o.Below) == 0 && !o.Whole {
		return ""
	}
	var parts []string
	for _, name := range o.Names() {
		parts = append(parts, ast.QuoteAttr(name)+writtenOutputs(o.Below[name]))
	}
	if !o.Whole {
		parts = append(parts, "?")
	}
	return "{" + strings.Join(parts, " ") + "}"
}

func TestOutputs(t *testing.T) {
	files := map[string]string{}
	for i, c := range outputsCases {
		dir := fmt.Sprintf("%d/", i)
		files[dir+"flake.nix"] = `{
  inputs = {
    nixpkgs.url = "path:./nixpkgs";
    flake-utils.url = "github:numtide/flake-utils";
    flake-parts.url = "git+https://github.com/hercules-ci/flake-parts";
    import-tree.url = "github:vic/import-tree";
    systems.url = "github:nix-systems/default";
  };
  outputs = ` + c.outputs + `;
}`
		for name, text := range c.files {
			files[dir+name] = text
		}
	}
	root := testenv.Tree(t, files)
	trees := make([]*project.Outputs, len(outputsCases))
	for i, c := range outputsCases {
		dir := filepath.Join(root, fmt.Sprint(i))
		trees[i] = project.New(workspace.OS).ViewOf(dir).Outputs(dir)
		want := c.want
		if want == "?" {
			want = ""
		}
		assert.Equal(t, want, writtenOutputs(trees[i]), c.outputs)
	}
	t.Run("nix", func(t *testing.T) {
		lib := testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
		var dirs []string
		for i := range outputsCases {
			dirs = append(dirs, filepath.Join(root, fmt.Sprint(i)))
		}
		dir := testenv.Tree(t, map[string]string{
			"modelled.nix": modelled, "systems.nix": `[ "aarch64-darwin" "aarch64-linux" "x86_64-darwin" "x86_64-linux" ]`,
			"names.nix": fmt.Sprintf(namesOf, lib, strings.Join(dirs, " ")),
		})
		out, err := exec.Command(testenv.Nix234(t), "--eval", "--strict", "--json", filepath.Join(dir, "names.nix")).Output()
		require.NoError(t, err)
		var found []any
		require.NoError(t, json.Unmarshal(out, &found))
		for i, c := range outputsCases {
			assert.Empty(t, missingIn(trees[i], found[i], ""), c.outputs)
		}
	})
}

// missingIn returns what Nix has, and the tree says that there surely is not.
func missingIn(o *project.Outputs, nix any, path string) (missing []string) {
	all, ok := nix.(map[string]any)
	if !ok {
		return nil
	}
	for name, below := range all {
		switch {
		case o.Below[name] != nil:
			missing = append(missing, missingIn(o.Below[name], below, path+"."+name)...)
		case o.Whole:
			missing = append(missing, path+"."+name)
		}
	}
	return missing
}
