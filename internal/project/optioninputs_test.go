package project_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestInputOption asks for options that the sources of inputs declare: a checkout, what the store has, nixpkgs.
func TestInputOption(t *testing.T) {
	const own = `{ lib, ... }: { options.core.extra.level = lib.mkOption { type = lib.types.int; }; }`
	const core = `{ lib, ... }: {
		imports = [ (lib.mkRenamedOptionModule [ "core" "old" ] [ "core" "port" ]) (lib.mkAliasOptionModule [ "services" "coretool" "port" ] [ "core" "port" ]) ];
		options.core.port = lib.mkOption { type = lib.types.port; default = 80; };
		options.sops.secrets = lib.mkOption { type = lib.types.attrs; };
		options.services.tool = { enable = lib.mkEnableOption "it"; level = lib.mkOption { type = lib.types.int; default = 1; }; };
		options.open.x = lib.genAttrs [ "y" ] (n: lib.mkOption { });
	}`
	const home = `{ lib, ... }: { options.home = { stateVersion = lib.mkOption { type = lib.types.str; }; packages = lib.mkOption { default = [ ]; }; }; options.programs.git.ignores = lib.mkOption { default = [ ]; }; }`
	const homeLib = `{ lib }: { renamed = old: new: map (name: lib.mkRenamedOptionModule (old ++ [ name ]) (new ++ [ name ])); }`
	const nixos = `{ lib, ... }: { options.services.web = { enable = lib.mkEnableOption "it"; suggestions = lib.mkOption { type = lib.types.int; }; }; }`
	root := testenv.Tree(t, map[string]string{
		"app/flake.nix":  `{ inputs = { core.url = "github:me/core"; home.url = "github:nix-community/home-manager"; locked.url = "github:me/locked"; nixpkgs.url = "github:NixOS/nixpkgs"; }; outputs = _: { }; }`,
		"app/flake.lock": sourcesLock, "app/own.nix": own,
		"home/flake.nix": `{ outputs = _: { homeModules.x = ./x.nix; lib = import ./lib.nix; }; }`, "home/x.nix": home, "home/lib.nix": homeLib,
		"core/flake.nix": `{ outputs = _: { nixosModules.x = ./x.nix; }; }`, "core/x.nix": core,
		emptyPath + "/flake.nix": `{ outputs = _: { nixosModules.x = ./x.nix; }; }`, emptyPath + "/x.nix": strings.ReplaceAll(core, "core", "locked"),
		"nixpkgs/flake.nix": `{ outputs = _: { }; }`, "nixpkgs/nixos/modules/module-list.nix": `[ ./web.nix ]`, "nixpkgs/nixos/modules/web.nix": nixos,
		"nixpkgs/pkgs/x.nix": `{ lib, ... }: { options.pkgs.port = lib.mkOption { type = lib.types.int; }; }`,
	})
	app := filepath.Join(root, "app")
	place := func(names ...string) map[string]string {
		places := map[string]string{}
		for _, name := range names {
			places[name] = filepath.Join(root, name)
		}
		return places
	}
	checkout, store := &project.Sources{Places: place("core")}, &project.Sources{Store: true, StoreRoot: root}
	manager := &project.Sources{Places: place("home")}
	all := &project.Sources{Places: place("core", "home", "nixpkgs"), Store: true, StoreRoot: root}
	for _, c := range []struct {
		option  string
		sources *project.Sources
		verdict project.OptionVerdict
		near    string
	}{
		{"home.pakages", manager, project.OptionMissing, "packages"},
		{"home.packages", manager, project.OptionExists, ""},
		{"home.persistence", manager, project.NothingKnown, ""},
		{"programs.git.ignore", manager, project.NothingKnown, ""},
		{"home.pakages", checkout, project.NothingKnown, ""},
		{"core.port", &project.Sources{}, project.NothingKnown, ""},
		{"core.port", checkout, project.OptionExists, ""},
		{"core.old", checkout, project.OptionRenamed, ""},
		{"core.prot", checkout, project.OptionMissing, "port"},
		{"core.unheard", checkout, project.NothingKnown, ""},
		{"core.extra.levels", checkout, project.NothingKnown, ""},
		{"open.x.z", checkout, project.NothingKnown, ""},
		{"locked.prot", checkout, project.NothingKnown, ""},
		{"locked.prot", store, project.OptionMissing, "port"},
		{"locked.unheard", store, project.OptionMissing, ""},
		{"sops.secret", store, project.OptionMissing, "secrets"},
		{"sops.unheard", store, project.NothingKnown, ""},
		{"services.tool.levels", checkout, project.NothingKnown, ""},
		{"services.tool.level", checkout, project.OptionExists, ""},
		{"services.tool.levels", all, project.OptionMissing, "level"},
		{"services.web.enabel", all, project.OptionMissing, "enable"},
		{"services.web.suggestion", all, project.OptionMissing, "suggestions"},
		{"services.web.unheard", all, project.NothingKnown, ""},
		{"services.wbe.enable", all, project.NothingKnown, ""},
		{"pkgs.port", all, project.NothingKnown, ""},
	} {
		a := project.New(workspace.OS).ViewOf(app).With(c.sources).Answers()
		answer := a.InputOption(strings.Split(c.option, "."))
		assert.Equal(t, c.verdict, answer.Verdict, c.option)
		assert.Equal(t, c.near, answer.Near, c.option)
	}
}

