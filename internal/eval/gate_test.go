package eval

import (
	"fmt"
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
	require.Greater(t, passed, 50)
	passed = 0
	open := &opener{g}
	for range 30000 {
		check("", open.file())
	}
	generated := passed
	require.Greater(t, generated, 4000)
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

// opener writes files that ask something of what arguments have, and of names of a let.
type opener struct{ *generator }

func (o *opener) file() string {
	o.vars, o.left = nil, 6
	var b strings.Builder
	b.WriteString("{ x, lib, ... }@args: let ")
	for i := range 4 {
		fmt.Fprintf(&b, "v%d = %s; ", i, o.value(i, o.IntN(2)))
	}
	b.WriteString("f = y: " + o.pick("y", "x y", "[ y ]", "y.a") + "; g = y: z: y; h = { a, b ? 1 }: a; inherit (lib) " + o.pick("optional", "mkIf", "other") + "; ")
	b.WriteString("in { a = " + o.value(4, 2) + "; b = " + o.value(4, 1) + "; }")
	return b.String()
}

// value writes an expression that may use some of the names.
func (o *opener) value(names, depth int) string {
	if depth == 0 || o.chance(25) {
		name := fmt.Sprintf("v%d", o.IntN(max(1, names)))
		if names == 0 {
			name = "x"
		}
		return o.pick(name, name, name, "x", "x.a", "args.x", "args", "lib", "lib.foo x", "true", "null", "1", "1.5", `"s"`, "./p", "[ x 1 ]",
			"{ a = 1; }", "{ }", "y: y", "builtins", "import ./p", "<nixpkgs>", "import <nixpkgs> { }")
	}
	v := func() string { return "(" + o.value(names, depth-1) + ")" }
	switch o.IntN(22) {
	case 0:
		return v() + "." + o.pick("a", "b", "a.b", "a or 1", "${"+v()+"}")
	case 1:
		return "if " + v() + " then " + v() + " else " + v()
	case 2:
		return v() + o.pick(" + ", " ++ ", " // ", " && ", " || ", " - ", " < ", " == ", " * ", " / ") + v()
	case 3:
		return v() + o.pick(" + ", " ++ ", " // ") + v()
	case 4:
		return `"a${` + v() + `}"`
	case 5:
		return o.pick("lib.optional ", "lib.optionals ", "lib.optionalString ", "lib.optionalAttrs ", "lib.mkIf ", "map ", "lib.mapAttrs ") + v() + " " + v()
	case 6:
		return o.pick("toString ", "import ", "throw ", "lib.attrNames ", "builtins.isNull ", "lib.concatStrings ", "builtins.readFile ", "builtins.head ", "lib.last ", "1 / ") + v()
	case 7:
		return "with " + v() + "; " + v()
	case 8:
		return "let inherit (" + v() + ") a b; in " + o.pick("a", "b", "a b", "a // b")
	case 9:
		return o.pick("f ", "h ", "x ", "lib.foo ", "g x ", "g x x ", "optional true ") + v()
	case 10:
		return "assert " + v() + "; " + v()
	case 11:
		return "!" + v()
	case 12:
		return "{ ${" + v() + "} = 1; a = " + v() + "; }"
	case 13:
		return v() + " ? a"
	case 14:
		return "-" + v()
	case 15:
		return o.pick("lib.filter ", "lib.concatMapStrings ", "builtins.trace ", "lib.concatStringsSep ", "builtins.elemAt ", "lib.take ") + v() + " " + v()
	case 16:
		return "x.a " + v()
	case 17:
		return v() + " " + v()
	case 18:
		return "let u = " + v() + "; in u." + o.pick("a", "a.b", "a or u")
	}
	return "[ " + v() + " ]"
}
