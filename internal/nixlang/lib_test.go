package nixlang_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

func TestLibPath(t *testing.T) {
	for _, c := range []struct{ text, path, last string }{
		{"{ lib }: HERE lib.optional", "optional", "optional"},
		{"{ lib }: HERE lib.lists.optional", "lists.optional", "optional"},
		{"{ lib }: HERE (lib.lists).\"optional\"", "lists.optional", "\"optional\""},
		{"{ pkgs }: HERE pkgs.lib.lists.optional", "lists.optional", "optional"},
		{"{ inputs }: HERE inputs.nixpkgs.lib.optional", "optional", "optional"},
		{"{ inputs }: HERE (inputs.nixpkgs).lib.optional", "optional", "optional"},
		{"{ nixpkgs-unstable }: HERE nixpkgs-unstable.lib.optional", "optional", "optional"},
		{"{ pkgsStable }: let lib = pkgsStable.lib; in HERE lib.optional", "optional", "optional"},
		{"{ pkgs' }: let inherit (pkgs') lib; in HERE lib.optional", "optional", "optional"},
		{"{ nixpkgs-fmt }: HERE nixpkgs-fmt.lib.optional", "", ""},
		{"let lib = import <nixpkgs/lib>; in HERE lib.optional", "optional", "optional"},
		{"{ inputs }: let lib = import \"${inputs.nixpkgs}/lib\"; in HERE lib.optional", "optional", "optional"},
		{"{ nixpkgs }: let lib = builtins.import (nixpkgs + \"/lib\"); in HERE lib.optional", "optional", "optional"},
		{"{ x }: let lib = import \"${x}/lib\"; in HERE lib.optional", "", ""},
		{"{ nixpkgs }: let lib = import \"${nixpkgs}/lib/systems\"; in HERE lib.optional", "", ""},
		{"{ lib }: with lib; HERE optional", "optional", "optional"},
		{"{ lib }: with lib.lists; HERE optional", "lists.optional", "optional"},
		{"{ lib, x }: with x; with lib; HERE optional", "", ""},
		{"{ lib }: with lib; HERE types.str", "types.str", "str"},
		{"{ lib }: with lib; with types; HERE str", "types.str", "str"},
		{"{ lib }: with lib; with lib.types; HERE path", "", ""}, // lib.path or lib.types.path
		{"{ lib }: with lib; with types; HERE strr", "types.strr", "strr"},
		{"{ lib }: with builtins; with lib; HERE optional", "optional", "optional"},
		{"{ lib }: with lib; with builtins; HERE mapAttrs", "", ""},
		{"{ lib }: with lib; with other; HERE str", "", ""},
		{"{ lib }: with lib; with lib.my; HERE mapAttrs", "", ""},
		{"{ lib }: with lib.my; with lib; HERE mapAttrs", "", ""},
		{"{ lib }: with lib; with lib.types; with lib.my.types; HERE listOf", "", ""},
		{"{ lib, x }: with x; with lib; HERE types.str", "", ""},
		{"{ lib }: let inherit (lib) types; in HERE types.str", "types.str", "str"},
		{"{ lib }: let types = lib.types; in HERE types.str", "types.str", "str"},
		{"{ lib }: let t = (lib).types; in with t; HERE str", "types.str", "str"},
		{"{ nixpkgs }: let l = nixpkgs.lib; in HERE l.types.str", "types.str", "str"},
		{"{ lib }: let l = lib // { }; in HERE l.optional", "", ""},
		{"{ lib }: let t = lib.types or x; in HERE t.str", "", ""},
		{"{ lib }: let types = lib.types; in { types }: HERE types.str", "", ""},
		{"{ lib }: rec { types = lib.types; x = HERE types.str; }", "", ""},
		{"{ lib }: let types = types.types; in HERE types.str", "", ""},
		{"let l = import <nixpkgs/lib>; in HERE l.optional", "optional", "optional"},
		{"HERE (import <nixpkgs/lib>).optional", "optional", "optional"},
		{"{ lib }: HERE lib.optional or x", "", ""},
		{"{ lib }: HERE lib.${x}", "", ""},
		{"{ lib }: HERE lib", "", ""},
		{"{ pkgs }: with pkgs; HERE lib", "", ""},
		{"let lib = import ./lib.nix; in HERE lib.optional", "", ""},
		{"{ config }: HERE config.lib.optional", "", ""},
	} {
		tree := parser.Parse(strings.Replace(c.text, "HERE", "here", 1))
		names := sema.Resolve(tree)
		n := argumentOf(tree, "here")
		require.True(t, n.IsValid(), c.text)
		path, last, ok := nixlang.LibPath(names, n)
		assert.Equal(t, c.path != "", ok, c.text)
		if ok {
			assert.Equal(t, c.path, path, c.text)
			assert.Equal(t, c.last, last.Text(), c.text)
		}
	}
}

