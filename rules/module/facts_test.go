package module

// facts are what the module system allows and refuses that rules must know, each with a module that shows it.
var facts = []truth{
	// What may stand beside options and config.
	{"", `{ lib, ... }: { options.q = lib.mkOption { default = 1; }; _class = null; _file = "q"; key = "q"; disabledModules = [ ]; imports = [ ]; }`},
	{"", `{ lib, ... }: { options.q = lib.mkOption { default = 1; }; freeformType = lib.types.attrsOf lib.types.anything; config.other = 2; }`},
	{"", `{ lib, ... }: { options.meta = lib.mkOption { default = { }; }; meta = { a = 1; }; config.y = 1; }`},
	{"unsupported-module-attribute", `{ lib, ... }: { options.q = lib.mkOption { default = 1; }; _module.args.a = 1; }`},
	{"unsupported-module-attribute", `{ lib, ... }: { options.q = lib.mkOption { default = 1; }; require = [ ]; }`},

	// Arguments with defaults.
	{"module-argument-default", `{ config, fancy ? false, ... }: { y = fancy; }`},
	{"", `{ config, fancy ? false, ... }: { y = 1; }`},
	{"", `{ config, pkgs ? import <nixpkgs> { }, ... }: { tree.a = pkgs.stdenv.isLinux; }`},
	{"", `{ config, lib ? null, ... }: { y = lib.id 1; }`},
	{"", `{ config, pkgs, ... }: with pkgs.lib; { imports = [ ./leaf.nix ]; y = id 1; }`},
	{usePkgs, `{ config, pkgs, ... }: with pkgs.lib; { imports = optional true ./leaf.nix; }`},

	// Arguments as a whole: of _module.args, only those that are named are passed.
	{"", `{ config, lib, ... }@args: { y = args.lib.id 1; z = args.special; }`},
	{"-", `{ config, lib, ... }@args: { tree.a = args.pkgs.stdenv.isLinux; }`},
	{"", `{ config, pkgs, ... }@args: { tree.a = args.pkgs.stdenv.isLinux; }`},
	{"-", `{ config, lib, ... }@args: { _module.args.more = 1; y = args.more; }`},

	// Options that need themselves.
	{"", `{ config, lib, ... }: { options.q = lib.mkOption { default = config.q; }; config.q = 1; }`},
	{"self-defined-option", `{ config, lib, ... }: { options.q = lib.mkOption { default = config.q; }; }`},
	{"", `{ config, lib, ... }: { options.p.a = lib.mkOption { }; options.p.b = lib.mkOption { }; config.p = lib.mkMerge [ { a = lib.mkDefault config.p.b; b = lib.mkDefault config.p.a; } { a = 1; } ]; }`},
	{"", `{ config, lib, ... }: { options.p.a = lib.mkOption { }; options.p.b = lib.mkOption { }; config.p = lib.mkMerge [ (lib.mkIf config.on.enable { a = config.p.b; b = 1; }) (lib.mkIf (!config.on.enable) { b = config.p.a; a = 1; }) ]; }`},
	{"", `{ config, lib, ... }: { options.p.on = lib.mkOption { default = false; }; options.p.x = lib.mkOption { default = 1; }; config.p = lib.mkIf (!config.p.on) { x = 2; }; }`},
	{"-", `{ config, lib, ... }: { options.p = lib.mkOption { default = { }; type = lib.types.submodule { options.on = lib.mkOption { default = false; }; options.x = lib.mkOption { default = 1; }; }; }; config.p = lib.mkIf (!config.p.on) { x = 2; }; }`},
	{"-", `{ config, lib, ... }: { tree = lib.mkIf (!(config.tree.on or false)) { x = 2; }; }`},
	{"-", `{ config, lib, ... }: { freeformType = lib.types.attrsOf lib.types.anything; config = lib.mkIf (!(config.free.on or false)) { free.x = 2; }; }`},
	{"", `{ config, lib, ... }: { options.s = lib.mkOption { default = { }; type = lib.types.submodule { options.q = lib.mkOption { default = 1; }; options.r = lib.mkOption { default = 2; }; }; }; config.s.q = config.s.r; }`},
	{"", `{ config, lib, ... }: { plain.w.v = config.plain.z.v; plain.z.v = [ 1 ]; }`},
	{"", `{ config, lib, ... }: { options.l = lib.mkOption { type = lib.types.lazyAttrsOf lib.types.int; }; config.l = { a = 1; b = config.l.a; }; }`},
	{"-", `{ config, lib, ... }: { tree = { a = 1; b = config.tree.a; }; }`},
	{"", `{ options, ... }: { out = options.out.default ++ [ "z" ]; }`},

	// Declarations.
	{"mkoption-argument", `{ lib, ... }: { options.q = lib.mkOption { tpye = lib.types.int; default = 1; }; }`},
	{"mkoption-argument", `{ lib, ... }: { options.q = lib.mkOption { type = "int"; default = 1; }; }`},
	{"mkoption-argument", `{ lib, ... }: { options.q = lib.mkOption { type = lib.types.int; default = "1"; }; }`},
	{"", `{ lib, ... }: { options.q = lib.mkOption { type = lib.types.int; default = "1"; }; config.q = 1; }`},
	{"", `{ lib, ... }: { options.q = lib.mkOption { type = lib.types.submodule { }; default = { }; }; }`},
	{"", `{ lib, ... }: { options.q = lib.mkOption { type = lib.types.submodule { imports = [ ]; }; default = { }; }; }`},
	{"", `{ lib, ... }: { options.q = lib.mkOption { type = lib.types.submodule [ { } { } ]; default = { }; }; }`},
	{"", `{ lib, ... }: { options.q = lib.mkEnableOption "q" // { default = true; }; options.r = lib.mkOption { type = lib.types.int; } // { default = 1; }; }`},
	{"", `{ config, lib, ... }: { config = lib.mkIf config.on.enable { y = 1; } // { }; }`},

	// What is declared or defined twice.
	{"-", `{ lib, ... }: { imports = [ { options.q = lib.mkOption { default = 1; }; } { options.q = lib.mkOption { default = 1; }; } ]; }`},
	{"", `{ lib, ... }: { imports = [ { options.q = lib.mkOption { default = 1; type = lib.types.int; }; } { options.q = lib.mkOption { description = "q"; type = lib.types.int; }; } ]; }`},
	{"-", `{ lib, ... }: { imports = [ { options.q = lib.mkOption { default = 1; type = lib.types.int; }; } { options.q = lib.mkOption { type = lib.types.str; }; } ]; }`},
	{"", `{ lib, ... }: { y = lib.mkMerge [ true true ]; }`},
	{"", `{ lib, ... }: { out = lib.mkMerge [ (lib.mkForce [ "a" ]) (lib.mkForce [ "b" ]) ]; }`},
	{"", `{ lib, ... }: { on.enable = lib.mkMerge [ true (lib.mkIf false (lib.mkForce false)) ]; }`},
	{"-", `{ lib, ... }: { options.q = lib.mkOption { type = lib.types.int; default = 1; }; config.q = lib.mkOptionDefault 2; }`},
	{"-", `{ lib, ... }: { on.enable = lib.mkForce (lib.mkIf true true); }`}, // the raw set is the value

	{"-", `{ lib, ... }: { options.q = lib.mkOption { type = lib.types.str; }; imports = [ { q = lib.mkDefault "a"; } { q = lib.mkDefault "b"; } ]; }`},
	{"", `{ lib, ... }: { options.q = lib.mkOption { type = lib.types.str; }; imports = [ { q = lib.mkDefault "a"; } { q = lib.mkDefault "b"; } { q = "c"; } ]; }`},
	{"", `{ lib, ... }: { options.q = lib.mkOption { type = lib.types.str; }; imports = [ { q = lib.mkDefault "a"; } { q = lib.mkDefault "a"; } ]; }`},

	// Imports.
	{"-", `{ lib, ... }: let same = { options.q = lib.mkOption { default = 1; }; }; in { imports = [ same same ]; }`}, // only paths are imported once
	{"", `{ lib, ... }: { imports = [ ./lazy.nix ./lazy.nix ]; }`},

	// Options that do not exist.
	{"", `{ lib, options, ... }: { config = lib.optionalAttrs (options ? nosuch) { nosuch = 1; }; }`},
	{"", `{ config, ... }: { y = config.nosuch.foo or 3; }`},
	{"", `{ config, ... }: { _module.check = false; nosuch = 1; }`},
	{"", `{ lib, ... }: { freeformType = lib.types.attrsOf lib.types.anything; nosuch = 1; }`},
	{"-", `{ lib, ... }: { config = lib.mkIf false { nosuch = 1; }; }`},
}
