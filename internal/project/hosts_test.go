package project

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// hostsCases are flakes with what nixosSystem and its kin are given by computed paths, and the files that each host surely has.
var hostsCases = []struct {
	name, outputs string
	files         map[string]string
	want          string
}{
	{"genAttrs", `{ nixpkgs, ... }: let mkHost = name: nixpkgs.lib.nixosSystem { modules = [ ./hosts/${name} ./common.nix ]; }; in
		{ nixosConfigurations = nixpkgs.lib.genAttrs [ "a" "b" ] mkHost; }`, nil,
		"nixosConfigurations.a: common.nix hosts/a/default.nix; nixosConfigurations.b: common.nix hosts/b/default.nix"},
	{"plus", `{ nixpkgs, ... }: { nixosConfigurations = builtins.mapAttrs (name: _: nixpkgs.lib.nixosSystem { modules = [ (./hosts + "/${name}/x.nix") ]; }) { a = { }; b = { }; }; }`, nil,
		"nixosConfigurations.a: hosts/a/x.nix; nixosConfigurations.b: hosts/b/x.nix"},
	{"self", `{ self, nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = map (n: "${self}/hosts/${n}") [ "a" "b" ]; }; }`, nil,
		"nixosConfigurations.a: hosts/a/default.nix hosts/b/default.nix"},
	{"readDir", `{ self, nixpkgs, ... }@inputs: let inherit (nixpkgs) lib; in { nixosConfigurations = lib.mapAttrs
		(name: _: lib.nixosSystem { specialArgs = { inherit inputs; host = name; }; modules = [ ./hosts/${name} ]; })
		(lib.filterAttrs (_: type: type == "directory") (builtins.readDir ./hosts)); }`, nil,
		"nixosConfigurations.a[host inputs]: hosts/a/default.nix; nixosConfigurations.b[host inputs]: hosts/b/default.nix"},
	{"listToAttrs", `{ nixpkgs, ... }: { nixosConfigurations = builtins.listToAttrs (map (name: { inherit name; value = nixpkgs.lib.nixosSystem { modules = [ (import (./hosts + "/${name}/x.nix")) ./common.nix ]; }; }) [ "a" ]); }`, nil,
		"nixosConfigurations.a: common.nix"},
	{"foldl", `{ nixpkgs, ... }: { nixosConfigurations = builtins.foldl' (acc: h: acc // { ${h} = nixpkgs.lib.nixosSystem { modules = [ ./hosts/${h} ]; }; }) { } [ "a" "b" ]; }`, nil,
		"nixosConfigurations.a: hosts/a/default.nix; nixosConfigurations.b: hosts/b/default.nix"},
	{"helper file", `{ self, nixpkgs, ... }@inputs: let mkHost = import ./lib/mkHost.nix { inherit inputs; }; in { nixosConfigurations.a = mkHost "a" { }; }`,
		map[string]string{"lib/mkHost.nix": `{ inputs }: name: { system ? "x86_64-linux", extra ? [ ] }: inputs.nixpkgs.lib.nixosSystem { inherit system; specialArgs = { inherit inputs; } // { inherit (inputs) self; }; modules = [ (../hosts + "/${name}") ] ++ extra; }`},
		"nixosConfigurations.a[inputs self]: hosts/a/default.nix"},
	{"list of hosts", `{ nixpkgs, ... }@inputs: { nixosConfigurations = import ./hosts { inherit inputs; }; }`,
		map[string]string{"hosts/default.nix": `{ inputs }: with inputs.nixpkgs.lib; genAttrs (attrNames (filterAttrs (n: t: t == "directory") (builtins.readDir ./.))) (n: nixosSystem { modules = [ ./${n}/x.nix ]; })`},
		"nixosConfigurations.a: hosts/a/x.nix; nixosConfigurations.b: hosts/b/x.nix"},
	{"flake-parts", `inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } { systems = [ ]; imports = [ ./parts.nix ]; }`,
		map[string]string{"parts.nix": `{ inputs, lib, ... }: { flake.nixosConfigurations = lib.genAttrs [ "a" ] (n: inputs.nixpkgs.lib.nixosSystem { modules = [ ./hosts/${n} ]; }); }`},
		"nixosConfigurations.a: hosts/a/default.nix"},
	{"flake-parts with modules of others", `inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = [ inputs.other.flakeModule (inputs.other.lib.module { }) ]; systems = [ ];
		flake.nixosConfigurations.a = inputs.nixpkgs.lib.makeOverridable inputs.nixpkgs.lib.nixosSystem { modules = [ ./common.nix ]; }; }`, nil,
		"nixosConfigurations.a: common.nix"},
	{"home-manager", `{ nixpkgs, home-manager, ... }@inputs: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ home-manager.nixosModules.home-manager ./hosts/a ]; }; homeConfigurations."kim@a" = home-manager.lib.homeManagerConfiguration { extraSpecialArgs = { inherit inputs; }; modules = [ ./home/kim.nix ]; }; }`,
		nil, "homeConfigurations.kim@a[inputs]: common.nix home/kim.nix; nixosConfigurations.a: hosts/a/default.nix"},
	{"users", `{ nixpkgs, home-manager, ... }@inputs: let user = "kim"; in { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ home-manager.nixosModules.home-manager { home-manager = { extraSpecialArgs = { inherit inputs; }; users.${user} = import ./home/${user}.nix; users.lee = ./home/lee.nix; users.max.imports = [ ./home/max.nix ]; }; } ]; }; }`, nil,
		"nixosConfigurations.a: ; nixosConfigurations.a.home-manager.users.kim[inputs]: common.nix; nixosConfigurations.a.home-manager.users.lee[inputs]: home/lee.nix; nixosConfigurations.a.home-manager.users.max[inputs]: home/max.nix"},
	{"imports", `{ nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./m.nix ]; specialArgs.host = "a"; }; }`,
		map[string]string{"m.nix": `{ lib, host, config, modulesPath, ... }: { imports = map (n: ./. + "/${n}.nix") [ "common" ] ++ lib.optional (host == "a") ./hosts/${host} ++ lib.optional (host == "b") ./hosts/b
			++ lib.filesystem.listFilesRecursive ./tree ++ [ (modulesPath + "/x.nix") ] ++ lib.optional (builtins.pathExists ./nothing.nix) ./nothing.nix ++ builtins.filter (lib.hasSuffix ".nix") (map toString [ ./hosts/b/x.nix ]); }`},
		"nixosConfigurations.a[host]: common.nix hosts/a/default.nix hosts/b/x.nix m.nix tree/one.nix tree/sub/two.nix"},
	{"arguments of two kinds", `{ nixpkgs, ... }: { nixosConfigurations = builtins.mapAttrs (_: x: nixpkgs.lib.nixosSystem { modules = [ ./m.nix ]; specialArgs = { inherit x; }; }) { a = true; b = "rue"; }; }`,
		map[string]string{"m.nix": `{ x, ... }: { imports = if builtins.isBool x then [ ./common.nix ] else [ ./hosts/b ]; }`},
		"nixosConfigurations.a[x]: common.nix m.nix; nixosConfigurations.b[x]: hosts/b/default.nix m.nix"},
	{"a path and its text", `{ nixpkgs, ... }: { nixosConfigurations = builtins.mapAttrs (_: x: nixpkgs.lib.nixosSystem { modules = [ ./m.nix ]; specialArgs = { inherit x; }; }) { a = ./common.nix; b = toString ./common.nix; }; }`,
		map[string]string{"m.nix": `{ x, ... }: { imports = if builtins.isPath x then [ x ] else [ ./hosts/b ]; }`},
		"nixosConfigurations.a[x]: common.nix m.nix; nixosConfigurations.b[x]: hosts/b/default.nix m.nix"},
	{"names of a folder", `{ nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./tree/all.nix ]; }; }`,
		map[string]string{"tree/all.nix": `{ lib, ... }: { imports = map (n: ./${n}) (builtins.filter (n: lib.hasSuffix ".nix" n && n != "all.nix") (builtins.attrNames (builtins.readDir ./.))); }`},
		"nixosConfigurations.a: tree/all.nix tree/one.nix"},
	{"unknown", `{ nixpkgs, other, ... }: { nixosConfigurations = { a = nixpkgs.lib.nixosSystem { modules = [ ./common.nix (import ./gone.nix) ]; specialArgs = other.x; }; b = nixpkgs.lib.nixosSystem { modules = [ ./common.nix other.nixosModules.x "${nixpkgs}/nixos/y.nix" ]; }; }; }`,
		map[string]string{"f.nix": `{ y, ... }: { imports = y; }`},
		"nixosConfigurations.a[?]?: common.nix; nixosConfigurations.b: common.nix"},
	{"perhaps", `{ nixpkgs, other, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./common.nix ] ++ nixpkgs.lib.optional other.x ./hosts/a; }; }`, nil,
		"nixosConfigurations.a: common.nix"},
	{"users perhaps", `{ nixpkgs, other, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./common.nix { home-manager.users.max = ./home/max.nix; } ] ++ nixpkgs.lib.optional other.x ./users.nix; }; }`,
		map[string]string{"users.nix": `{ home-manager = { users.lee = ./home/lee.nix; sharedModules = [ ./home/kim.nix ]; }; }`},
		"nixosConfigurations.a: common.nix; nixosConfigurations.a.home-manager.users.lee: ; nixosConfigurations.a.home-manager.users.max: home/max.nix"},
	{"extended lib", `{ nixpkgs, home-manager, ... }: let lib = nixpkgs.lib.extend (_: prev: home-manager.lib // { own = x: [ x ]; }); in { nixosConfigurations.a = lib.nixosSystem { modules = lib.own ./common.nix; }; homeConfigurations.k = lib.homeManagerConfiguration { modules = [ ./home/lee.nix ]; }; }`, nil,
		"homeConfigurations.k: home/lee.nix; nixosConfigurations.a: common.nix"},
	{"TOML", `{ nixpkgs, ... }: let hosts = builtins.fromTOML (builtins.readFile ./hosts.toml); in { nixosConfigurations = builtins.mapAttrs (name: host: nixpkgs.lib.nixosSystem {
		specialArgs = { inherit host; }; modules = [ ./hosts/${name} ] ++ map (m: ./tree + "/${m}.nix") host.modules; }) hosts.host; }`,
		map[string]string{"hosts.toml": "[host.a]\nmodules = [\"one\"]\n[host.b]\nmodules = []\n"}, "nixosConfigurations.a[host]: hosts/a/default.nix tree/one.nix; nixosConfigurations.b[host]: hosts/b/default.nix"},
	{"JSON by lib", `{ nixpkgs, ... }: with nixpkgs.lib; { nixosConfigurations = genAttrs (importJSON ./hosts.json).names (name: nixosSystem { modules = [ (./hosts + "/${name}") ]; }); }`,
		map[string]string{"hosts.json": `{"names": ["a", "b"]}`}, "nixosConfigurations.a: hosts/a/default.nix; nixosConfigurations.b: hosts/b/default.nix"},
	{"JSON", `{ self, nixpkgs, ... }: { nixosConfigurations = builtins.listToAttrs (map (h: nixpkgs.lib.nameValuePair h.name (nixpkgs.lib.nixosSystem { modules = nixpkgs.lib.optional h.common ./common.nix ++ [ ./hosts/${h.name} ]; }))
		(builtins.fromJSON (builtins.readFile "${self}/hosts.json"))); }`,
		map[string]string{"hosts.json": `[{"name": "a", "common": true}, {"name": "b", "common": false}]`}, "nixosConfigurations.a: common.nix hosts/a/default.nix; nixosConfigurations.b: hosts/b/default.nix"},
	{"TOML by lib", `{ nixpkgs, ... }: let hosts = nixpkgs.lib.trivial.importTOML ./hosts.toml; in { nixosConfigurations.${hosts.main.name} = nixpkgs.lib.nixosSystem { modules = [ ./hosts/${hosts.main.name} ]; }; }`,
		map[string]string{"hosts.toml": "[main]\nname = 'b'\n"}, "nixosConfigurations.b: hosts/b/default.nix"},
	{"lines of a file", `{ nixpkgs, ... }: { nixosConfigurations = nixpkgs.lib.genAttrs (nixpkgs.lib.splitString "\n" (nixpkgs.lib.fileContents ./hosts.txt)) (name: nixpkgs.lib.nixosSystem { modules = [ ./hosts/${name} ]; }); }`,
		map[string]string{"hosts.txt": "a\nb\n"}, "nixosConfigurations.a: hosts/a/default.nix; nixosConfigurations.b: hosts/b/default.nix"},
	{"data that is read in several ways", `{ nixpkgs, ... }: { nixosConfigurations = builtins.mapAttrs (name: file: nixpkgs.lib.nixosSystem { modules = builtins.fromJSON (builtins.readFile file) ++ [ ./common.nix ]; }) { a = ./twice.json; b = ./gone.json; c = ./broken.json; d = ./dates.toml; }; }`,
		map[string]string{"twice.json": `{"a": [], "a": []}`, "broken.json": "[", "dates.toml": "a = 1979-05-27"},
		"nixosConfigurations.a?: common.nix; nixosConfigurations.b?: common.nix; nixosConfigurations.c?: common.nix; nixosConfigurations.d?: common.nix"},
	{"eval-config", `{ nixpkgs, ... }: { nixosConfigurations.a = import "${nixpkgs}/nixos/lib/eval-config.nix" { modules = [ ./common.nix ]; }; }`, nil, "nixosConfigurations.a: common.nix"},
	{"colmena", `{ nixpkgs, ... }: { colmena = { meta.specialArgs.x = 1; defaults.imports = [ ./common.nix ]; } // nixpkgs.lib.genAttrs [ "a" "b" ] (n: ./hosts/${n}); }`, nil,
		"colmena.a[name nodes x]: common.nix hosts/a/default.nix; colmena.b[name nodes x]: common.nix hosts/b/default.nix"},
	{"colmena by makeHive", `{ nixpkgs, other, ... }: { colmenaHive = other.lib.makeHive { meta = { }; a = ./hosts/a; }; }`, nil, "colmena.a[name nodes]: hosts/a/default.nix"},
	{"containers", `{ nixpkgs, ... }: { nixosConfigurations.h = nixpkgs.lib.nixosSystem { specialArgs.x = 1; modules = [ ./common.nix { containers = { a.config = { ... }: { imports = [ ./hosts/a ]; };
		b = { specialArgs.y = 1; config.imports = [ ./hosts/b ]; }; }; } ]; }; }`, nil,
		"nixosConfigurations.h[x]: common.nix; nixosConfigurations.h.containers.a: hosts/a/default.nix; nixosConfigurations.h.containers.b[y]: hosts/b/default.nix"},
	{"specialisations", `{ nixpkgs, ... }: { nixosConfigurations.h = nixpkgs.lib.nixosSystem { specialArgs.x = 1; modules = [ ./m.nix ]; }; }`,
		map[string]string{"m.nix": `{ lib, config, ... }: { imports = [ ./common.nix ]; specialisation = { a.configuration = { imports = [ ./hosts/a ]; }; b = { inheritParentConfig = false; configuration = ./hosts/b; }; };
			virtualisation.vmVariant = lib.mkMerge [ { imports = [ ./hosts/b/x.nix ]; } ]; }`},
		"nixosConfigurations.h[x]: common.nix m.nix; nixosConfigurations.h.specialisation.a[x]: common.nix hosts/a/default.nix m.nix; " +
			"nixosConfigurations.h.specialisation.b[x]: hosts/b/default.nix; nixosConfigurations.h.virtualisation.vmVariant[x]: common.nix hosts/b/x.nix m.nix"},
	{"containers of home-manager", `{ home-manager, ... }: { homeConfigurations.h = home-manager.lib.homeManagerConfiguration { modules = [ { containers.a.config = ./hosts/a; } ]; }; }`, nil, "homeConfigurations.h: "},
	{"import-tree", `{ nixpkgs, tree, ... }: { nixosConfigurations.h = nixpkgs.lib.nixosSystem { modules = [ (tree ./tree) (tree [ ./hosts/a { imports = [ ./common.nix ]; } [ ./home/lee.nix ] ]) ]; }; }`, nil,
		"nixosConfigurations.h: common.nix home/lee.nix hosts/a/default.nix hosts/a/x.nix tree/one.nix tree/sub/two.nix"},
	{"an image by a module of nixpkgs", `{ nixpkgs, ... }: { nixosConfigurations = { a = nixpkgs.lib.nixosSystem { modules = [ "${nixpkgs}/nixos/modules/installer/cd-dvd/installation-cd-minimal.nix" ./common.nix ]; };
		b = nixpkgs.lib.nixosSystem { modules = [ ./m.nix ]; }; c = nixpkgs.lib.nixosSystem { modules = [ ({ modulesPath, lib, ... }: { imports = lib.optional nixpkgs.x (modulesPath + "/installer/cd-dvd/iso-image.nix"); }) ]; }; }; }`,
		map[string]string{"m.nix": `{ modulesPath, ... }: { imports = [ (modulesPath + "/installer/sd-card/sd-image-aarch64.nix") (modulesPath + "/installer/scan/not-detected.nix") ]; containers.w.config = ./common.nix; }`},
		"nixosConfigurations.a is an image by installation-cd-minimal.nix: common.nix; nixosConfigurations.b is an image by sd-image-aarch64.nix: m.nix; nixosConfigurations.b.containers.w is an image by sd-image-aarch64.nix: common.nix; nixosConfigurations.c: "},
	{"an image by an option", `{ nixpkgs, ... }: { nixosConfigurations = { a = nixpkgs.lib.nixosSystem { modules = [ { isoImage.squashfsCompression = "zstd"; } ]; }; b = nixpkgs.lib.nixosSystem { modules = [ ({ lib, ... }: { config = lib.mkMerge [ { image.repart.name = "x"; } ]; }) ]; };
		c = nixpkgs.lib.nixosSystem { modules = [ ({ lib, config, ... }: { image.modules.iso = { }; config = lib.mkIf config.x { sdImage.compressImage = false; }; }) ]; }; d = nixpkgs.lib.nixosSystem { modules = [ { virtualisation.vmVariant.isoImage.x = 1; } ]; }; }; }`, nil,
		"nixosConfigurations.a is an image by isoImage: ; nixosConfigurations.b is an image by image.repart: ; nixosConfigurations.c: ; nixosConfigurations.d: ; nixosConfigurations.d.virtualisation.vmVariant is an image by isoImage: "},
	{"an image by an output", `{ self, nixpkgs, ... }: { nixosConfigurations = { a = nixpkgs.lib.nixosSystem { modules = [ ./common.nix ]; }; b = nixpkgs.lib.nixosSystem { modules = [ ]; }; c = nixpkgs.lib.nixosSystem { modules = [ ]; }; };
		packages.x86_64-linux = { iso = self.nixosConfigurations.a.config.system.build.isoImage.overrideAttrs (_: { }); k = self.nixosConfigurations.b.config.system.build.images.kubevirt; top = self.nixosConfigurations.c.config.system.build.toplevel; }; }`, nil,
		"nixosConfigurations.a is an image by packages.x86_64-linux.iso: common.nix; nixosConfigurations.b is an image by packages.x86_64-linux.k: ; nixosConfigurations.c: "},
	{"an image that is no configuration", `{ nixpkgs, other, ... }: { packages.x86_64-linux = { a = (nixpkgs.lib.nixosSystem { modules = [ ./common.nix ]; }).config.system.build.sdImage; b = other.nixosGenerate { format = "install-iso"; modules = [ ./hosts/a ]; };
		c = other.nixosGenerate { format = "vm"; modules = [ ]; }; d = (import "${nixpkgs}/nixos" { configuration = ./m.nix; }).config.system.build.isoImage; }; }`, map[string]string{"m.nix": `{ imports = [ ./hosts/b ]; }`},
		"packages.x86_64-linux.a is an image by packages.x86_64-linux.a: common.nix; packages.x86_64-linux.b is an image by packages.x86_64-linux.b: hosts/a/default.nix; packages.x86_64-linux.d? is an image by packages.x86_64-linux.d: hosts/b/default.nix m.nix"},
	{"import-tree by more", `{ nixpkgs, tree, ... }: { nixosConfigurations.h = nixpkgs.lib.nixosSystem { modules = [ (tree.filter (p: p != "x") ./tree) ]; }; }`, nil, "nixosConfigurations.h?: "},
}

