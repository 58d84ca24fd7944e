package project

import (
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// model is a function of some flake, or of Nix itself, in Nix: what it makes of the names of outputs is what the true one does.
// What is not modelled is `unknown`; `open` is a set that may have any attributes.
type model struct {
	text string
	code func() *eval.Code
}

func newModel(text string) *model {
	return &model{text, sync.OnceValue(func() *eval.Code {
		tree := parser.Parse(text)
		return eval.Lower(tree, "", sema.Resolve(tree))
	})}
}

// apply calls the model with the arguments that it takes.
func (m *model) apply(args map[string]eval.Part) eval.Part {
	return eval.Apply(m.code().Root(), eval.Attrs(args, false))
}

// calledFlake is how Nix calls a flake (call-flake.nix of Nix 2.34); the result is its outputs.
var calledFlake = newModel(`
{ outputs, inputs, unknown, perhaps, outPath }:
let
  info = perhaps // { inherit outPath; lastModified = unknown; lastModifiedDate = unknown; narHash = unknown; };
  given = inputs // { inherit self; };
  result = outputs given;
  self = result // info // { inherit inputs; outputs = result; sourceInfo = info; _type = "flake"; };
in
{
  inherit result self given inputs;
}
`)

// flakeUtils is numtide/flake-utils (lib.nix).
var flakeUtils = newModel(`
{ systems, open, unknown, lib }:
let
  eachSystem =
    systems: f:
    builtins.mapAttrs (name: value: if name == "hydraJobs" then unknown else value) (
      lib.zipAttrsWith (name: builtins.foldl' (a: b: a // b) { }) (
        map (system: builtins.mapAttrs (name: value: { ${system} = value; }) (f system)) systems
      )
    );
  eachSystemMap = systems: f: builtins.listToAttrs (map (system: { name = system; value = f system; }) systems);
  eachSystemPassThrough = systems: f: builtins.foldl' (a: system: a // f system) { } systems;
in
open
// {
  lib = open // {
    inherit eachSystem eachSystemMap eachSystemPassThrough;
    eachDefaultSystem = eachSystem systems;
    eachDefaultSystemMap = eachSystemMap systems;
    eachDefaultSystemPassThrough = eachSystemPassThrough systems;
    defaultSystems = systems;
  };
}
`)

// flakeParts is hercules-ci/flake-parts (lib.nix and modules). Modules are read and laid over each other by the names that they
// define. A module of another flake is known by _opens: the outputs to which it may add any names.
var flakeParts = newModel(`
{ open, unknown, lib, isForeign }:
let
  perSystemNames = [ "apps" "checks" "devShells" "formatter" "legacyPackages" "packages" ];
  wholeNames = [ "nixosConfigurations" "nixosModules" "overlays" ];
  debugNames = [ "allSystems" "currentSystem" "debug" ];
  each = names: value: builtins.listToAttrs (map (name: { inherit name value; }) names);

  unwrap =
    value:
    let
      type = value._type or null;
    in
    if type == "if" then
      (if value.condition then unwrap value.content else { })
    else if type == "merge" then
      builtins.foldl' (a: b: a // b) { } (map unwrap value.contents)
    else if type == "override" || type == "order" then
      unwrap value.content
    else
      value;

  collect =
    args: module:
    let
      read =
        m:
        if isForeign m then
          { }
        else if builtins.isFunction m then
          m args
        else if builtins.isPath m || builtins.isString m then
          read (import m)
        else
          m;
      value = read module;
    in
    [ value ] ++ builtins.concatMap (collect args) (value.imports or [ ]);
  body = m: if m ? config || m ? options then m.config or { } else m;

  # What a definition consists of, properties pushed down to its attributes.
  parts =
    value:
    let
      type = value._type or null;
    in
    if type == "merge" then
      builtins.concatMap parts value.contents
    else if type == "if" then
      map (builtins.mapAttrs (name: content: { _type = "if"; inherit (value) condition; inherit content; })) (parts value.content)
    else if type == "override" || type == "order" then
      parts value.content
    else
      [ value ];

  # Sets whose values are sets, laid over each other.
  merge =
    sets:
    lib.zipAttrsWith (
      name: values:
      if builtins.length values == 1 then
        unwrap (builtins.head values)
      else
        builtins.foldl' (a: b: a // b) { } (map unwrap values)
    ) sets;

  mkFlake =
    given: module:
    let
      inputs = given.inputs or given.self.inputs;
      self = given.self or inputs.self;
      args = (given.specialArgs or { }) // known;
      known = {
        inherit self inputs lib;
        config = unknown;
        options = unknown;
        flake-parts-lib = partsLib;
        getSystem = unknown;
        moduleWithSystem = unknown;
        withSystem = system: f: f (systemArgs system);
      };
      systemArgs = system: open // {
        inherit system lib;
        config = unknown;
        options = unknown;
        pkgs = unknown;
        self' = unknown;
        inputs' = unknown;
      };
      modules = collect (open // args) module;
      bodies = builtins.concatMap (m: parts (body m)) modules;
      systems = builtins.concatMap (m: unwrap (m.systems or [ ])) bodies;
      ofSystem =
        system:
        let
          own = builtins.concatMap (m: if m ? perSystem then collect (systemArgs system) (unwrap m.perSystem) else [ ]) bodies;
          set = merge (map (m: builtins.removeAttrs m [ "imports" ]) (builtins.concatMap (m: parts (body m)) own));
        in
        set;
      all = each systems unknown;
      perSystem = builtins.mapAttrs (system: value: ofSystem system) all;
      transposed =
        builtins.mapAttrs (
          name: value: builtins.mapAttrs (system: set: set.${name} or (if name == "formatter" then unknown else { })) perSystem
        ) (each perSystemNames unknown);
      flakes = map (m: unwrap (m.flake or { })) bodies;
      made = each wholeNames { } // each debugNames unknown // merge ([ transposed (each wholeNames { }) ] ++ flakes);
      opened = builtins.concatMap (m: m._opens or [ ]) modules;
      openBelow =
        all: name:
        all
        // {
          ${name} =
            if builtins.elem name perSystemNames then
              builtins.mapAttrs (system: value: open // value) (all.${name} or { })
            else
              open // (all.${name} or { });
        };
    in
    builtins.foldl' openBelow made opened;

  partsLib = open // {
    inherit mkFlake;
    importApply = path: args: { imports = [ (import path args) ]; };
    mkTransposedPerSystemModule = given: { _opens = [ given.name ]; };
  };
in
open // { lib = partsLib; }
`)

// importTree is vic/import-tree: a module with all files below a folder, or below each of a list, which may have modules, too.
var importTree = newModel(`
{ open, unknown }:
let
  changed = builtins.listToAttrs (
    map (name: { inherit name; value = unknown; }) [
      "addAPI" "addPath" "files" "filter" "filterNot" "initFilter" "leafs" "map" "match" "matchNot" "new" "pipeTo" "result"
    ]
  );
  self = open // changed // {
    __functor = self: given: { imports = tree given; };
    withLib = lib: self;
  };
  tree =
    x:
    if builtins.isList x then
      builtins.concatMap tree x
    else if builtins.isPath x || builtins.isString x then
      import (x + "/` + importTreeFile + `")
    else
      [ x ];
in
self
`)

// importTreeFile is the name of what stands for a list of the files that import-tree imports of a folder.
const importTreeFile = "<import-tree>"

// nixpkgsModel is nixpkgs, of which the lists of systems are known.
var nixpkgsModel = newModel(`
{ open, lib, all, linux, darwin }:
open
// {
  lib = lib // {
    systems = open // { flakeExposed = all; doubles = open // { inherit all linux darwin; unix = all; }; };
    platforms = open // { inherit all linux darwin; unix = all; };
  };
}
`)

// The systems that lists of systems have, as far as flakes ask for them. More of them, which a release may have, would be treated
// like these.
var (
	linuxSystems   = []string{"aarch64-linux", "armv6l-linux", "armv7l-linux", "i686-linux", "powerpc64le-linux", "riscv64-linux", "x86_64-linux"}
	darwinSystems  = []string{"aarch64-darwin", "x86_64-darwin"}
	exposedSystems = slices.Concat(linuxSystems, darwinSystems, []string{"x86_64-freebsd"})
	usualSystems   = []string{"aarch64-darwin", "aarch64-linux", "x86_64-darwin", "x86_64-linux"}
)

// systemsOf returns the systems that a list of github:nix-systems has; nil for another repository.
func systemsOf(repository string) []string {
	name, ok := strings.CutPrefix(repository, "github.com/nix-systems/")
	switch {
	case !ok:
	case name == "default":
		return usualSystems
	case name == "default-linux":
		return []string{"aarch64-linux", "x86_64-linux"}
	case name == "default-darwin":
		return darwinSystems
	case slices.Contains(exposedSystems, name):
		return []string{name}
	}
	return nil
}

// partsModules are flakes with modules for flake-parts, by the names of their repositories, and the outputs to which these may
// add names.
var partsModules = map[string][]string{
	"actions.nix":                  {"actions-nix", "apps", "checks", "devShells", "packages"},
	"agenix-rekey":                 {"agenix-rekey", "apps", "devShells", "packages"},
	"devshell":                     {"devShells"},
	"disko":                        {"diskoConfigurations"},
	"flake-root":                   {"devShells", "packages"},
	"git-hooks.nix":                {"checks", "devShells"},
	"haskell-flake":                {"apps", "checks", "devShells", "haskellFlakeProjectModules", "packages"},
	"hercules-ci-effects":          {"checks", "effects", "herculesCI"},
	"home-manager":                 {"homeConfigurations", "homeModules"},
	"make-shell":                   {"checks", "devShells"},
	"mission-control":              {"devShells", "packages"},
	"nix-darwin":                   {"darwinConfigurations", "darwinModules"},
	"nix-unit":                     {"checks", "tests"},
	"pkgs-by-name-for-flake-parts": {"legacyPackages", "overlays", "packages"},
	"pre-commit-hooks.nix":         {"checks", "devShells"},
	"process-compose-flake":        {"apps", "checks", "legacyPackages", "packages"},
	"terranix":                     {"apps", "checks", "devShells", "legacyPackages", "packages", "terranixModules"},
	"treefmt-nix":                  {"checks", "formatter"},
}
