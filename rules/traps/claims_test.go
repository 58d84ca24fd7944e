package traps

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/rules/ruletest"
)

const recursion = "infinite recursion encountered"

// claims are what the rules say of Nix: an expression and its value, or part of the error.
var claims = []struct{ expr, value, failure string }{
	// Positions that a value needs, and positions that it does not.
	{"let x = x; in x", "", recursion},
	{"(rec { a = a; }).a", "", recursion},
	{"({ a ? a }: a) { }", "", recursion},
	{"let a = 1; in (rec { a = a; }).a", "", recursion},
	{"let map = map; in map", "", recursion},
	{"let x = x + 1; in x", "", recursion},
	{"let x = 1 + x; in x", "", recursion},
	{"let x = x // { }; in x", "", recursion},
	{"let x = { } // x; in x", "", recursion},
	{"let x = [ ] ++ x; in x", "", recursion},
	{"let x = 1 == x; in x", "", recursion},
	{"let x = x && true; in x", "", recursion},
	{"let x = x || true; in x", "", recursion},
	{"let x = x -> true; in x", "", recursion},
	{"let x = !x; in x", "", recursion},
	{"let x = -x; in x", "", recursion},
	{"let x = \"${x}\"; in x", "", recursion},
	{"let x = ./${x}; in x", "", recursion},
	{"let x = if x then 1 else 2; in x", "", recursion},
	{"let x = x.a or 1; in x", "", recursion},
	{"let x = x ? a; in x", "", recursion},
	{"let x = x 1; in x", "", recursion},
	{"let x = assert x; 1; in x", "", recursion},
	{"let x = assert true; x; in x", "", recursion},
	{"let x = with { }; x; in x", "", recursion},
	{"let x = let y = 1; in x; in x", "", recursion},
	{"let x = x; in 1", "1", ""},
	{"let x = { y = x; }; in x ? y", "true", ""},
	{"let x = [ x ]; in builtins.length x", "1", ""},
	{"let x = y: x; in builtins.isFunction x", "true", ""},
	{"let x = false && x; in x", "false", ""},
	{"let x = true || x; in x", "true", ""},
	{"let x = false -> x; in x", "true", ""},
	{"let x = with x; 1; in x", "1", ""},
	{"let a = 1; in (rec { inherit a; }).a", "1", ""},
	{"(rec { a = a; __overrides = { a = 1; }; }).a", "1", ""},

	{"builtins.length [ import ./x.nix ]", "2", ""},
	{"builtins.typeOf 6/2", `"path"`, ""},
	{"6 /2", "", "attempt to call something which is not a function but an integer"},
	{"builtins.isFunction (x:x)", "false", ""},
	{"self:super: { }", "", "attempt to call something which is not a function but a string"},
	{"{ }.a or toString 5", `"5"`, ""},
	{"{ a = 1; }.a or toString 5", "", "attempt to call something which is not a function but an integer"},
	{"{ a = \"x\"; }.a or throw \"no a\"", "", "attempt to call something which is not a function but a string"},
	{"let f = x: x; in [ (f == f) (f != f) (f == null) ]", "[ false true false ]", ""},
	{"let inherit (builtins) nope; in 1", "1", ""},
	{"{ inherit (builtins) nope; } ? nope", "true", ""},
	{"let inherit ({ a = 1; }) b; in b", "", "attribute 'b' missing"},
	{"({ a ? 1, ... }@args: args ? a) { }", "false", ""},
	{"({ a ? 1, ... }@args: args.a) { }", "", "attribute 'a' missing"},
	{"let x = 1; in with { x = 2; }; x", "1", ""},
	{"with { map = 2; }; builtins.isFunction map", "true", ""},
	{"with { attrNames = 2; }; attrNames", "2", ""},
	{"with { x = 1; }; with { x = 2; }; x", "2", ""},
	{`let n = 1; in "$${n}"`, `"$\${n}"`, ""},
	{`let n = "v"; in [ "\$${n}" ''a''$${n}'' "$$${n}" ]`, `[ "$v" "a$v" "$$v" ]`, ""},
	{"''\n  a\n\tb\n''", `"  a\n\tb\n"`, ""},
	{"''\n  a\n  \tb\n''", `"a\n\tb\n"`, ""},
	{"''\n  a\n\t''", `"  a\n\t"`, ""},
	{`toString (/a/b + "c")`, `"/a/bc"`, ""},
	{`toString (/a/b + "/" + "c")`, `"/a/bc"`, ""},
	{`toString (/a/b + ("/" + "c"))`, `"/a/b/c"`, ""},
	{`builtins.match "\\d+" "12"`, "", "invalid regular expression"},
	{`builtins.match "\\s" " "`, "", "invalid regular expression"},
	{`builtins.match "\\W" " "`, "", "invalid regular expression"},
	{`builtins.match "\\b" " "`, "", "invalid regular expression"},
	{`builtins.match "\d+" "12"`, "null", ""},
	{`map (builtins.match "[\\d]") [ "1" "d" "\\" ]`, "[ null [ ] [ ] ]", ""},
	{`builtins.match "a\\-b" "a-b"`, "", "invalid regular expression"},
	{`builtins.match "\\{x\\}" "{x}"`, "", "invalid regular expression"},
	{`builtins.match "\\{x}" "{x}"`, "[ ]", ""},
	{`builtins.match "a\\nb" "a\nb"`, "", "invalid regular expression"},
	{"[ (7 / 2) ((-7) / 2) ]", "[ 3 -3 ]", ""},
	{"1 / -0", "", "division by zero"},
	{"let total = 6; in total /2", "", "attempt to call something which is not a function but an integer"},
	{"let a = 6; in (a)/2", "", "attempt to call something which is not a function but an integer"},
	{"builtins.typeOf (let a = 6; in -a/b)", `"path"`, ""},
	{"map x:x+1 [ 1 ]", "", "expected a function but found a string"},
	{"[ (map == map) (builtins.map != builtins.map) ]", "[ false true ]", ""},
	{"toString ((let p = /a/b; in p) + \"c\")", `"/a/bc"`, ""},
	{`toString /a/b + "c"`, `"/a/bc"`, ""},
	{`toString (/a/b + "/c" + "/" + "d")`, `"/a/b/cd"`, ""},
	{"({ a ? 1 }@args: { inherit (args) a; }.a) { }", "", "attribute 'a' missing"},

	// ? binds tighter than ! and the operators between operands, less than a minus in front.
	{"let a.b = 1; in [ (!a ? b) (!a ? c) ]", "[ false true ]", ""},
	{"let a = 1; in -a ? b", "false", ""},
	{"let a.b = 1; in -a ? b", "", "expected an integer but found a set"},
	{"let a = { }; b.c = 1; in a // b ? c", "", "expected a set but found a Boolean"},
	{"let a = [ ]; b.c = 1; in a ++ b ? c", "", "expected a list but found a Boolean"},
	{"let b.c = 1; in 1 + b ? c", "", "cannot add a Boolean to an integer"},

	// Derivations are equal by outPath; without one they are sets as others.
	{`{ type = "derivation"; outPath = "x"; a = 1; } == { type = "derivation"; outPath = "x"; a = 2; }`, "true", ""},
	{`{ type = "derivation"; outPath = "x"; a = 1; } == { type = "derivation"; outPath = "y"; a = 1; }`, "false", ""},
	{`{ type = "derivation"; a = 1; } == { type = "derivation"; a = 2; }`, "false", ""},
	{`{ type = "other"; outPath = "x"; a = 1; } == { type = "other"; outPath = "x"; a = 2; }`, "false", ""},
	{`let d = derivation { name = "d"; system = "s"; builder = "b"; }; in d == d // { meta.x = 1; }`, "true", ""},

	{"let x = { }; in if x ? a then 1 else x.a", "", "attribute 'a' missing"},
	{"let x = { }; in x ? a || x.a", "", "attribute 'a' missing"},
	{"let x = { }; in !(x ? a) && x.a", "", "attribute 'a' missing"},
	{"let x = { }; in !x ? a -> x.a", "", "attribute 'a' missing"},
	{"let x = { }; in assert !x ? a; x.a", "", "attribute 'a' missing"},
	{"let x = { }; in builtins.tryEval (if x ? a.b then 1 else x.a.b)", "", "attribute 'a' missing"},
	{"let x = 1; in if x ? a then 1 else x.a", "", "expected a set but found an integer"},
	{"1 / 0", "", "division by zero"},
	{"1.5 / 0.0", "", "division by zero"},
	{`if throw "q" then 1 else 1`, "", "q"},
}