// TestHosts holds what is known of hosts against what they are.
func TestHosts(t *testing.T) {
	for _, c := range hostsCases {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{
				"flake.nix":           "{ inputs.nixpkgs.url = \"github:NixOS/nixpkgs\"; inputs.home-manager.url = \"github:nix-community/home-manager\"; inputs.flake-parts.url = \"github:hercules-ci/flake-parts\"; inputs.other.url = \"github:o/ther\"; inputs.tree.url = \"github:vic/import-tree\"; outputs = " + c.outputs + "; }",
				"hosts/a/default.nix": "{ }", "hosts/b/default.nix": "{ }", "hosts/a/x.nix": "{ }", "hosts/b/x.nix": "{ }", "common.nix": "{ }",
				"home/kim.nix": "{ imports = [ ../common.nix ]; }", "home/lee.nix": "{ ... }: { }", "home/max.nix": "{ }", "tree/one.nix": "{ }", "tree/sub/two.nix": "{ }",
			}
			for name, text := range c.files {
				files[name] = text
			}
			dir := testenv.Tree(t, files)
			g := readHosts(New(workspace.OS).View(filepath.Join(dir, "flake.nix")), dir)
			assert.Equal(t, c.want, describeHosts(g, dir))
		})
	}
}

// describeHosts returns the hosts, by output, with the files that each surely has as modules, sorted.
func describeHosts(g *hostGraph, dir string) string {
	modules := map[*Host]string{}
	for _, path := range slices.Sorted(maps.Keys(g.reached)) {
		for _, r := range g.reached[path] {
			if r.sure && r.module {
				modules[r.host] += " " + strings.TrimPrefix(path, dir+"/")
			}
		}
	}
	out := make([]string, len(g.hosts))
	for i, h := range g.hosts {
		args := h.Args
		if h.Open {
			args = append(slices.Clone(args), "?")
		}
		out[i] = h.Output
		if len(args) > 0 {
			out[i] += "[" + strings.Join(args, " ") + "]"
		}
		if !h.Complete {
			out[i] += "?"
		}
		if h.Image != "" {
			out[i] += " is an image by " + h.Image
		}
		out[i] += ": " + strings.TrimPrefix(modules[h], " ")
	}
	return strings.Join(out, "; ")
}

