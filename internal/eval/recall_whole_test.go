package eval

import (
	"fmt"
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

// mistakesAnywhere yields what people get wrong wherever it may stand: whether it fails, only Nix tells.
func mistakesAnywhere(tree *ast.Tree, yield func(mistake)) {
	for i, r := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		switch r.Kind {
		case ast.Apply:
			call := ast.ApplyExpr{Node: n}
			arg := call.Arg().Unparen()
			yield(mistake{"last argument left out", call.Func().End(), n.End(), ""})
			if first := (ast.ApplyExpr{Node: call.Func()}); call.Func().Is(ast.Apply) {
				between := n.Text()[first.Arg().End()-n.Start() : call.Arg().Start()-n.Start()]
				yield(mistake{"arguments swapped", first.Arg().Start(), n.End(), call.Arg().Text() + between + first.Arg().Text()})
			}
			if call.Func().Text() == "toString" || call.Func().Text() == "builtins.toString" {
				yield(mistake{"toString left out", n.Start(), n.End(), call.Arg().Text()})
			}
			if arg.Is(ast.AttrSet) {
				for c := range arg.Children() {
					if b, ok := ast.AsBinding(c); ok {
						if part, single := b.Attrpath().Single(); single && part.Is(ast.Name) {
							yield(mistake{"argument left out", c.Start(), c.End(), ""})
							yield(mistake{"argument misspelt", part.Start(), part.End(), part.Text() + "x"})
							yield(mistake{"argument added", c.Start(), c.Start(), "extra = 1; "})
						}
					}
				}
			}
			if p := n.Parent(); p.Is(ast.Paren) && p.Parent().Is(ast.List) {
				yield(mistake{"parentheses left out", p.Start(), p.End(), n.Text()})
			}
		case ast.Select:
			s := ast.SelectExpr{Node: n}
			if s.Operand().Text() == "builtins" {
				continue // the matter of builtin-unknown
			}
			for part := range s.Attrpath().Children() {
				if part.Is(ast.Name) && !s.Default().IsValid() {
					yield(mistake{"attribute misspelt", part.Start(), part.End(), part.Text() + "x"})
				}
			}
		case ast.Lambda:
			if fn := (ast.LambdaExpr{Node: n}); fn.Body().Is(ast.Lambda) && fn.Param().Text() == "_" {
				yield(mistake{"parameter left out", n.Start(), fn.Body().Start(), ""})
			}
		case ast.If:
			cond := (ast.IfExpr{Node: n}).Cond()
			yield(mistake{"text as condition", cond.Start(), cond.End(), `"yes"`})
		case ast.Interpolation:
			if p := n.Parent(); p.Is(ast.String) || p.Is(ast.IndString) {
				yield(mistake{"number interpolated", n.Start() + 2, n.End() - 1, "42"})
			}
		case ast.Binary:
			at := (ast.BinaryExpr{Node: n}).Operator().Start()
			switch n.Op() {
			case ast.OpConcat:
				yield(mistake{"++ swapped", at, at + 2, "//"})
			case ast.OpUpdate:
				yield(mistake{"// swapped", at, at + 2, "++"})
			case ast.OpAdd:
				yield(mistake{"operand replaced", n.Child(1).Start(), n.Child(1).End(), "null"})
				yield(mistake{"number added", n.Child(1).Start(), n.Child(1).End(), "8080"})
			}
		}
	}
}

// TestRecallWhole: of the mistakes that Nix proves to fail, wherever they stand in programs that evaluate, most are found.
func TestRecallWhole(t *testing.T) {
	from := testenv.Shared(t, "corpus", "nix-lang-tests")
	files, err := filepath.Glob(filepath.Join(from, "eval-okay-*.nix"))
	require.NoError(t, err)
	rnd := rand.New(rand.NewPCG(2, 2))
	type mutant struct {
		kind, of, changed string
		findings          int
	}
	var mutants []mutant
	var claims []claim
	dir := testenv.Tree(t, nil)
	require.NoError(t, os.CopyFS(filepath.Join(dir, "lang"), os.DirFS(from)))
	in := filepath.Join(dir, "lang")
	for _, path := range files {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		text := string(b)
		tree := parser.Parse(text)
		if len(tree.Errors()) > 0 || len(b) > 20000 {
			continue
		}
		add := func(kind, text, changed string, findings int) {
			name := fmt.Sprintf("m%d.nix", len(mutants))
			require.NoError(t, os.WriteFile(filepath.Join(in, name), []byte(text), 0o600))
			mutants = append(mutants, mutant{kind, filepath.Base(path), changed, findings})
			claims = append(claims, claim{expr: "let v = import ./" + name + "; in builtins.deepSeq v 1"})
		}
		add("", text, "", 0)
		mistakesAnywhere(tree, func(m mistake) {
			if rnd.IntN(3) > 0 {
				return
			}
			changed := text[:m.start] + m.text + text[m.end:]
			tree := parser.Parse(changed)
			code := Lower(tree, filepath.Join(in, "x.nix"), sema.Resolve(tree))
			if len(tree.Errors()) > 0 || code == nil {
				return
			}
			ev := NewEvaluation()
			ev.Import = func(path string) *Code {
				b, err := os.ReadFile(path)
				if err != nil {
					return nil
				}
				tree := parser.Parse(string(b))
				return Lower(tree, path, sema.Resolve(tree))
			}
			findings, _ := Examine(ev, code)
			line := 1 + strings.Count(text[:m.start], "\n")
			add(m.kind, changed, fmt.Sprintf("line %d, %q for %q", line, m.text, text[m.start:m.end]), len(findings))
		})
	}
	outcomes := askNix(t, in, claims)
	made, found := map[string]int{}, map[string]int{}
	sound := false
	for i, o := range outcomes {
		m := mutants[i]
		switch {
		case m.kind == "":
			sound = o.kind&Failures == 0
		case !sound || o.kind != Hard:
		default:
			made[m.kind]++
			if m.findings > 0 {
				found[m.kind]++
			} else {
				t.Logf("missed: %s, in %s: %s", m.kind, m.of, m.changed)
			}
		}
	}
	all, whole := 0, 0
	for _, kind := range slices.Sorted(maps.Keys(made)) {
		t.Logf("%s: %d of %d", kind, found[kind], made[kind])
		all, whole = all+made[kind], whole+found[kind]
	}
	t.Logf("all: %d of %d", whole, all)
	require.Greater(t, 100*whole, 70*all)
}
