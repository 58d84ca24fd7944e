package style

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// kept are expressions that safe fixes change and whose value they keep.
var kept = []string{
	// negated-equality, also for what is no number.
	`!(1 == 1)`, `!(1 != 2)`, `!(1 < 2)`, `!(2 <= 1)`, `!(1 > 2)`, `!(2 >= 1)`, `!("a" < "b")`, `true == !(1 == 2)`, `!(1 == 2) -> false`,
	`let nan = (1.0e308 * 10) - (1.0e308 * 10); in [ (!(nan < 1)) (!(nan >= 1)) (!(nan == nan)) ]`, `!!(1 == 2)`, `[ (!([ 1 ] == [ 2 ])) ]`,
	// bool-comparison
	`(1 == 1) == true`, `(1 == 2) == false`, `({ } ? a) != true`, `true != (true && false)`, `builtins.isNull null == true`,
	`(if (1 == 2) == true then 1 else 2)`, `false == (1 < 2) || true`,
	// negated-literal
	`!true`, `[ (!false) ]`, `!true || true`,
	`!builtins.false == (let true = 1; in true)`, `let true = 1; in [ (!builtins.false) true ]`, `builtins.true == ({ } ? a)`,
	// let
	`let in 1`, `(let in { a = 1; }).a`, `let a = 2; in let b = 3; in a + b`, `let a = b: b + 1; in let c = 3; in a c`,
	`let a = { d = 1; }; in let b = 3; inherit (a) d; in b + d`, `let x = 1; in let inherit x; in x`, `let a = map; in let inherit toString; in a toString [ 1 ]`,
	"let\n  a = ''\n    x\n  '';\nin\n    let\n      b = ''\n        y\n          z\n      '';\n    in\n      a + b",
	"let in\n    let\n      a = 1; # c\n\n    in\n    let # d\n      b = ''\n      '';\n    in [ a b ]", "let {\n  a = 1;\n\n  body =\n      ''\n        x\n      '';\n}",
	"let a = 1; /* c */ in let b = 2; in\na + b", "let a = 1; # c\nin let b = 2; in a + b", "let a = 1;\nin let # c\nb = 2; in a + b",
	`let a = 1; in let b = a; in let a2 = b; c = a; in a2 + b + c`, `with { z = 1; }; let inherit (builtins) add; in let b = z; in add b z`,
	`let { a = 1; body = a + 1; }`, `[ (let { s = 3; body = s; }) ]`, `let { ${"a"} = 1; body = 2; }`,
	// inherit
	`let a = 1; in { a = a; }`, `let a = 1; b = 2; p.c = 3; in { inherit a; b = b; inherit (p) c; }`, `let a = 1; b = 2; c = 3; in { a = a; inherit b; c = c; }`,
	`let p = { a = 1; b = 2; }; inherit (p) a; b = p.b; in a + b`, `let p = { a = 1; b = 2; }; in { a = p.a; b = p.b; }`, `let p = { a = 1; }; a = p.a; in a`,
	`rec { p = { a = 1; }; a = p.a; }`, `let a = { a = 2; }; in { a = a.a; }`, `with { a = 1; }; { a = a; }`, `let x = { y = { z = 1; }; }; in { z = x.y.z; }`,
	`let x = { "a b" = 1; }; in { "a b" = x."a b"; }`, `{ inherit; a = 1; inherit ({ }); }`, `{ a = 1; inherit (throw "never"); }`, `let true = 1; in { true = true; }`,
	`let f = x: { y = x; }; in { y = (f 1).y; }`, `let { p = { body = 4; }; body = p.body; }`,
	// parentheses
	`[ (1) ("a") ({ a = (1); }) ([ ]) ((2)) ]`, `let f = x: y: x + y; a = 1; in (f (a) (2))`, `let a = { b = 1; }; in (a).b + (a.b)`, `let x = 2; in (x)-1`,
	`let a = 4; b = 2; in (a)/(b)`, `let a = 1; in if(a == 1)then(a)else(2)`, `{ a ? ((1)) }: a`, `(x: (x)) 1`, `"${("a")}"`,
	`let a = [ 1 ]; in (a)++(a)`, `with ({ a = 1; }); (a)`, `let a.b.c = 1; in (a.b) ? c`, `(({ a ? 1 }: (a)) { })`, `let s = "x"; in { ${(s)} = 1; }`,
	`let a.b.c = 1; in (a.b).c`, `let a."b c".d = 1; k = "b c"; in (a."b c").d + (a.${k}).d`, `let a.b.c.d = 1; in ((a.b).c).d or 2`,
	"{ a =\n    (\n      {\n        b = ''\n          x\n            y\n        '';\n      }\n    ); }", "(\n\t{\n\t\ta = ''\n\t\t\tx\n\t\t'';\n\t}\n)",
	"{ a =\n  (\n      ''x\n        y'' + \"\n      z\"\n  ); }",
	`let a = 1; in assert (true); (a)`, `let a = 3; in -(a)`, `let a = { }; in !((a) ? b)`,
	// eta-reduction
	`let f = x: x + 1; in map (x: f x) [ 1 2 ]`, `map (x: toString x) [ 1 2 ]`, `builtins.isFunction (x: toString x)`, `builtins.functionArgs (x: map x)`,
	`let f = a: b: a + b; in map (g: g 1) (map (x: f x) [ 1 2 ])`, `builtins.mapAttrs (_: v: toString v) { a = 1; b = throw "b"; }.a`,
	`builtins.attrNames (builtins.mapAttrs (_: v: toString v) { a = throw "a"; })`, `builtins.foldl' (a: b: toString b) 0 [ 1 2 ]`,
	// defaults, lists, sets
	`let x = { a = 1; }; in if x ? a then x.a else 2`, `let x = { }; in if x ? a.b then x.a.b else 1 + 2`, `let x = 1; in if x ? a then x.a else 2`,
	`let x = { a = 1; }; in if !(x ? b) then 2 else x.b`, `let x = { a.b = 3; }; k = "a"; in if x ? ${k}.b then x.${k}.b else 1`,
	`let x = { a = 1; }; in if x ? "a" then x.a else 2`, `let x = { a = 1; }; in if x ? a then x."a" else 2`, "let x = { }; in\n  if x ? a then\n    x.a\n  else\n    ''\n      b\n    ''",
	`let f = x: { a = x; }; in if f 1 ? a then (f 1).a else 2`, `let x = { a = null; }; in if x ? a then x.a else 1`,
	`[ ] ++ [ 1 ]`, `[ 1 ] ++ [ ]`, `[ 1 ] ++ [ 2 ] ++ [ 3 ]`, "[\n  1\n] ++ [ 2 ]", "[ 1 ] ++ [\n  2\n  3\n]", "[1]++[\n2\n]++[3]", "[\r\n  1\r\n] ++ [ 2 ]", "{\n  a = 1;\n} // {b=2;}",
	"!(\n  { a = ''\n    x\n  ''; } == 1)", `[ (throw "no") ] ++ [ 1 ] == [ ]`, `builtins.length ([ (throw "no") ] ++ [ 1 ])`,
	`{ } // { a = 1; }`, `{ a = 1; } // { b = 2; } // { c = 3; }`, `{ a = 1; } // { b = 2; } // { a = 3; }`, `let k = 1; in { a.b = k; } // { inherit k; }`,
	`let b = 5; in { a = b; } // { b = 6; }`, `"${toString 1}"`, `"${"a" + "b"}c" + "${"d"}"`, `let n = "x"; in { ${n} = "${n}"; }`, `builtins.map toString [ 1 ]`,
	"{\n  a.x = 1; a.y = 2;\n  a.z.w = ''\n  x\n    y\n''; }", `let k = "q"; in { a.x = 1; a.${k} = 2; a.z = 3; }`,
}

