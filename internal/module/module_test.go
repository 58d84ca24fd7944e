package module

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

func analyze(text string) *File {
	tree := parser.Parse(text)
	return AnalyzeFile(tree, sema.Resolve(tree))
}

func TestShape(t *testing.T) {
	for text, want := range map[string]string{
		`{ config, lib, ... }: { imports = [ ]; }`:                         "certain",
		`{ config, lib, ... }: { services.a.enable = true; }`:              "likely",
		`{ pkgs, ... }: { services.a.enable = true; }`:                     "likely",
		`{ pkgs, lib, ... }: { a = 1; }`:                                   "possible",
		`{ ... }: { networking.hostName = "a"; }`:                          "likely",
		`args: { config = args.lib.mkIf args.config.a { }; }`:              "likely",
		`args: { options = { }; }`:                                         "possible",
		`{ imports = [ ./a.nix ]; }`:                                       "likely",
		`args@{ config, ... }: with args; { options.a = 1; }`:              "certain",
		`{ inputs }: { config, ... }: { options.a = 1; }`:                  "likely curried",
		`{ config, ... }: let a = 1; in assert a == 1; { options = { }; }`: "certain",
		`{ config, ... }: let out = { options = { }; }; in out`:            "certain",
		`{ config, lib, ... }: lib.mkIf config.a { b = 1; }`:               "likely",
		`{ config, lib, ... }: { a = 1; } // { b = 1; }`:                   "likely",
		`{ config, lib, ... }: if config.a then { } else { }`:              "likely",
		`{ nodes, ... }: { a = 1; }`:                                       "possible",
		`{ fetchurl, ... }: { a = 1; }`:                                    "",
		`{ lib, stdenv, fetchurl }: stdenv.mkDerivation { }`:               "",
		`{ config, lib }: { a = 1; }`:                                      "",
		`{ config ? { }, lib, ... }: { imports = [ ]; }`:                   "",
		`{ config, lib, ... }: [ 1 ]`:                                      "",
		`{ config, lib, ... }: lib.mapAttrsToList (n: v: v) config.a`:      "",
		`{ a = 1; }`:              "",
		`final: prev: { a = 1; }`: "",
		`{ description = "x"; outputs = { self }: { }; }`:                      "",
		`{ config, pkgs, ... }: { environment.systemPackages = with pkgs; [ ]`: "likely",
	} {
		m := analyze(text).Module
		got := ""
		if m != nil {
			got = [...]string{"possible", "likely", "certain"}[m.Certainty]
			if m.Curried {
				got += " curried"
			}
		}
		require.Equal(t, want, got, text)
	}
}

func TestParts(t *testing.T) {
	m := analyze(`{ config, lib, ... }: lib.mkMerge [
		{ imports = [ ]; options.a.b = 1; }
		(lib.mkIf config.x { c = 1; inherit d; })
		({ e = 1; } // lib.optionalAttrs true { f = 1; })
		(if true then { g = 1; } else { })
		(let h = { i = 1; }; in h)
		(lib.mkForce { j = 1; })
	]`).Module
	var got []string
	for _, p := range m.Parts() {
		name := p.Name(0)
		if p.Name(1) != "" {
			name += "." + p.Name(1)
		}
		if p.Guarded {
			name += "?"
		}
		got = append(got, name)
	}
	require.Equal(t, "imports options.a c? d? e f? g? i j", strings.Join(got, " "))
	require.True(t, m.Structured())
}

func TestOptions(t *testing.T) {
	m := analyze(`{ config, lib, namespace, ... }:
	with lib;
	let
	  inherit (lib) mkEnableOption;
	  ns = "mine";
	  api = { cache.enable = mkEnableOption "c"; };
	in {
	  options = {
	    services.web = {
	      enable = mkEnableOption "web" // { default = true; };
	      port = mkOption { type = types.port; };
	      hosts = mkOption { type = types.attrsOf (types.submodule { options.enable = mkEnableOption "x"; }); };
	      kind = my.mkOpt types.str "x";
	    };
	    ${ns}.tool.enable = mkBoolOpt false;
	    ${namespace}.other = mkPackageOption pkgs "a" { };
	    krab = api;
	  } // optionalAttrs true { late = mkOption { }; };
	}`).Module
	var got []string
	for _, o := range m.Options() {
		name := o.Name() + ":" + o.Func
		if o.Guarded {
			name += "?"
		}
		got = append(got, name)
	}
	require.Equal(t, []string{
		"services.web.enable:mkEnableOption", "services.web.port:mkOption", "services.web.hosts:mkOption", "services.web.kind:mkOpt",
		"mine.tool.enable:mkBoolOpt", "${namespace}.other:mkPackageOption", "krab.cache.enable:mkEnableOption", "late:mkOption?",
	}, got)
}

func TestInline(t *testing.T) {
	f := analyze(`{ lib, ... }: {
	  imports = [ ({ config, ... }: { a = 1; }) ];
	  home-manager.users.ada = { config, ... }: { b = 1; };
	  options.x = lib.mkOption { type = lib.types.attrsOf (lib.types.submodule ({ config, ... }: { options.y = 1; })); };
	  nixosModules.web = { config, ... }: { c = 1; };
	  flake.modules.nixos.desk = { imports = [ ]; };
	  systems = map ({ pkgs, ... }: pkgs) [ ];
	  tool = { lib, ... }: lib.id;
	  perSystem = { pkgs, ... }: { packages.a = pkgs.hello; };
	}`)
	var got []string
	for _, m := range f.Inline() {
		s := strings.SplitN(m.Body.Text(), " ", 4)[1]
		if m.Submodule {
			s += "/"
		}
		got = append(got, s)
	}
	require.Equal(t, "a b/ options.y/ c imports packages.a/", strings.Join(got, " "))
}

