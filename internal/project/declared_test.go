package project_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// listOptions has Nix list the options that home-manager's modules declare, with those of their submodules, * standing for names that
// the user gives: pkgs is a stub, and so is what is imported of nixpkgs. Left out are the modules that need NixOS' own to be imported.
const listOptions = `
let
  hm = HM;
  lib = import (hm + "/modules/lib/stdlib-extended.nix") (import LIB);
  format = _: { type = lib.types.attrsOf lib.types.anything; generate = name: _: name; lib.types = { atom = lib.types.anything; luaInline = lib.types.anything; }; };
  hostPlatform = { system = "x86_64-linux"; isLinux = true; isDarwin = false; };
  pkgs = {
    inherit lib;
    path = ./pkgs;
    formats = lib.genAttrs [ "json" "yaml" "yaml_1_1" "toml" "ini" "iniWithGlobalSection" "keyValue" "gitIni" "javaProperties" "lua" "libconfig" "hocon" "xml" "plist" ] (_: format)
      // { systemd = format { }; };
    stdenv = hostPlatform // { inherit hostPlatform; };
  };
  evaluated = lib.evalModules {
    modules = lib.filter (m: !(builtins.isPath m && baseNameOf m == "services-modular"))
      (import (hm + "/modules/modules.nix") { inherit lib pkgs; check = false; });
    class = "homeManager";
    specialArgs = { inherit pkgs; modulesPath = hm + "/modules"; };
  };
  named = type: {
    attrsOf = [ "*" ] ++ named type.nestedTypes.elemType;
    lazyAttrsOf = [ "*" ] ++ named type.nestedTypes.elemType;
    nullOr = named type.nestedTypes.elemType;
    submodule = [ ];
  }.${type.name} or (throw "a list, or the like, has no names");
  inside = path: type:
    if lib.head path == "specialisation" || lib.head path == "specialization" || lib.length path > 5 then [ ]
    else list (path ++ named type) (type.getSubOptions [ ]);
  list = path: set: lib.concatLists (lib.mapAttrsToList (name: value: let at = path ++ [ name ]; in
    if name == "_module" || name == "_freeformOptions" || !builtins.isAttrs value then [ ]
    else if value._type or "" != "option" then list at value
    else [ at ] ++ (let more = builtins.tryEval (let more = inside at value.type; in builtins.deepSeq more more); in if more.success then more.value else [ ])) set);
in list [ ] evaluated.options
`

// unreadOptions are what is not read, by how the options begin.
var unreadOptions = []string{
	// lib.hm, which home-manager adds to lib, makes the declarations, the renames, or the types.
	"gtk.", "programs.diff-so-fancy.", "programs.gemini-cli.", "programs.git.", "programs.kitty.font.", "programs.ssh.", "services.mako.",
	// The type is one of another file, of which the module alone does not tell that it is a submodule.
	"home.file.", "xdg.cacheFile.", "xdg.configFile.", "xdg.dataFile.", "xdg.stateFile.", "programs.nushell.", "programs.thunderbird.profiles.*.search.",
	// The type of the values is a submodule behind a freeformType that the file computes.
	"systemd.user.services.*.",
	// The file is the module of a submodule, and home-manager imports it as one of its own, too.
	"vdirsyncer.",
}

// TestDeclaredOptions compares the options that are read from home-manager's modules with those that evaluating them has.
func TestDeclaredOptions(t *testing.T) {
	nix := testenv.Nix234(t)
	hm := testenv.Shared(t, "corpus", "bench", "home-manager")
	dir := testenv.Tree(t, map[string]string{
		"list.nix":                               strings.NewReplacer("HM", hm, "LIB", testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")).Replace(listOptions),
		"pkgs/nixos/modules/misc/assertions.nix": "{ }", "pkgs/nixos/modules/misc/meta.nix": "{ }", "pkgs/modules/generic/meta-maintainers.nix": "{ }",
	})
	out, err := exec.Command(nix, "--eval", "--strict", "--json", filepath.Join(dir, "list.nix")).Output()
	require.NoError(t, err)
	var options [][]string
	require.NoError(t, json.Unmarshal(out, &options))
	a := project.New(workspace.OS).ViewOf(filepath.Join(hm, "modules")).Answers()
	found := 0
	for _, path := range options {
		name := strings.Join(path, ".")
		switch answer := a.Option(path); {
		case answer.Verdict == project.OptionMissing:
			t.Errorf("%s is said to be missing", name)
		case answer.Verdict != project.NothingKnown && answer.At == len(path):
			found++
		case !slices.ContainsFunc(unreadOptions, func(prefix string) bool { return strings.HasPrefix(name, prefix) }):
			t.Errorf("%s is not read", name)
		}
	}
	t.Logf("%d of %d options are read", found, len(options))
	require.Greater(t, len(options), 5000)
	require.GreaterOrEqual(t, found*100, len(options)*95)
}
