package parser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
)

// lineCount is the length of the sets that the recovery tests break in the middle.
const lineCount = 500

// brokenFile is a module of lineCount bindings with other text in place of the middle one.
func brokenFile(middle string) string {
	var b strings.Builder
	b.WriteString("{ config, lib, pkgs, ... }:\nlet\n  cfg = config.services.x;\nin\n{\n")
	for i := range lineCount {
		if i == lineCount/2 {
			b.WriteString(middle + "\n")
			continue
		}
		switch i % 5 {
		case 0:
			fmt.Fprintf(&b, "  a%d = lib.mkIf cfg.enable { x = \"${pkgs.y}/bin\"; };\n", i)
		case 1:
			fmt.Fprintf(&b, "  a%d = [ \"x\" y.z (f 1) ];\n", i)
		case 2:
			fmt.Fprintf(&b, "  a%d = ''\n    text ${x}\n  '';\n", i)
		case 3:
			fmt.Fprintf(&b, "  a%d.b.\"c d\" = if x then y else z;\n", i)
		case 4:
			fmt.Fprintf(&b, "  a%d = 1 + 2; # a comment\n", i)
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// survivors counts the bindings of the outer set whose name has the form a<number>.
func survivors(tree *ast.Tree) int {
	count := 0
	for n := range tree.Root().Descendants() {
		if b, ok := ast.AsBinding(n); ok && strings.HasPrefix(b.Attrpath().FirstChild().Text(), "a") && !b.Value().HasError() {
			count++
		}
	}
	return count
}

// TestLostParen mends what lacks a ( by its fix.
func TestLostParen(t *testing.T) {
	for src, want := range map[string]string{
		"[ a x: x) b ]":                          "[ a (x: x) b ]",
		"[ a + b) c ]":                           "[ (a + b) c ]",
		"[ -1) ]":                                "[ (-1) ]",
		"(f [ { a, b }: a) b ])":                 "(f [ ({ a, b }: a) b ])",
		"{ q = f x: x) y; }":                     "{ q = f (x: x) y; }",
		"(f { q = [ if a then b else c) d ]; })": "(f { q = [ (if a then b else c) d ]; })",
	} {
		errs := Parse(src).Errors()
		if assert.Len(t, errs, 1, src) && assert.NotNil(t, errs[0].Fix, src) {
			f := errs[0].Fix
			assert.Equal(t, want, src[:f.Span.Start]+f.Text+src[f.Span.End:], src)
		}
	}
}

// TestRecovery breaks one line of a long set. Few errors come of it, and what stands before and after it
// stays in the tree.
func TestRecovery(t *testing.T) {
	for _, c := range []struct {
		middle string
		errors int // at most
		lost   int // bindings of the outer set, at most, the broken one aside
	}{
		{`  q = f x`, 1, 0},
		{`  q.r = [ 1 2 ]`, 1, 0},
		{`  q = [ 1 2;`, 1, 0},
		{`  q = [ 1 2`, 1, 0},
		{`  q = (f x;`, 1, 0},
		{`  q = (f x`, 1, 0},
		{`  q = { x = 1;`, 1, 0},
		{`  q = { x = 1; ];`, 1, 0},
		{`  q = [ 1 2 };`, 1, 0},
		{`  q = (1 2 ];`, 1, 0},
		{`  q = 1 2);`, 1, 0},
		{`  q = 1 ];`, 1, 0},
		{`  q = let x = 1; x;`, 1, 0},
		{`  q = let x = 1 in x;`, 1, 0},
		{`  q 1;`, 1, 0},
		{`  q { x = 1; };`, 1, 0},
		{`  q: 1;`, 1, 0},
		{`  q == 1;`, 1, 0},
		{`  q`, 1, 0},
		{`  q;`, 1, 0},
		{`  q =`, 1, 0},
		{`  q = ;`, 1, 0},
		{`  q = foo.`, 1, 0},
		{`  q = foo.;`, 1, 0},
		{`  q = foo.bar.`, 1, 0},
		{`  q = if`, 1, 0},
		{`  q = if x`, 1, 0},
		{`  q = if x then`, 1, 0},
		{`  q = if x then y`, 1, 0},
		{`  q = if x then y else`, 1, 0},
		{`  q = with x`, 1, 0},
		{`  q = with x;`, 1, 0},
		{`  q = assert x`, 1, 0},
		{`  q = x:`, 1, 0},
		{`  q = x: y:`, 1, 0},
		{`  q = { x, y }`, 1, 0},
		{`  q = { x, y }:`, 1, 0},
		{`  q = { x, y`, 1, 0},
		{`  q = { x ?`, 1, 0},
		{`  q = 1 +`, 1, 0},
		{`  q = x ++ ;`, 1, 0},
		{`  q = !`, 1, 0},
		{`  q = x ? `, 1, 1},
		{`  q = x.y or`, 1, 0},
		{`  inherit x`, 1, 0},
		{`  inherit (x) y`, 1, 0},
		{`  inherit (x`, 1, 0},
		{`  inherit (x) y, z;`, 1, 0},
		{`  = 1;`, 1, 0},
		{`  if = 1;`, 1, 0},
		{`  1 = 1;`, 1, 0},
		{`  ;`, 1, 0},
		{`  )`, 1, 0},
		{`  ]`, 1, 0},
		{`  in`, 1, 0},
		{`  then`, 1, 0},
		{`  ...`, 1, 0},
		{`  q = "text ${x";`, 2, 0},
		{`  q = "text`, 2, 0},
		{`  q = "text;`, 2, 0},
		{`  q = "`, 2, 0},
		{`  q = f "x" "y;`, 2, 0},
		{`  q = [ "x" "y ];`, 2, 0},
		{`  q = ''`, 2, 0},
		{"  q = ''\n    text", 2, 0},
		{`  q = text";`, 2, 0},
		{`  q = a & b;`, 1, 0},
		{`  q = x ? y : z;`, 1, 0},
		{`  q = [ x: x ];`, 1, 0},
		{`  q = f x: x;`, 1, 0},
		{`  q = [ 1 + 2 ];`, 1, 0},
		{`  q = [ 1, 2 ];`, 1, 0},
		{`  q = a == b == c;`, 1, 0},
		{`  q = ./x/;`, 1, 0},
		{`  q = /* x`, 1, lineCount},
		{`  q = [ x: x) ];`, 1, 0},
		{`  q = f x: x) y;`, 1, 0},
		{`  q = [ -1) ];`, 1, 0},
		{`  q = g { x = [ (a) f x) y ]; };`, 1, 0},
		{`  q = g (h { x = [ (a) f x) y ]; });`, 1, 0},
		{`  q = g (h { x = a b) c; y = 1; });`, 1, 0},
		{`  q = g (h { x = f { y, z }: y); });`, 1, 0},
		{`  q = f ([ 1 2 ) 3;`, 1, 0},
		{`  q = f ([ 1 (g 2 ]);`, 1, 0},
		{`  q = g (h { x = 1; );`, 1, 0},
	} {
		src := brokenFile(c.middle)
		tree := Parse(src)
		require.Empty(t, violation(tree, src), c.middle)
		assert.NotEmpty(t, tree.Errors(), c.middle)
		assert.LessOrEqual(t, len(tree.Errors()), c.errors, "%s\n%s", c.middle, describe(tree))
		assert.GreaterOrEqual(t, survivors(tree), lineCount-1-c.lost, "%s\n%s", c.middle, describe(tree))
	}
	require.Empty(t, Parse(brokenFile("  q = 1;")).Errors())
}