func TestSpell(t *testing.T) {
	for text, want := range map[string]string{
		`{ config, lib, ... }: let cfg = config.a.b; in { HERE = 1; }`:                                  "lib.mkIf cfg.enable",
		`{ config, lib, ... }: with lib; let c = config.a; in { HERE = 1; }`:                            "lib.mkIf c.b.enable",
		`{ config, lib, ... }: let inherit (lib) mkIf; in { HERE = 1; }`:                                "mkIf config.a.b.enable",
		`{ config, pkgs, ... }: with pkgs.lib; { HERE = 1; }`:                                           "mkIf config.a.b.enable",
		`{ config, ... }: { HERE = 1; }`:                                                                " config.a.b.enable",
		`{ lib, ... }: { HERE = 1; }`:                                                                   "lib.mkIf ",
		`{ config, lib, ... }: let inherit (config.a) b; mkIf = 1; in { HERE = 1; }`:                    "lib.mkIf config.a.b.enable",
		`{ config, lib, ... }: let config = 1; in { HERE = 1; }`:                                        "lib.mkIf ",
		`{ config, lib, ... }: let top = config; cfg = top.a.b; cfg2 = top.z; in { options.HERE = 1; }`: "lib.mkIf cfg.enable",
	} {
		f := analyze(text)
		at := strings.Index(text, "HERE")
		var n ast.Node
		for d := range f.tree.Root().Descendants() {
			if int(d.Start()) == at {
				n = d
			}
		}
		require.Equal(t, want, f.Spell("mkIf", n)+" "+f.Module.SpellConfig([]string{"a", "b", "enable"}, n), text)
	}
}

func TestReads(t *testing.T) {
	for text, want := range map[string]string{
		`{ config, lib, ... }: { imports = lib.optional config.a.b ./x; }`:                             "config.a.b",
		`{ config, lib, ... }: let c = config.a; in { imports = lib.optional c.b ./x; }`:               "config.a.b",
		`{ config, lib, ... }: let inherit (config.a) b; in { imports = lib.optional b ./x; }`:         "config.a.b",
		`{ config, lib, ... }: with config; { imports = lib.optional a.b ./x; }`:                       "config.a.b",
		`{ lib, ... }@args: { imports = lib.optional args.config.a.b ./x; }`:                           "args.config.a.b",
		`{ config, lib, ... }: let all = lib.optional config.a.b ./x; in { imports = all; }`:           "config.a.b",
		`{ config, lib, ... }: { imports = lib.optional (config ? a) ./x; }`:                           "config ? a",
		`{ config, lib, ... }: let c = config.a; f = x: x.b; in { imports = if f c then [ ] else 1; }`: "config.a",
	} {
		f := analyze(text)
		require.Len(t, f.Obstacles(), 1, text)
		require.Equal(t, want, f.Reads(f.Obstacles()[0].Why), text)
	}
}

// TestPlain holds plain, which skips the evaluation of simple modules, against that evaluation.
func TestPlain(t *testing.T) {
	for text, want := range map[string]bool{
		`{ config, ... }: { imports = [ ./a.nix "b" ]; services.a = config.b; }`:                                                   true,
		`{ config, lib, ... }: { options.a = 1; config = lib.mkIf config.a { b = 1; }; }`:                                          true,
		`{ config, lib, ... }: { options = { a = 1; }; config = lib.mkMerge [ { b = 1; } (lib.mkIf 1 { }) ]; }`:                    true,
		`{ config, ... }: { imports = [ ./a${config.b}.nix ]; }`:                                                                   false,
		`{ inputs, modulesPath, ... }: { imports = [ inputs.a.nixosModules.b (modulesPath + "/c.nix") "${modulesPath}/d.nix" ]; }`: true,
		`{ inputs, config, ... }: { imports = [ inputs.a.${config.b} ]; }`:                                                         false,
		`{ inputs, lib, ... }: { imports = [ lib.a ]; }`:                                                                           false,
		`{ inputs, pkgs, ... }: { imports = [ (pkgs.a + "/b.nix") ]; }`:                                                            false,
		`{ inputs, ... }: { imports = [ (inputs.a or { imports = 1; }) ]; }`:                                                       false,
		`{ flag, ... }: { imports = [ flag.a ]; _module.args.flag = 1; }`:                                                          false,
		`{ flag, ... }: { imports = [ flag.a ]; config._module.args.flag = 1; }`:                                                   false,
		`{ flag, ... }: { imports = [ flag.a ]; config = { _module.args.flag = 1; }; }`:                                            false,
		`{ a, ... }: let b = a; in { imports = [ b ]; }`:                                                                           false,
		`{ config, ... }: { imports = [ x ]; }`:                                                                                    false,
		`{ config, ... }: { ${config.a} = 1; }`:                                                                                    false,
		`{ config, ... }: { config.${config.a} = 1; }`:                                                                             false,
		`{ config, ... }: { config.imports = [ ]; }`:                                                                               false,
		`{ config, ... }: { config = if config.a then { } else { }; }`:                                                             false,
		`{ config, ... }: assert config.a; { b = 1; }`:                                                                             false,
		`{ config, ... }: { inherit imports; }`:                                                                                    false,
		`{ config, lib, ... }: { config = lib.mkIf config.a (lib.mkMerge x); }`:                                                    false,
		`{ config, lib, ... }: { config = lib.mkIf config.a { options = { }; }; }`:                                                 false,
	} {
		require.Equal(t, want, analyze(text).Module.plain(), text)
	}
}
