package eval

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// world is a small set of packages made as nixpkgs makes them, with the value of a file laid upon it as an overlay.
const world = `let
  lib = import LIB;
  mk = args: let self = args // {
    type = "derivation"; name = args.name or "x"; outPath = "/${self.name}";
    overrideAttrs = f: mk (args // (if builtins.isFunction (f args) then f args args else f args));
    override = more: mk (args // (if builtins.isFunction more then more args else more));
  }; in self;
  packages = final: {
    inherit lib mk;
    stdenv = { isLinux = true; mkDerivation = mk; };
    newScope = extra: lib.callPackageWith (final // extra);
    callPackage = final.newScope { };
    a = mk { name = "a"; }; b = mk { name = "b"; }; c = mk { name = "c"; };
    flag = true;
    names = [ "n" "o" ];
    python3 = lib.makeOverridable ({ packageOverrides ? (_: _: { }) }: {
      pkgs = lib.fix (lib.extends packageOverrides (self: { p = mk { name = "p"; }; q = mk { name = "q"; }; }));
    }) { };
    scope = lib.makeScope final.newScope (self: { s = mk { name = "s"; }; t = mk { name = "t"; }; });
    haskellPackages = lib.makeOverridable ({ overrides ? (_: _: { }) }:
      lib.fix (lib.extends overrides (self: { h = mk { name = "h"; }; i = mk { name = "i"; }; }))) { };
  };
  file = import FILE;
  pkgs = lib.fix (lib.extends file packages);
in builtins.seq (EXPR) true`

// fixpointFiles lie beside the file of each row.
var fixpointFiles = map[string]string{
	"lazy.nix":     `{ a, stdenv }: stdenv.mkDerivation { inputs = [ a ]; }`,
	"eager.nix":    `{ a }: a.overrideAttrs (old: { })`,
	"asks.nix":     `{ final }: if final.stdenv.isLinux then { a = 1; } else { }`,
	"names.nix":    `{ final }: { a = final.b; }`,
	"overlay.nix":  `final: prev: { a = final.a; }`,
	"withs.nix":    `{ pkgs }: with pkgs; { a = b; }`,
	"optional.nix": `{ lib, ... }@pkgs: lib.optionalAttrs true { a = 1; }`,
}

