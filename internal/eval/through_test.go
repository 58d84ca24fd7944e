package eval

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestThrough: what fails in a function for the arguments of a call is told at the call, once for each.
func TestThrough(t *testing.T) {
	for text, want := range map[string][]string{
		`({ w, h }: w * h) { w = 2; h = "3"; }`:                                            {`"3"`},
		`let f = x: x + 1; in f "a"`:                                                       {`"a"`},
		`let f = x: x + 1; g = x: f x; in g "a"`:                                           {`"a"`},
		`let f = a: b: a + b; in f "a" 1`:                                                  {`f "a" 1`},
		`let f = a: b: b // { x = a; }; in f 1 [ ]`:                                        {"[ ]"},
		`let f = a: b: a // b; g = f { }; in g [ ]`:                                        {"[ ]"},
		`let f = { a, b ? 1 }: "${a}"; in f { a = 1; }`:                                    {"1"},
		`let f = { a, b ? a + 1 }: b; in f { a = [ ]; }`:                                   {"[ ]"},
		`let f = { a, ... }@args: args.b; in f { a = [ ]; }`:                               {"{ a = [ ]; }"},
		`let f = { __functor = self: x: x.b; }; in f { a = [ ]; }`:                         {"{ a = [ ]; }"},
		`let f = { a, b }: a; g = x: f { a = x; c = 1; }; in g 1`:                          {"f { a = x; c = 1; }", "f { a = x; c = 1; }"},
		`let f = { a, b }: a; g = x: f x; in g { a = 1; }`:                                 {"{ a = 1; }"},
		`map (x: x + 1) [ 1 "a" 2 ]`:                                                       {`"a"`},
		`builtins.mapAttrs (n: v: v.port + n) { a = { port = 1; }; b = { port = "x"; }; }`: {"1"},
		`let mk = { w, h }: { area = w * h; other = 1; }; r = mk { w = 1; h = "a"; }; in { inherit (r) other area; x = r.other; y = r.area; }`: {`"a"`},
		`let mk = { w, h }: { area = w * h; other = 1; }; r = mk { w = 1; h = "a"; }; in { x = r.other; }`:                                     nil,
		`let mk = { w, h }: { area = w * h; other = 1; }; in { x = (mk { w = 1; h = "a"; }).area; }`:                                           {`"a"`},
		`let f = x: x.y; in [ (f { }) (f { z = 1; }) (f { y = 1; }) ]`:                                                                         {"{ }", "{ z = 1; }"},
		`let s = { a = 1; }; f = x: x.y; in f s`:                                                                                               {"s"},
		// What fails whatever it is called with is told there alone.
		`let f = x: "a" + 1; in [ (f 1) (f 2) ]`: {"1"},
		`let s = { }; f = x: s.a + x; in f 1`:    {"a"},
		// What is meant, or not sure.
		`let f = x: throw "no"; in f 1`:                                                      nil,
		`let f = x: assert x != 1; x; in f 1`:                                                nil,
		`p: let f = x: if p then x else x + "a"; in f 1`:                                     nil,
		`let f = x: if builtins.isInt x then x + 1 else x + "a"; in [ (f 1) (f "a") ]`:       nil,
		`let f = x: { a = x + 1; }; in f "a"`:                                                nil,
		`let f = { a, b ? null }: "${a}${if b == null then "" else b.c}"; in f { a = "1"; }`: nil,
		`p: let x = null; f = x: "${x}"; in if p x then f x else 1`:                          nil,
		`let x = null; f = x: "${x}"; in if x != null then f x else 1`:                       nil,
		`let f = x: x.a or 1; in f { }`:                                                      nil,
		`let f = x: x.y; in builtins.tryEval (f { })`:                                        {"{ }"},
	} {
		require.Equal(t, want, found(t, text), text)
	}
}

// TestThroughLib: the same through functions of lib and callPackage.
func TestThroughLib(t *testing.T) {
	for text, want := range map[string][]string{
		`{ lib }: { a = lib.concatMapStrings (x: x + 1) [ "a" ]; }`:                             {`"a"`},
		`{ lib }: { a = lib.genAttrs [ "a" "b" ] (n: n + 1); }`:                                 {`lib.genAttrs [ "a" "b" ] (n: n + 1)`},
		`{ lib }: let f = p: "${p.name}"; in { a = map f [ { name = "x"; } { nam = "y"; } ]; }`: {`{ nam = "y"; }`},
	} {
		require.Equal(t, want, found(t, text), text)
	}
}

// TestThroughGrowth: many calls that fail cost as much as each of them does, up to a bound.
func TestThroughGrowth(t *testing.T) {
	for name, text := range map[string]func(n int) string{
		"calls": func(n int) string { return "let f = x: x.y; in [ " + many(n, "(f { a%d = 1; })") + " ]" },
		"chain": func(n int) string {
			return "let f0 = x: x.y; " + many(n, "f%[2]d = x: f%[1]d x;") + " in f" + fmt.Sprint(n) + " { }"
		},
		"mapped": func(n int) string { return "map (x: x.y) [ " + many(n, "{ a%d = 1; }") + " ]" },
	} {
		small, findings := examined(t, text(20))
		require.NotEmpty(t, findings, name)
		large, _ := examined(t, text(160))
		require.Less(t, large, 20*small+workOfSteps, name)
	}
}