func TestLib(t *testing.T) {
	for text, want := range map[string]string{
		"{ lib }: HERE lib.lists.optional":                                     "optional",
		"{ lib }: with lib; HERE optional":                                     "optional",
		"{ lib }: let inherit (lib) optional; in HERE optional":                "optional",
		"{ lib }: let o = lib.optional; in HERE o":                             "optional",
		"{ lib }: let optional = lib.optional; in HERE (optional)":             "optional",
		"{ lib }: let inherit (lib) types; in HERE types":                      "types",
		"{ lib }: HERE lib":                                                    "",
		"{ lib }: let inherit optional; in HERE optional":                      "",
		"{ lib }: let optional = c: x: [ x ]; in HERE optional":                "",
		"{ lib, optional }: HERE optional":                                     "",
		"{ lib }: let optional = lib.optional; in optional: HERE optional":     "",
		"{ lib }: " + strings.Repeat("with lib; with types; ", 200) + "HERE x": "",
	} {
		tree := parser.Parse(strings.Replace(text, "HERE", "here", 1))
		assert.Equal(t, want, nixlang.Lib(sema.Resolve(tree), argumentOf(tree, "here")), text)
	}
}

func TestFromCaller(t *testing.T) {
	for text, want := range map[string]bool{
		"{ lib }: HERE lib.optional":                                true,
		"lib: with lib; HERE optional":                              true,
		"{ lib }: let inherit (lib) types; in HERE types.str":       true,
		"{ lib }: let t = lib.types; in HERE t.str":                 true,
		"{ pkgs }: HERE pkgs.lib.optional":                          false,
		"{ pkgs }: let lib = pkgs.lib; in HERE lib.optional":        false,
		"{ pkgs }: let inherit (pkgs) lib; in with lib; HERE types": false,
		"{ x }: HERE x.optional":                                    false,
	} {
		tree := parser.Parse(strings.Replace(text, "HERE", "here", 1))
		assert.Equal(t, want, nixlang.FromCaller(sema.Resolve(tree), argumentOf(tree, "here")), text)
	}
}

// argumentOf returns the argument that a function of a name is called with.
func argumentOf(tree *ast.Tree, name string) (arg ast.Node) {
	for d := range tree.Root().Descendants() {
		if a, ok := ast.AsApply(d); ok && a.Func().Text() == name {
			arg = a.Arg()
		}
	}
	return arg
}

func TestAskedBuiltins(t *testing.T) {
	names := sema.Resolve(parser.Parse(`[ (builtins ? a) (builtins.hasAttr "b" builtins) (builtins.c or 1) (x: builtins.d) (builtins.langVersion < 6) ]`))
	assert.Equal(t, map[string]bool{"a": true, "b": true, "nixVersion": true}, nixlang.AskedBuiltins(names))
	assert.Empty(t, nixlang.AskedBuiltins(sema.Resolve(parser.Parse("let builtins = 1; in builtins ? a"))))
}

func TestInParens(t *testing.T) {
	for _, c := range [][2]string{{"f ( x /* c */ )", "f ( y /* c */ )"}, {"f x", "f y"}, {"((x))", "((y))"}} {
		tree := parser.Parse(c[0])
		n := find(tree, "x")
		span, text := nixlang.InParens(n, "y")
		assert.Equal(t, c[1], c[0][:span.Start]+text+c[0][span.End:])
	}
}