// fixpointRows are overlays and the like: what Nix is asked for, and what is found, in the order of the file. Where nothing
// is found, Nix has a value.
var fixpointRows = []struct {
	file, expr string
	found      []string
}{
	// An attribute that needs itself.
	{`final: prev: { a = final.a.overrideAttrs (old: { }); }`, `pkgs.a`, []string{`final.a.overrideAttrs (old: { })`}},
	{`final: prev: { a = prev.a.overrideAttrs (old: { }); }`, `pkgs.a`, nil},
	{`final: prev: { a = final.b.overrideAttrs (old: { }); }`, `pkgs.a`, nil},
	{`final: prev: { a = prev.b.override { inherit (final) c; }; }`, `pkgs.a.c`, nil},
	{`self: super: { inherit (self) a; }`, `pkgs.a`, []string{`a`}},
	{`self: super: { inherit (super) a; }`, `pkgs.a`, nil},
	{`final: prev: { d = final.e; e = final.d; }`, `pkgs.d`, []string{`final.e`}},
	{`final: prev: { d = final.e; e = final.a; }`, `pkgs.d`, nil},
	{`final: prev: { d = final.e; e = prev.d or 1; }`, `pkgs.d`, nil},
	{`final: prev: { a = final.a or 1; }`, `pkgs.a`, []string{`final.a or 1`}},
	{`final: prev: { a = prev.a or final.a; }`, `pkgs.a`, nil},
	{`final: prev: { a = final ? a; }`, `pkgs.a`, nil},
	{`final: prev: { a = [ final.a ]; }`, `pkgs.a`, nil},
	{`final: prev: { a = { x = final.a; }; }`, `pkgs.a.x.x`, nil},
	{`final: prev: { a = { x = final.a.x; }; }`, `pkgs.a.x`, []string{`final.a.x`}},
	{`final: prev: { a.x = final.a.y; a.y = 1; }`, `pkgs.a.x`, nil},
	{`final: prev: { a = x: final.a x; }`, `pkgs.a`, nil},
	{`final: prev: { a = prev.mk { inherit (final) a; }; }`, `pkgs.a`, nil},
	{`final: prev: { a = prev.a.overrideAttrs (old: { name = "${final.b}"; }); }`, `pkgs.a.name`, nil},
	{`final: prev: { a = prev.b.overrideAttrs (old: { x = final.a; }); }`, `pkgs.a`, nil},
	{`final: prev: { a = "${final.a}"; }`, `pkgs.a`, []string{`"${final.a}"`}},
	{`final: prev: { d = "x" + final.d; }`, `pkgs.d`, []string{`"x" + final.d`}},
	{`final: prev: { a = if final.flag then 1 else final.a; }`, `pkgs.a`, nil},
	{`final: prev: { a = if final.flag then final.a else final.a; }`, `pkgs.a`, []string{`if final.flag then final.a else final.a`}},
	{`final: prev: { d = if true then final.d else 1; }`, `pkgs.d`, []string{`if true then final.d else 1`}},
	{`final: prev: { d = if false then final.d else 1; }`, `pkgs.d`, nil},
	{`final: prev: { d = with final; d; }`, `pkgs.d`, []string{`with final; d`}},
	{`final: prev: { d = with final; a; }`, `pkgs.d`, nil},
	{`final: prev: with prev; { d = c; }`, `pkgs.d`, nil},
	{`final: prev: { d = let inherit (final) d; in d; }`, `pkgs.d`, []string{`let inherit (final) d; in d`}},
	{`final: prev: { d = let inherit (final) d; in [ d ]; }`, `pkgs.d`, nil},
	{`final: prev: let d = final.e; in { e = d; }`, `pkgs.e`, []string{`final.e`}},
	{`final: prev: let e = prev.a; in { e = e.name; }`, `pkgs.e`, nil},
	{`final: prev: rec { d = e; e = final.d; }`, `pkgs.d`, []string{`e`}},
	{`final: prev: rec { d = e; e = prev.a; }`, `pkgs.d`, nil},
	{`final: prev: { d = assert final.d != 1; 1; }`, `pkgs.d`, []string{`assert final.d != 1; 1`}},
	{`final: prev: { d = builtins.tryEval final.d; }`, `pkgs.d`, []string{`builtins.tryEval final.d`}},
	{`final: prev: { d = builtins.seq final.e 1; e = final.d; }`, `pkgs.d`, []string{`builtins.seq final.e 1`}},
	{`final: prev: { d = map (x: x.name) final.e; e = [ final.d ]; }`, `pkgs.d`, nil},
	{`final: prev: { d = builtins.head final.e; e = [ final.d ]; }`, `pkgs.d`, []string{`builtins.head final.e`}},
	{`final: prev: { lib = prev.lib // { x = final.lib.x; }; }`, `pkgs.lib.x`, []string{`final.lib.x`}},
	{`final: prev: { lib = prev.lib // { x = final.lib.id; }; }`, `pkgs.lib.x`, nil},
	{`final: prev: { lib = prev.lib.extend (lf: lp: { x = lf.x; }); }`, `pkgs.lib.x`, []string{`lf.x`}},
	{`final: prev: { lib = prev.lib.extend (lf: lp: { x = lp.id lf.id; }); }`, `pkgs.lib.x`, nil},
	{`{ }: final: prev: { a = final.a; }`, `(lib.fix (lib.extends (file { }) packages)).a`, []string{`final.a`}},
	{`_final: _prev: { a = _final.b; }`, `pkgs.a`, nil},
	{`final: prev: { d = prev.d or 1; e = final.d; }`, `pkgs.e`, nil},
	// Files.
	{`final: prev: { a = final.callPackage ./lazy.nix { inherit (final) a; }; }`, `pkgs.a`, nil},
	{`final: prev: { a = final.callPackage ./eager.nix { inherit (final) a; }; }`, `pkgs.a`, []string{`final.callPackage ./eager.nix { inherit (final) a; }`}},
	{`final: prev: { a = final.callPackage ./eager.nix { inherit (prev) a; }; }`, `pkgs.a`, nil},
	{`final: prev: { a = final.callPackage ./lazy.nix { }; }`, `pkgs.a`, nil},
	{`final: prev: import ./asks.nix { inherit final; }`, `pkgs`, []string{`final`}},
	{`final: prev: import ./names.nix { inherit final; }`, `pkgs.a`, nil},
	{`final: prev: import ./withs.nix { pkgs = final; }`, `pkgs.a`, nil},
	{`final: prev: import ./withs.nix { pkgs = prev; }`, `pkgs.a`, nil},
	{`final: prev: import ./optional.nix final`, `pkgs`, []string{`final`}},
	{`final: prev: import ./optional.nix prev`, `pkgs.a`, nil},
	{`final: prev: (import ./overlay.nix final prev) // { b = 1; }`, `pkgs.b`, nil},
	// The names of what an overlay gives need what they make.
	{`final: prev: if final.stdenv.isLinux then { a = 1; } else { }`, `pkgs`, []string{`final`}},
	{`final: prev: if prev.stdenv.isLinux then { a = 1; } else { }`, `pkgs.a`, nil},
	{`final: prev: { a = if final.stdenv.isLinux then 1 else 2; }`, `pkgs.a`, nil},
	{`final: prev: final.lib.optionalAttrs true { a = 1; }`, `pkgs`, []string{`final`}},
	{`final: prev: prev.lib.optionalAttrs true { a = 1; }`, `pkgs.a`, nil},
	{`{ lib }: final: prev: lib.optionalAttrs final.flag { a = 1; }`, `lib.fix (lib.extends (file { inherit lib; }) packages)`, []string{`final`}},
	{`{ lib }: final: prev: lib.optionalAttrs prev.flag { a = 1; }`, `lib.fix (lib.extends (file { inherit lib; }) packages)`, nil},
	{`{ overlays = [ (pkgs: prev: pkgs.lib.optionalAttrs true { }) ]; }`, `lib.fix (lib.extends (builtins.head file.overlays) packages)`, []string{`pkgs`}},
	{`{ overlays = [ (pkgs: prev: { a = pkgs.lib.optionalAttrs true { }; }) ]; }`, `(lib.fix (lib.extends (builtins.head file.overlays) packages)).a`, nil},
	{`final: prev: prev.lib.optionalAttrs prev.flag { a = final.b; }`, `pkgs.a`, nil},
	{`final: let inherit (final.lib) listToAttrs; in _: listToAttrs [ { name = "a"; value = 1; } ]`, `pkgs`, []string{`final`}},
	{`final: let inherit (final.lib) id; in _: { a = id 1; }`, `pkgs.a`, nil},
	{`final: prev: with final; { d = a; }`, `pkgs.d`, nil},
	{`final: prev: with final.lib; { d = id 1; }`, `pkgs.d`, nil},
	{`final: prev: with final.lib; optionalAttrs true { d = 1; }`, `pkgs`, []string{`final`}},
	{`final: prev: { ${final.a.name} = 1; }`, `pkgs`, []string{`final`}},
	{`final: prev: { ${prev.a.name} = 1; }`, `pkgs.a`, nil},
	{`final: prev: { a = 1; } // final.b`, `pkgs`, []string{`final`}},
	{`final: prev: { a = 1; } // prev.b`, `pkgs.a`, nil},
	{`final: prev: { a = 1; b = { } // final.c; }`, `pkgs.b`, nil},
	{`final: prev: builtins.mapAttrs (n: v: final.mk v) { d = { name = "d"; }; }`, `pkgs.d`, nil},
	{`final: prev: builtins.mapAttrs (n: v: v) final.names`, `pkgs`, []string{`final`}},
	{`final: prev: builtins.listToAttrs (map (n: { name = n; value = final.b; }) final.names)`, `pkgs`, []string{`final`}},
	{`final: prev: builtins.listToAttrs (map (n: { name = n; value = final.b; }) prev.names)`, `pkgs.n`, nil},
	{`final: prev: prev.lib.genAttrs [ "d" ] (n: final.b)`, `pkgs.d`, nil},
	{`final: prev: assert final.flag; { }`, `pkgs`, []string{`final`}},
	{`final: prev: assert prev.flag; { }`, `pkgs.a`, nil},
	{`final: prev: builtins.removeAttrs final [ "a" ]`, `pkgs`, []string{`final`}},
	{`final: prev: let inherit (final) lib; in lib.optionalAttrs true { d = 1; }`, `pkgs`, []string{`final`}},
	{`final: prev: let inherit (prev) lib; in lib.optionalAttrs true { d = 1; }`, `pkgs.d`, nil},
	{`final: prev: let x = final.flag; in { d = x; }`, `pkgs.d`, nil},
	{`final: prev: let x = final.flag; in builtins.seq x { }`, `pkgs`, []string{`final`}},
	{`final: prev: { inherit (final) a; } // { a = prev.a; }`, `pkgs.a`, nil},
	{`final: prev: { a = prev.a; } // { inherit (final) a; }`, `pkgs.a`, []string{`a`}},
	// Other sets of packages.
	{`final: prev: { scope = prev.scope.overrideScope (self: super: { s = self.s; }); }`, `pkgs.scope.s`, []string{`self.s`}},
	{`final: prev: { scope = prev.scope.overrideScope (self: super: { s = super.s; t = self.s; }); }`, `pkgs.scope.t`, nil},
	{`final: prev: { scope = prev.scope.overrideScope (self: super: { s = final.scope.s; }); }`, `pkgs.scope`, nil},
	{`final: prev: { python3 = prev.python3.override { packageOverrides = self: super: { p = self.p.overrideAttrs (o: { }); }; }; }`, `pkgs.python3.pkgs.p`, []string{`self.p.overrideAttrs (o: { })`}},
	{`final: prev: { python3 = prev.python3.override { packageOverrides = self: super: { p = super.p.overrideAttrs (o: { }); }; }; }`, `pkgs.python3.pkgs.p`, nil},
	{`final: prev: { haskellPackages = prev.haskellPackages.override { overrides = self: super: { h = self.i; i = self.h; }; }; }`, `pkgs.haskellPackages.h`, []string{`self.i`}},
	{`final: prev: { haskellPackages = prev.haskellPackages.override { overrides = self: super: { h = self.i; i = super.h; }; }; }`, `pkgs.haskellPackages.h`, nil},
	{`final: prev: { haskellPackages = prev.haskellPackages.override { overrides = self: _: { i = self.i; }; }; }`, `pkgs.haskellPackages.i`, []string{`self.i`}},
	// Makers, and fixpoints that the file spells out.
	{`{ lib }: lib.fix (self: { a = self.b; b = self.a; })`, `(file { inherit lib; }).a`, []string{`self.b`}},
	{`{ lib }: lib.fix (self: { a = self.b; b = 1; })`, `(file { inherit lib; }).a`, nil},
	{`{ lib }: lib.fix (self: if self.a then { a = true; } else { })`, `file { inherit lib; }`, []string{`self`}},
	{`{ lib }: lib.makeExtensible (self: { a = self.a; })`, `(file { inherit lib; }).a`, []string{`self.a`}},
	{`{ lib }: lib.makeExtensible (self: { a = self.extend; })`, `(file { inherit lib; }).a`, nil},
	{`{ lib }: (lib.makeExtensible (x: { a = 1; })).extend (new: old: { a = new.a; })`, `(file { inherit lib; }).a`, []string{`new.a`}},
	{`{ lib }: (lib.makeExtensible (x: { a = 1; })).extend (new: old: { a = old.a; })`, `(file { inherit lib; }).a`, nil},
	{`{ lib }: lib.composeManyExtensions [ (x: y: { a = 1; }) (x: y: { b = x.b; }) ]`, `(lib.fix (lib.extends (file { inherit lib; }) packages)).b`, []string{`x.b`}},
	{`{ lib }: lib.composeManyExtensions [ (x: y: { a = 1; }) (x: y: { b = x.a; }) ]`, `(lib.fix (lib.extends (file { inherit lib; }) packages)).b`, nil},
	{`{ overlays = [ (x: y: { a = x.a; }) ]; }`, `(lib.fix (lib.extends (builtins.head file.overlays) packages)).a`, []string{`x.a`}},
	{`{ overlays.default = x: y: { a = x.a; }; }`, `(lib.fix (lib.extends file.overlays.default packages)).a`, []string{`x.a`}},
	{`{ overlays.default = x: y: { a = y.a; }; }`, `(lib.fix (lib.extends file.overlays.default packages)).a`, nil},
	{`{ other = [ (x: y: { a = x.a; }) ]; }`, `builtins.head file.other { a = 1; } { }`, nil},
	{`let fix = f: let x = f x; in x; in fix (self: { a = self.a; })`, `file.a`, []string{`self.a`}},
	{`let fix = f: let x = f x; in x; in fix (self: { a = self.b; b = 1; })`, `file.a`, nil},
	{`let fix = f: let x = f x; in x; in fix (self: if self.a then { a = true; } else { })`, `file`, []string{`self`}},
	{`let fix = f: let x = f x; in x; extends = o: g: final: let prev = g final; in prev // o final prev; in fix (extends (self: super: { a = self.a; }) (self: { a = 1; }))`, `file.a`, []string{`self.a`}},
	{`let fix = f: let x = f x; in x; extends = o: g: final: let prev = g final; in prev // o final prev; in fix (extends (self: super: { a = super.a; b = self.a; }) (self: { a = 1; }))`, `file.b`, nil},
	{`builtins.foldl' (final: prev: final // prev) { } [ { a = 1; } { b = 2; } ]`, `file.b`, nil},
	{`let merge = self: super: self // super; in { a = merge { b = 1; } { }; }`, `file.a.b`, nil},
	{`let overlay = self: super: { a = self.a; }; in overlay`, `pkgs.a`, []string{`self.a`}},
	{`let once = f: f { a = 1; }; in once (self: { a = self.a; })`, `file.a`, nil},
}

