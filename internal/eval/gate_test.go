package eval

import (
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// TestGate: what is passed over has nothing that examining it would find.
func TestGate(t *testing.T) {
	passed := 0
	check := func(name, text string) {
		tree := parser.Parse(text)
		names := sema.Resolve(tree)
		if len(tree.Errors()) > 0 || Worthwhile(tree, names) {
			return
		}
		passed++
		if code := Lower(tree, "/x/default.nix", names); code != nil {
			findings, _ := Examine(NewEvaluation(), code)
			require.Empty(t, findings, "%s\n%s", name, text)
		}
	}
	prepare()
	g := &generator{Rand: rand.New(rand.NewPCG(5, 5))}
	functions := slices.Sorted(maps.Keys(libIndex))
	for range 8000 {
		g.vars, g.left = nil, 8
		call := "lib." + ast.QuoteAttr(functions[g.IntN(len(functions))])
		for range g.IntN(builtinTable[libIndex[ast.LastName(parser.Parse(call).Expr())].index].arity) {
			call += " " + g.pick("x", "x", "x.y", g.expr(g.kind(), 1))
		}
		inner := call + " " + g.expr(g.kind(), 1)
		call = g.pick(inner, inner+" ++ x", "x // "+inner, `"${`+inner+`}"`, "!"+inner, "lib.tail ("+inner+")", "1 - "+inner, "("+inner+").a")
		check("", "{ x, lib }: "+g.pick(g.expr(g.kind(), 2), "x.y "+g.expr(g.kind(), 1), call, call))
	}
	generated := passed
	require.Greater(t, generated, 50)
	require.NoError(t, filepath.WalkDir(testenv.Shared(t, "corpus", "bench"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".nix") {
			if b, err := os.ReadFile(path); err == nil {
				check(path, string(b))
			}
		}
		return nil
	}))
	t.Log(generated, passed)
}
