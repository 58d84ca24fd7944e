package eval

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// found returns the texts that are to blame in a file.
func found(t testing.TB, text string) (blamed []string) {
	t.Helper()
	tree := parser.Parse(text)
	require.Empty(t, tree.Errors(), text)
	code := Lower(tree, "/x/default.nix", sema.Resolve(tree))
	require.NotNil(t, code, text)
	findings, _ := Examine(NewEvaluation(), code)
	for _, f := range findings {
		blamed = append(blamed, f.Span.Of(text))
	}
	return blamed
}

func TestExamine(t *testing.T) {
	for text, want := range map[string][]string{
		`{ a = { b = 1; }.c; }`:                                           {"c"},
		`let s = { foo = 1; }; in x: s.fooo`:                              {"fooo"},
		`x: x.y + 1`:                                                      nil,
		`let f = { a, b }: a; in { c = f { a = 1; }; }`:                   {"f { a = 1; }"},
		`let f = { a }: a; in { c = f { a = 1; d = 2; }; }`:               {"f { a = 1; d = 2; }"},
		`{ v = "x" + 1; w = "${[ ]}"; }`:                                  {"1", "[ ]"},
		`{ lib }: let x = null; in lib.optionalString (x != null) "${x}"`: nil,
		`{ lib }: let x = null; in if x != null then "${x}" else ""`:      nil,
		`{ lib }: let x = null; in lib.foo "${x}"`:                        {"x"},
		`let x = x; in { y = x; }`:                                        {"x"},
		`let a = b; b = a; in [ a b ]`:                                    {"b"},
		`c: let u = if c then t else 1; t = u; in [ t u ]`:                nil,
		`let f = x: x + 1; in f "a"`:                                      {`"a"`},
		`let unused = {}.a; in 1`:                                         nil,
		`[ (1 2) ]`:                                                       {"1 2"},
		`{ lib }: let x = { }; in if lib.isFunction x then x 1 else if lib.isDerivation x then x.outPath else 2`: nil,
		`f: f (throw "x").y`: nil,
		// A condition that is not known may never hold of what it asks of.
		`p: let x = { b = 1; }; in { v = if p x then x.a else x.b; }`:                   nil,
		`p: let x = { b = 1; }; in { v = if p then x.a else x.b; }`:                     {"a"},
		`p: let x = { b = 1; }; y = x; in { v = if p x then x.a else { w = x.c; }; }`:   nil,
		`p: let x = { b = 1; }; in { v = if p x.b then x.a else x.b; }`:                 {"a"},
		`p: let x = { b = { }; }; in { v = if p x.b then x.b.a else 1; }`:               nil,
		`p: let x = { b = 1; }; in { v = p x && x.a; w = p x || x.a; u = p x -> x.a; }`: nil,
		`p: let x = { b = 1; }; in { v = (assert p x; x.a); }`:                          nil,
		`p: let x = { b = 1; }; in { v = if p x && p x.a then 1 else 2; }`:              nil,
		`p: let x = { b = 1; }; in { v = if x.a && p x then 1 else 2; }`:                {"a"},
		`p: let x = { b = 1; }; in { v = p x == x.a; w = !(p x) != x.c; }`:              {"a", "c"},
		`{ lib, p }: let x = null; in lib.optionalString (p x) "${x}"`:                  nil,
		`{ lib, p }: let x = null; in lib.optionalString p "${x}"`:                      {"x"},
		`{ lib, p }: let x = null; in lib.mkIf (p x) { v = "${x}"; }`:                   nil,
		`p: let x = 1; in if p x then [ x ] // { v = x; } else 1`:                       {"[ x ]"},
		`p: let f = { a }: a; x = 1; in if p x then f { b = x; } else 1`:                {"f { b = x; }", "f { b = x; }"},
		`p: let f = { a }: a; in if p f then f { a = 1; b = 1; } else 1`:                nil,
	} {
		require.Equal(t, want, found(t, text), text)
	}
}