// TestInputsNotAtHand holds that an option of NixOS is called missing only where the sources of all inputs are at hand, be they declared or not.
func TestInputsNotAtHand(t *testing.T) {
	for inputs, verdict := range map[string]project.OptionVerdict{
		`inputs.nixpkgs.url = "github:NixOS/nixpkgs"; outputs = { self, nixpkgs }: { };`:                                            project.OptionMissing,
		`inputs.nixpkgs.url = "github:NixOS/nixpkgs"; outputs = { self, nixpkgs, home-manager }: { };`:                              project.NothingKnown,
		`inputs.nixpkgs.url = "github:NixOS/nixpkgs"; inputs.other.follows = "nixpkgs"; outputs = _: { };`:                          project.OptionMissing,
		`inputs.nixpkgs.url = "github:NixOS/nixpkgs"; inputs.other.follows = "nixpkgs/home-manager"; outputs = _: { };`:             project.NothingKnown,
		`inputs.nixpkgs.url = "github:NixOS/nixpkgs"; inputs.other.url = "github:nix-community/other"; outputs = _: { };`:           project.NothingKnown,
		`inputs.nixpkgs.url = "github:NixOS/nixpkgs"; inputs.other = { flake = false; url = "github:o/other"; }; outputs = _: { };`: project.NothingKnown,
	} {
		root := testenv.Tree(t, map[string]string{
			"app/flake.nix": "{ " + inputs + " }", "nixpkgs/flake.nix": `{ outputs = _: { }; }`, "nixpkgs/nixos/modules/module-list.nix": `[ ./web.nix ]`,
			"nixpkgs/nixos/modules/web.nix": `{ lib, ... }: { options.services.web.enable = lib.mkEnableOption "it"; }`,
		})
		sources := &project.Sources{Places: map[string]string{"nixpkgs": filepath.Join(root, "nixpkgs")}}
		answer := project.New(workspace.OS).ViewOf(filepath.Join(root, "app")).With(sources).Answers().InputOption([]string{"services", "web", "enabel"})
		assert.Equal(t, verdict, answer.Verdict, inputs)
	}
}

// TestInputOptionIsRecorded holds that an answer of an input's source holds as long as that says the same.
func TestInputOptionIsRecorded(t *testing.T) {
	root := testenv.Tree(t, map[string]string{
		"app/flake.nix": `{ inputs.core.url = "github:me/core"; outputs = _: { }; }`, "app/a.nix": "1",
		"core/flake.nix": `{ outputs = _: { }; }`, "core/x.nix": `{ lib, ... }: { options.core.port = lib.mkOption { }; }`,
	})
	app, file := filepath.Join(root, "app"), filepath.Join(root, "core/x.nix")
	overlay := workspace.NewOverlay(workspace.OS)
	s := project.NewLive(overlay)
	deps := project.NewDeps()
	sources := &project.Sources{Places: map[string]string{"core": filepath.Join(root, "core")}}
	answer := s.View(filepath.Join(app, "a.nix")).With(sources).Recording(deps).Answers().InputOption([]string{"core", "prot"})
	assert.Equal(t, project.OptionMissing, answer.Verdict)
	assert.True(t, deps.Hold(s))
	for text, holds := range map[string]bool{
		`{ lib, ... }: { options.core.port = lib.mkOption { };  }`:                                true,
		`{ lib, ... }: { options.core = { port = lib.mkOption { }; prot = lib.mkOption { }; }; }`: false,
	} {
		overlay := overlay.Clone()
		overlay.Set(file, []byte(text))
		assert.Equal(t, holds, deps.Hold(s.Next(project.Change{FS: overlay, Files: []string{file}})), text)
	}
}