func TestClaims(t *testing.T) {
	nix := testenv.Nix234(t)
	for _, c := range claims {
		value, err := ruletest.Eval(nix, c.expr)
		if c.failure != "" {
			assert.ErrorContains(t, err, c.failure, "%s is %s", c.expr, value)
			continue
		}
		assert.NoError(t, err, c.expr)
		assert.Equal(t, c.value, value, c.expr)
	}
}

// kept are expressions that safe fixes change; their outcome stays, failures included.
var kept = []string{
	`({ a, c, f }: [ (!a ? b) (!!a ? c) (!f a ? b) ]) { a.b = 1; c = { }; f = x: x; }`, `({ a, b }: a // b ? c) { a = { }; b = { }; }`,
	`({ a }: [ (-a ? b) (-a ? b ? c) (!-a ? b) ]) { a = 1; }`, `({ a }: -a ? b) { a = { }; }`,
	`let or = 1; f = x: [ x ]; in [ f or f or 2 ]`, `let or = 1; f = x: x; g = x: y: [ x y ]; in g f or 2`,
	`({ lib }: lib.imap (i: x: [ i x ]) [ "a" "b" ]) { lib = LIB; }`, `({ lib }: lib.fold (a: b: a + b) "" [ "a" "b" ]) { lib = LIB; }`,
	`({ lib }: with lib; lists.fold (a: b: [ a b ]) 1 [ 2 3 ] ++ imap (i: x: i) [ 4 ]) { lib = LIB; }`, `({ lib }: lib.nixpkgsVersion) { lib = LIB; }`,
	`({ lib }: lib.fold 1 2 [ 3 ]) { lib = LIB; }`,
}