// failing are expressions that safe fixes change and that fail before and after.
var failing = []string{
	`!("a" < 1)`, `(1 && true) == true`, `let a = throw "a"; in let b = a; in b`, `let p = { }; in { a = p.a; }`,
	`[ ] ++ map 1 2`, `let x = throw "x"; in if x ? a then x.a else 1`, `let x = { a = throw "a"; }; in if x ? a then x.a else 1`, `{ } // removeAttrs 1 [ ]`,
	`with { }; { a = a; }`, `[ 1 ] ++ [ (throw "x") ]`, `let f = x: throw "f"; in map (x: f x) [ 1 ]`, `(null ? a) == false && 1`,
}

// untouched are expressions in which fixes of other linters change the meaning, or the error. Here no safe
// fix does anything.
var untouched = []string{
	`let { body = 1; }`, `let { body = b; b = 2; }`, `let { body = { a = 1; }; }.a`, `let { body = { }; }.a or 2`, `let { b = 1; }`,
	`let { a = body.b; body = { b = 1; }; }`, `let { body.x = 1; body.y = 2; }`, `let a = 1; in [(a)(a)]`, `[ (import) ./x.nix ]`,
	`builtins.mapAttrs (_: v: (throw "f") v) { }`, `let f = x: throw "f" x; in map (x: f 1 x) [ ]`,
	`let x = null; in x == true`, `let x = null; in x != true`, `let x = "auto"; in if x == true then 1 else 2`,
	`let a = 1; in rec { a = a; }`, `let a = 1; in let a = a; in 1`,
	`let a = 1; in let a = 2; in a`, `let b = 5; in [ (let a = b; in let b = 1; in a) ]`, `let a = { b = 1; }; in let inherit (a) b; a = 2; in a + b`,
	`let f = { x }: x; in builtins.functionArgs (x: f x)`, `let f = throw "f"; in builtins.isFunction (x: f x)`, `{ outputs = inputs: inputs; }`,
	`({ ... }: 1) 1`, `({ ... }@x: x) 1`, `[ ] ++ (x: x)`, `{ } // 1`, `{ a.x = 1; } // { a.y = 2; }`, `rec { a = 1; } // { b = 2; }`, `"${./.}" == 1`,
	`let x = { y = { }; }; in if x.y ? a then x.y.a else 1`, `let x = { }; in if x.y ? a then x.y.a else 1`, `let x = { }; in (x.a).b or 1`,
	`rec { a = a.a; }`, `let a = a.a; in 1`, `let x = { }; in if builtins.hasAttr "a" x then x.a else 1`, `let x = 1; in if builtins.hasAttr "a" x then x.a else 1`,
	`({ x ? false }: x == true) { x = null; }`, `({ c }: c.enable == true) { c.enable = null; }`, `map (x:x) [ ]`,
	`let true = 1; in (1 == 2) == true`, `let false = 1; in [ (!true) false ]`, `with { a = 1; }; let inherit a; in with { a = 2; }; a`, `let f = x: f x; in builtins.isFunction f`,
}

func TestSafeFixesKeepMeaning(t *testing.T) { ruletest.Kept(t, testenv.Nix234(t), family, kept) }

func TestSafeFixesKeepErrors(t *testing.T) {
	nix := testenv.Nix234(t)
	ruletest.Kept(t, nix, family, failing)
	for _, e := range failing {
		value, err := ruletest.Eval(nix, e)
		assert.Error(t, err, "%s is %s", e, value)
	}
}

func TestUnsoundFixesAreNotSafe(t *testing.T) { ruletest.Untouched(t, family, untouched) }
