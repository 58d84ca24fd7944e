package eval

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// endlessFunctions are functions f, with how they are called, of which no call has a value.
var endlessFunctions = []struct{ functions, call string }{
	{"f = x: f x;", "f 1"},
	{"f = x: f (x + 1);", "f 1"},
	{"f = x: y: f (x + 1) y;", "f 1 2"},
	{"f = { n, ... }: f { n = n + 1; };", "f { n = 1; }"},
	{"f = { n ? 1 }@args: f args;", "f { }"},
	{"f = x: x * f (x - 1);", "f 1"},
	{"f = x: { a = 1; } // f x;", "f 1"},
	{"f = x: [ x ] ++ f x;", "f 1"},
	{"f = x: (f x).a;", "f 1"},
	{"f = x: (f x).a or 1;", "f 1"},
	{"f = x: f x ? a;", "f 1"},
	{"f = x: let y = f x; in y + 1;", "f 1"},
	{"f = x: if x then f false else f true;", "f true"},
	{"f = x: if f x then 1 else 2;", "f 1"},
	{"f = x: builtins.length (f x);", "f 1"},
	{`f = x: "a${f x}";`, "f 1"},
	{"f = x: with { a = f x; }; a;", "f 1"},
	{"f = x: g x; g = x: f x;", "f 1"},
	{"f = x: 1 + g [ x ]; g = x: f (builtins.head x);", "f 1"},
	{"f = x: s.g x; s = { g = y: f y; };", "f 1"},
	{"f = x: builtins.seq x (f x);", "f 1"},
	{"f = x: !f x;", "f true"},
	{"f = x: ap f x; ap = g: y: g y;", "f 1"},
}

// endingFunctions are functions f that have a value for some arguments, or that end by intention.
var endingFunctions = []struct{ functions, call string }{
	{"f = n: if n == 0 then 0 else f (n - 1);", "f 3"},
	{"f = n: if n == 0 then 0 else 1 + f (n - 1);", "f 3"},
	{"f = x: [ (f x) ];", "f 1"},
	{"f = x: { a = f x; };", "f 1"},
	{"f = x: y: f x;", "f 1 2"},
	{"f = x: f;", "f 1"},
	{"f = x: x.self or (f { self = 1; });", "f { }"},
	{"f = x: true || f x;", "f 1"},
	{"f = x: x || f true;", "f false"},
	{"f = x: if x ? a then x.a else f { a = 1; };", "f { }"},
	{"f = { n ? f { n = 1; } }: n;", "f { }"},
	{"f = x: (builtins.tryEval (if x then throw \"a\" else f true)).success;", "f false"},
	{"f = x: builtins.tryEval (f x);", ""}, // Nix does not end, but is not known to
	{"f = x: if x == 0 then throw \"out\" else f (x - 1);", ""},
	{"f = x: assert x > 0; f (x - 1);", ""},
	{"f = x: builtins.foldl' (a: y: f y) x [ ];", "f 1"},
	{"f = x: map f [ x ];", "f 1"},
	{"f = x: const 1 (f x); const = a: b: a;", "f 1"},
	{"f = x: h (f x); h = { __functor = s: y: 1; };", "f 1"},
	{"f = x: x (f x);", "f (y: 1)"},
	{"f = f: f 1;", "f (x: x)"},
	{"f = x: let f = y: y; in f x;", "f 1"},
	{"f = x: g x; g = x: if x then 1 else f true;", "f false"},
	{"f = x: lib.const 1 (f x); lib.const = a: b: a;", "f 1"},
}

// TestEndless holds what is said of recursive functions against Nix: calls of the first have no value, those of the others have one.
func TestEndless(t *testing.T) {
	dir := testenv.Tree(t, nil)
	var ends []claim
	check := func(functions string, want bool) {
		text := "{ unknown }: let " + functions + " in f"
		tree := parser.Parse(text)
		require.Empty(t, tree.Errors(), text)
		code := Lower(tree, dir+"/x.nix", nil)
		function := Expr(0)
		for i := range code.exprs {
			if s := code.Span(Expr(i)); code.exprs[i].op == opLambda && strings.HasPrefix(text[:s.Start], "{ unknown }: let f = ") && len("{ unknown }: let f = ") == int(s.Start) {
				function = Expr(i)
			}
		}
		require.NotZero(t, function, text)
		assert.Equal(t, want, Endless(code, function, nil), functions)
	}
	for _, c := range endlessFunctions {
		check(c.functions, true)
		got := askNix(t, dir, []claim{{expr: "let " + c.functions + " in " + c.call}}, "--option", "max-call-depth", "300")
		assert.Equal(t, Hard, got[0].kind, c.functions)
	}
	for _, c := range endingFunctions {
		check(c.functions, false)
		if c.call != "" {
			ends = append(ends, claim{expr: "let " + c.functions + " in " + c.call})
		}
	}
	for i, got := range askNix(t, dir, ends) {
		assert.Zero(t, got.kind&Failures, ends[i].expr)
	}
}
