package eval

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
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

// endlessForms are bodies of functions that call themselves: β stands for another one, ε for an expression.
var endlessForms = strings.Split(strings.ReplaceAll(strings.TrimSpace(`
β + ε¦β ++ ε¦β // ε¦β - ε¦β == ε¦β && ε¦β || ε¦β -> ε¦ε + β¦ε ++ β¦ε // β¦ε == β¦ε && β¦ε || β¦ε -> β
if β then ε else ε¦if ε then β else β¦if x == ε then ε else β¦if x ? a then β else β¦let y = β; in y¦let y = β; in [ y ]
let y = β; in y.a¦let y = β; in 1¦let y = β; in { inherit y; }¦let y = β; in builtins.seq y 1¦let x = ε; in β
β.a¦β.a or ε¦β ? a¦[ β ]¦{ a = β; }¦{ a = β; }.a¦{ ${β} = 1; }¦"a${β}"¦builtins.length β¦builtins.head β¦builtins.attrNames β
builtins.tryEval β¦builtins.isInt β¦builtins.toJSON β¦builtins.attrValues β¦builtins.typeOf β¦(builtins.tryEval β).success
map (y: β) [ ]¦map (y: β) x¦builtins.foldl' (y: z: β) ε [ ]¦builtins.foldl' (y: z: β) ε [ 1 ]¦builtins.foldl' (y: z: β) ε x
builtins.all (y: β) [ ]¦builtins.all (y: β) [ 1 ]¦builtins.seq ε β¦builtins.deepSeq β 1¦assert β; ε¦assert ε; β¦with β; a¦with β; x¦with β; 1
with { a = β; }; a¦throw β¦abort β¦(y: y) β¦(y: 1) β¦(y: β) β¦({ a, ... }: a) β¦h β¦builtins.elemAt [ β ε ] 0¦builtins.elemAt [ β ε ] β¦!β¦β ε
builtins.mapAttrs (n: v: β) β¦builtins.genericClosure { startSet = [ { key = β; } ]; operator = y: [ ]; }¦builtins.sort (y: z: β) [ 1 2 ]
`), "\n", "¦"), "¦")

// endlessFunction writes functions f and h at random that call themselves and each other.
func (g *generator) endlessFunction() string {
	g.left = 30
	param := func() string { return g.pick("x", "x", "x", "{ a, ... }@x", "{ a ? 1, ... }@x", "{ a ? f x, ... }@x") }
	var write func(form string, depth int) string
	body := func(depth int) string {
		if depth == 0 || g.chance(12) {
			return write("(φ α)", 0)
		}
		return "(" + write(g.pick(endlessForms...), depth-1) + ")"
	}
	write = func(form string, depth int) string {
		var b strings.Builder
		for _, c := range form {
			switch c {
			case 'α':
				b.WriteString(write(g.pick("x", "(x - 1)", "(x + 1)", "{ a = x; }", "[ x ]", "ε", "(f x)", "x.a"), 0))
			case 'β':
				b.WriteString(body(depth))
			case 'ε':
				b.WriteString(g.expr(g.kind(), 1))
			case 'φ':
				b.WriteString(write(g.pick("f", "f", "f", "h", "ap f", "(if ε then f else h)", "s.f", "(s // { }).f", "(with s; f)"), 0))
			default:
				b.WriteRune(c)
			}
		}
		return b.String()
	}
	return fmt.Sprintf("f = %s: %s; h = %s: %s; ap = k: k; s = { inherit f h; };", param(), body(3), g.pick("x", "{ a, ... }@x"), write(g.pick("β", "φ α", "ε"), 1))
}

// TestEndlessSound: of functions made at random, no call of one that is said not to end has a value. NIXSIFT_EVAL_CASES says how many.
func TestEndlessSound(t *testing.T) {
	cases := 2000
	if n, err := strconv.Atoi(os.Getenv("NIXSIFT_EVAL_CASES")); err == nil {
		cases = n
	}
	dir := testenv.Tree(t, nil)
	g := &generator{Rand: rand.New(rand.NewPCG(13, uint64(cases)))}
	const before = "{ unknown }: let "
	var claims []claim
	said, asked := 0, 0
	ask := func() {
		for i, o := range askNix(t, dir, claims, "--option", "max-call-depth", "100") {
			assert.NotZero(t, o.kind&Failures, "%s\nis said not to end, and has a value: %s", claims[i].define, claims[i].expr)
		}
		claims = nil
	}
	for range cases {
		functions := g.endlessFunction()
		text := before + functions + " in f"
		tree := parser.Parse(text)
		code := Lower(tree, dir+"/x.nix", nil)
		if len(tree.Errors()) > 0 || code == nil {
			continue
		}
		asked++
		at := uint32(len(before + "f = "))
		n := tree.NodeAt(source.Span{Start: at, End: at + 1})
		for !n.Is(ast.Lambda) {
			n = n.Parent()
		}
		function, ok := code.At(n.Span())
		require.True(t, ok, text)
		if !Endless(code, function, nil) {
			continue
		}
		said++
		define := fmt.Sprintf("f%d = let %s in f", said, functions)
		for range 8 {
			g.vars, g.left = nil, 12
			arg := g.pick(g.expr(g.kind(), 2), "{ a = "+g.expr(g.kind(), 2)+"; }", "0", "true", "false", "{ }", "[ ]", "null", `"a"`, "(y: y)")
			claims = append(claims, claim{expr: fmt.Sprintf("f%d %s", said, arg), define: define})
			define = ""
		}
		if len(claims) > 4000 {
			ask()
		}
	}
	ask()
	t.Logf("%d of %d functions are said not to end", said, asked)
	require.Greater(t, said, asked/20)
}
