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
		{"{ lib }: HERE lib.optional or x", "", ""},
		{"{ lib }: HERE lib.${x}", "", ""},
		{"{ lib }: HERE lib", "", ""},
		{"let lib = import ./lib.nix; in HERE lib.optional", "", ""},
		{"{ config }: HERE config.lib.optional", "", ""},
	} {
		tree := parser.Parse(strings.Replace(c.text, "HERE", "here", 1))
		names := sema.Resolve(tree)
		var n ast.Node
		for d := range tree.Root().Descendants() {
			if a, ok := ast.AsApply(d); ok && a.Func().Text() == "here" {
				n = a.Arg()
			}
		}
		require.True(t, n.IsValid(), c.text)
		path, last, ok := nixlang.LibPath(names, n)
		assert.Equal(t, c.path != "", ok, c.text)
		if ok {
			assert.Equal(t, c.path, path, c.text)
			assert.Equal(t, c.last, last.Text(), c.text)
		}
	}
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