// TestHostsOfChangedData holds that hosts follow the files of data that they are made of.
func TestHostsOfChangedData(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"flake.nix": `{ outputs = { nixpkgs, ... }: { nixosConfigurations = nixpkgs.lib.genAttrs (nixpkgs.lib.importJSON ./hosts.json) (name: nixpkgs.lib.nixosSystem { modules = [ ./${name}.nix ]; }); }; }`,
		"a.nix":     "{ }", "b.nix": "{ }", "hosts.json": `["a"]`, "other.json": "{}",
	})
	module, data := filepath.Join(dir, "b.nix"), filepath.Join(dir, "hosts.json")
	before := New(workspace.OS)
	assert.Empty(t, before.View(module).HostsOf(module).Surely)

	changed := workspace.NewOverlay(workspace.OS)
	changed.Set(data, []byte(`["a", "b"]`))
	after := before.Next(Change{FS: changed, Files: []string{data}})
	assert.Len(t, after.View(module).HostsOf(module).Surely, 1)
	again := after.Next(Change{FS: changed, Files: []string{filepath.Join(dir, "other.json")}})
	assert.Same(t, after.hostsIn(dir), again.hostsIn(dir), "other data does not count")
}

// TestMendedFlake holds that outputs and hosts come with a flake.nix that had none, or could not be called, and go with it.
func TestMendedFlake(t *testing.T) {
	const whole = `{ outputs = { nixpkgs, ... }: { nixosConfigurations.h = nixpkgs.lib.nixosSystem { modules = [ ./m.nix ]; }; x = 1; }; }`
	for _, broken := range []string{"{ outputs = ; }", "{ }", "", "{ outputs = 1; }"} {
		dir := testenv.Tree(t, map[string]string{"flake.nix": broken, "m.nix": "{ }"})
		file, module := filepath.Join(dir, "flake.nix"), filepath.Join(dir, "m.nix")
		told := func(s *Snapshot) (names []string, hosts int) {
			s.View(file).FailingOutput(dir, nil, eval.Passage{})
			return s.View(file).Outputs(dir).Names(), len(s.View(module).HostsOf(module).Surely)
		}
		before := New(workspace.OS)
		names, hosts := told(before)
		assert.Empty(t, names, broken)
		assert.Zero(t, hosts, broken)
		mended := workspace.NewOverlay(workspace.OS)
		mended.Set(file, []byte(whole))
		after := before.Next(Change{FS: mended, Files: []string{file}})
		names, hosts = told(after)
		assert.Equal(t, []string{"nixosConfigurations", "x"}, names, broken)
		assert.Equal(t, 1, hosts, broken)
		names, hosts = told(after.Next(Change{FS: workspace.OS, Files: []string{file}}))
		assert.Empty(t, names, broken)
		assert.Zero(t, hosts, broken)
	}
}