func TestFixpoints(t *testing.T) {
	nix, lib := testenv.Nix234(t), testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	dir := testenv.Tree(t, fixpointFiles)
	load := func(path, text string) *Code {
		tree := parser.Parse(text)
		require.Empty(t, tree.Errors(), text)
		return Lower(tree, path, sema.Resolve(tree))
	}
	for i, row := range fixpointRows {
		path := filepath.Join(dir, "row.nix")
		code := load(path, row.file)
		require.NotNil(t, code, row.file)
		ev := NewEvaluation()
		ev.Import = func(path string) *Code {
			if text, ok := fixpointFiles[filepath.Base(path)]; ok {
				return load(path, text)
			}
			return nil
		}
		findings, _ := Examine(ev, code)
		var found []string
		for _, f := range findings {
			found = append(found, f.Span.Of(row.file))
		}
		assert.Equal(t, row.found, found, "row %d: %s", i, row.file)
		expr := strings.NewReplacer("LIB", lib, "import FILE", "("+row.file+")", "EXPR", row.expr).Replace(world)
		cmd := exec.Command(nix, "--eval", "--expr", strings.ReplaceAll(expr, "./", dir+"/"))
		cmd.Env = append(cmd.Environ(), "HOME="+t.TempDir(), "NIX_REMOTE=dummy://")
		out, err := cmd.CombinedOutput()
		if row.found != nil {
			assert.ErrorContains(t, err, "", "row %d has a value: %s", i, row.file)
			assert.Contains(t, string(out), "infinite recursion", "row %d: %s", i, row.file)
		} else {
			assert.NoError(t, err, "row %d: %s\n%s", i, row.file, out)
		}
	}
}
