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
		`let f = x: x + 1; in f "a"`:                                      nil,
		`let unused = {}.a; in 1`:                                         nil,
		`[ (1 2) ]`:                                                       {"1 2"},
		`{ lib }: let x = { }; in if lib.isFunction x then x 1 else if lib.isDerivation x then x.outPath else 2`: nil,
		`f: f (throw "x").y`: nil,
	} {
		require.Equal(t, want, found(t, text), text)
	}
}
