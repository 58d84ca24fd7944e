package eval

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// mistake is a change that makes an expression of a file fail.
type mistake struct {
	kind       string
	start, end uint32
	text       string
}

// mistakes yields what people get wrong, of which the file alone shows that it fails: an argument of a call of a known
// function left out or misspelt, an attribute of a literal set misspelt, a number interpolated, ++ and // swapped.
func mistakes(tree *ast.Tree, names *sema.Info, yield func(mistake)) {
	value := func(n ast.Node) ast.Node {
		if b := names.Resolve(n.Unparen()); b != nil && b.Kind == sema.LetBinding && !b.More && b.Value.IsValid() {
			return b.Value.Unparen()
		}
		return ast.Node{}
	}
	for i, r := range tree.Records() {
		n := tree.Node(ast.NodeID(i))
		switch r.Kind {
		case ast.Apply:
			app := ast.ApplyExpr{Node: n}
			fn, arg := value(app.Func()), app.Arg().Unparen()
			pattern, ok := (ast.LambdaExpr{Node: fn}).Pattern()
			if !fn.Is(ast.Lambda) || !ok || !arg.Is(ast.AttrSet) {
				continue
			}
			for c := range arg.Children() {
				b, ok := ast.AsBinding(c)
				if !ok {
					continue
				}
				part, single := b.Attrpath().Single()
				formal, ok := pattern.Formal(b.Attrpath().FirstName())
				if !ok || !single || formal.Default().IsValid() {
					continue
				}
				yield(mistake{"argument left out", c.Start(), c.End(), ""})
				yield(mistake{"argument misspelt", part.Start(), part.End(), part.Text() + "x"})
				break
			}
		case ast.Select:
			s := ast.SelectExpr{Node: n}
			part := s.Attrpath().First()
			if set := value(s.Operand()); set.Is(ast.AttrSet) && allStatic(set) && part.Is(ast.Name) && !s.Default().IsValid() {
				yield(mistake{"attribute misspelt", part.Start(), part.End(), part.Text() + "x"})
			}
		case ast.Interpolation:
			if n.Parent().Is(ast.String) {
				yield(mistake{"number interpolated", n.Start() + 2, n.End() - 1, "42"})
			}
		case ast.Binary:
			b := ast.BinaryExpr{Node: n}
			at := b.Operator().Start()
			switch {
			case n.Op() == ast.OpConcat && b.Left().Unparen().Is(ast.List):
				yield(mistake{"++ swapped", at, at + 2, "//"})
			case n.Op() == ast.OpUpdate && b.Right().Unparen().Is(ast.AttrSet):
				yield(mistake{"// swapped", at, at + 2, "++"})
			}
		}
	}
}

func allStatic(set ast.Node) bool {
	for c := range set.Children() {
		if b, ok := ast.AsBinding(c); ok {
			if _, static := ast.AttrName(b.Attrpath().First()); !static {
				return false
			}
		}
	}
	return true
}

// TestRecall: mistakes in real files are found, nearly all. Without them, nothing is found in these files but what is told
// here.
func TestRecall(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	made, found := map[string]int{}, map[string]int{}
	var sound []string
	require.NoError(t, filepath.WalkDir(testenv.Shared(t, "corpus", "bench"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".nix") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil || len(b) > 40000 {
			return err
		}
		text := string(b)
		tree := parser.Parse(text)
		names := sema.Resolve(tree)
		if code := Lower(tree, path, nil); code == nil || !Worthwhile(tree, names) {
			return nil
		} else if findings, _ := Examine(NewEvaluation(), code); len(findings) > 0 {
			sound = append(sound, path)
			return nil
		}
		mistakes(tree, names, func(m mistake) {
			if made[m.kind] >= 150 || rnd.IntN(3) > 0 {
				return
			}
			mutant := parser.Parse(text[:m.start] + m.text + text[m.end:])
			if code := Lower(mutant, path, nil); code != nil {
				made[m.kind]++
				if findings, _ := Examine(NewEvaluation(), code); len(findings) > 0 {
					found[m.kind]++
				}
			}
		})
		return nil
	}))
	require.Empty(t, sound, "something is found in files that evaluate")
	for kind, n := range made {
		t.Logf("%s: %d of %d", kind, found[kind], n)
		require.GreaterOrEqual(t, 100*found[kind], 95*n, kind)
	}
	require.Len(t, made, 6)
}

// TestLanguageTests: nothing is found in what Nix's own tests evaluate, and much in what they say fails.
func TestLanguageTests(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testenv.Shared(t, "corpus", "nix-lang-tests"), "eval-*.nix"))
	require.NoError(t, err)
	fail, told := 0, 0
	for _, path := range files {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		tree := parser.Parse(string(b))
		code := Lower(tree, path, nil)
		if len(tree.Errors()) > 0 || code == nil {
			continue
		}
		findings, _ := Examine(NewEvaluation(), code)
		switch {
		case strings.HasPrefix(filepath.Base(path), "eval-okay-"):
			require.Empty(t, findings, path)
		case len(findings) > 0 || NewEvaluation().ask(&thunk{code: code, expr: code.root, env: &env{}}).Fails(): // or a throw
			told++
			fallthrough
		default:
			fail++
		}
	}
	t.Logf("eval-fail-*: %d of %d", told, fail)
	require.Greater(t, 100*told, 70*fail)
}