func TestSafeFixesKeepMeaning(t *testing.T) {
	nix, lib := testenv.Nix234(t), testenv.Shared(t, "corpus", "nixpkgs-lib", "lib")
	exprs := make([]string, len(kept))
	for i, e := range kept {
		exprs[i] = strings.ReplaceAll(e, "LIB", "import "+lib)
	}
	ruletest.Kept(t, nix, family, exprs)
}

// mended are traps with the value that they have after all fixes.
var mended = [][2]string{
	{"({ c, f }: c.a or f 1) { c.a = 2; f = x: x; }", "2"}, {"({ c, f }: c.a or f 1 2 + 3) { c = { }; f = x: y: y; }", "5"},
	{"let a = 1; in (rec { a = a; }).a", "1"},
	{"builtins.length [ toString 1 toString 2 ]", "2"},
	{"let total = 6; count = 2; in total/count", "3"},
	{"[ (6/2) (6 /2) ]", "[ 3 3 ]"},
	{"(x:x) 1", "1"},
	{"map x:x [ 1 ]", "[ 1 ]"},
	{"(self:super: super) 1 2", "2"},
	{`{ a = 1; }.a or throw "none"`, "1"},
	{"if true then [ 1 ] else ([ 1 ])", "[ 1 ]"},
	{"({ a ? 1, ... }@args: args.a) { }", "1"},
	{"let s = { x = 2; }; x = 1; in with s; x", "2"},
	{`let s.v = "v"; in "a$${s.v}"`, `"a\${s.v}"`},
	{`let n = "v"; in ''a\${n}''`, `"a\${n}"`},
	{`toString (/a/. + "b")`, `"/a/b"`},
	{`map (builtins.match "\\d+\\s[\\w.]\\D") [ "12 _a" "12 .b" "ab" ]`, "[ [ ] [ ] null ]"},
	{`builtins.match "v\d" "v1"`, "[ ]"},
	{"7 / 2", "3.5"},
	{"let a = 6; in [ (a /2) ((a)/2) ((a + 2)/2) ]", "[ 3 3 4 ]"},
	{"map (x:x+1) [ 1 ]", "[ 2 ]"},
	{"map (x:x ++ [ 1 ]) [ [ 2 ] ]", "[ [ 2 1 ] ]"},
	{"map (x:toString x) [ 1 ]", `[ "1" ]`},
	{"[ map (x: x) [ 1 2 ] ]", "[ [ 1 2 ] ]"},
	{`builtins.match "a\\-b\\}" "a-b}"`, "[ ]"},
	{`builtins.match "a\\nb" "a\nb"`, "[ ]"},
	{"let inherit (builtins) toJson; in toJson 1", `"1"`},
	{`{ a = 1; }.a or { }.c or throw "x"`, "1"},
}

func TestFixesMend(t *testing.T) {
	nix := testenv.Nix234(t)
	for _, m := range mended {
		after := ruletest.Fixed(t, family, m[0], fix.AlsoUnsafe)
		value, err := ruletest.Eval(nix, after)
		assert.NoError(t, err, "%s became %s", m[0], after)
		assert.Equal(t, m[1], value, "%s became %s", m[0], after)
	}
}
