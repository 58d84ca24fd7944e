package module

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSubmodules spells what submodule and its kin are given in many ways; the names of the attributes tell which
// modules were found.
func TestSubmodules(t *testing.T) {
	for text, want := range map[string]string{
		// How the function is spelt.
		`lib.types.submodule { a = 1; }`:                                                                       "a",
		`types.submodule { a = 1; }`:                                                                           "a",
		`(lib.types).submodule { a = 1; }`:                                                                     "a",
		`with lib.types; submodule { a = 1; }`:                                                                 "a",
		`with lib; with types; attrsOf (submodule { a = 1; })`:                                                 "a",
		`let inherit (lib.types) submodule; in submodule { a = 1; }`:                                           "a",
		`let inherit (lib) types; in types.nullOr (types.submodule { a = 1; })`:                                "a",
		`let sub = lib.types.submodule; in sub { a = 1; }`:                                                     "a",
		`let sub = types.submodule; s = sub; in lib.mkOption { type = listOf (s { a = 1; }); }`:                "a",
		`let submodule = lib.types.submodule; in submodule { a = 1; }`:                                         "a",
		`types.submoduleWith { modules = [ { a = 1; } ]; }`:                                                    "a",
		`let sw = types.submoduleWith; in sw { shorthandOnlyDefinesConfig = true; modules = [ { a = 1; } ]; }`: "a",
		`types.deferredModuleWith { staticModules = [ { a = 1; } ]; }`:                                         "a",
		`flake-parts-lib.mkPerSystemOption ({ pkgs, ... }: { a = 1; })`:                                        "a",
		`types.either types.str (types.submodule { a = 1; })`:                                                  "a",
		// What it is given.
		`submodule ({ config, ... }: { a = 1; })`:                                                                    "a",
		`submodule ({ name, ... }: { a = 1; })`:                                                                      "a",
		`submodule ({ ... }: { a = 1; })`:                                                                            "a",
		`submodule (args: { a = 1; })`:                                                                               "a",
		`submodule ({ config, ... }@args: let x = 1; in with lib; { a = 1; })`:                                       "a",
		`submodule [ { a = 1; } ({ name, ... }: { b = 1; }) ]`:                                                       "a b",
		`submoduleWith { modules = [ { a = 1; } ] ++ more ++ [ (args: { b = 1; }) ]; }`:                              "a b",
		`submoduleWith { modules = [ { a = 1; } ] ++ lib.optional x { b = 1; } ++ lib.optionals x [ { c = 1; } ]; }`: "a b c",
		`submoduleWith { modules = lib.toList { a = 1; }; }`:                                                         "a",
		`submodule (if x then { a = 1; } else { b = 1; })`:                                                           "a b",
		`let m = { a = 1; }; in submodule m`:                                                                         "a",
		`let m = { config, ... }: { a = 1; }; in submodule m`:                                                        "a",
		`let m = { a = 1; }; in submoduleWith { modules = [ m m ./x.nix ]; }`:                                        "a",
		`let w = { modules = [ { a = 1; } ]; }; in submoduleWith w`:                                                  "a",
		`let ms = [ { a = 1; } ]; in submoduleWith { modules = ms; }`:                                                "a",
		`submodule { a = 1; options.x = mkOption { type = submodule { b = 1; }; }; }`:                                "a b",
		`submodule ({ config, ... }: { a = 1; } // x)`:                                                               "a",
		`submodule ({ a = 1; } // x)`:                                                                                "a",
		`submodule { a = 1; imports = [ ({ config, ... }: { b = 1; }) ]; }`:                                          "a b",
		// What is none of these.
		`submodule x`:                           "",
		`submodule ./x.nix`:                     "",
		`submodule (import ./x.nix { a = 1; })`: "",
		`submodule (f { a = 1; })`:              "",
		`submodule ({ config }: { a = 1; })`:    "",
		`submoduleWith { }`:                     "",
		`submoduleWith x`:                       "",
		`let submodule = o: types.submodule x; in submodule { a = 1; }`: "",
		`(types.submodule or f) { a = 1; }`:                             "",
		`submodules { a = 1; }`:                                         "",
		`f submodule { a = 1; }`:                                        "",
		`let m = m; in submodule m`:                                     "",
	} {
		var got []string
		for _, m := range analyze(`{ lib, ... }: { options.o = ` + text + `; }`).Inline() {
			require.True(t, m.Submodule, text)
			require.Equal(t, Certain, m.Certainty, text)
			names := ""
			for _, p := range m.Parts() {
				names += p.Name(0)[:1]
			}
			got = append(got, names[:1])
		}
		require.Equal(t, want, strings.Join(got, " "), text)
	}
}

// TestInlineOrder holds that the modules are in source order, each once, and that ModuleOf finds them.
func TestInlineOrder(t *testing.T) {
	f := analyze(`{ lib, ... }: let
	  late = { config, ... }: { imports = [ ]; a = 1; };
	in {
	  imports = [ ({ config, ... }: { b = 1; }) ];
	  options.x = lib.mkOption { type = lib.types.submodule late; };
	  options.y = lib.mkOption { type = lib.types.submodule [ late ({ name, ... }: { c = 1; }) ]; };
	}`)
	require.Len(t, f.Inline(), 3)
	for i, m := range f.Inline() {
		require.Equal(t, i != 1, m.Submodule)
		require.Same(t, m, f.ModuleOf(m.Func))
		if i > 0 {
			require.Less(t, f.Inline()[i-1].Node.ID(), m.Node.ID())
		}
	}
	require.Same(t, f.Module, f.ModuleOf(f.Module.Func))
	require.Nil(t, f.ModuleOf(f.Module.Body))
}

func TestMayBeModule(t *testing.T) {
	for text, want := range map[string]bool{
		`{ config, lib, ... }: 1`:        true,
		`{ withSystem, ... }: f`:         true,
		`{ ... }: f`:                     true,
		`{ fetchurl, ... }: f`:           false,
		`{ lib, fetchurl, ... }: f`:      false,
		`{ config, lib }: f`:             false,
		`args: f`:                        false,
		`{ x, ... }: { imports = [ ]; }`: true,
	} {
		f := analyze(text)
		require.Equal(t, want, f.MayBeModule(f.tree.Expr()), text)
	}
}
