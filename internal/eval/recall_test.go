package eval

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

func TestRecall(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	tried, got := map[string]int{}, map[string]int{}
	shown := map[string]int{}
	for _, root := range strings.Fields(os.Getenv("TRY")) {
		filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(p, ".nix") {
				return nil
			}
			b, err := os.ReadFile(p)
			if err != nil || len(b) > 60000 {
				return nil
			}
			text := string(b)
			tree := parser.Parse(text)
			if len(tree.Errors()) > 0 {
				return nil
			}
			names := sema.Resolve(tree)
			try := func(kind string, start, end uint32, repl string) {
				if rnd.IntN(2) > 0 || tried[kind] > 3000 {
					return
				}
				m := text[:start] + repl + text[end:]
				mt := parser.Parse(m)
				if len(mt.Errors()) > 0 {
					return
				}
				code := Lower(mt, p)
				if code == nil {
					return
				}
				tried[kind]++
				f, _ := Examine(NewEvaluation(), code)
				if len(f) > 0 {
					got[kind]++
				} else if shown[kind] < 14 {
					shown[kind]++
					lo, hi := max(0, int(start)-60), min(len(m), int(start)+60)
					fmt.Printf("MISSED %s %s: %s\n", kind, p, strings.Join(strings.Fields(m[lo:hi]), " "))
				}
			}
			value := func(n ast.Node) ast.Node {
				n = n.Unparen()
				if n.Is(ast.Ident) {
					if b := names.Resolve(n); b != nil && b.Kind == sema.LetBinding && !b.More && b.Value.IsValid() {
						return b.Value.Unparen()
					}
				}
				return ast.Node{}
			}
			for i, r := range tree.Records() {
				n := tree.Node(ast.NodeID(i))
				switch r.Kind {
				case ast.Apply:
					fn := value(ast.ApplyExpr{Node: n}.Func())
					arg := ast.ApplyExpr{Node: n}.Arg().Unparen()
					if pat, ok := (ast.LambdaExpr{Node: fn}).Pattern(); fn.Is(ast.Lambda) && ok && arg.Is(ast.AttrSet) {
						for c := range arg.Children() {
							if bn, ok := ast.AsBinding(c); ok {
								if f, ok := pat.Formal(bn.Attrpath().FirstName()); ok && !f.Default().IsValid() {
									if _, single := bn.Attrpath().Single(); single {
										try("missing", c.Start(), c.End(), "")
										if !pat.HasEllipsis() {
											a := bn.Attrpath()
											try("misspelt", a.Start(), a.End(), a.Text()+"x")
										}
									}
									break
								}
							}
						}
					}
				case ast.Select:
					s := ast.SelectExpr{Node: n}
					v := value(s.Operand())
					if v.Is(ast.AttrSet) && !s.Default().IsValid() {
						part := s.Attrpath().First()
						if part.Is(ast.Name) {
							closed := true
							for c := range v.Children() {
								if bn, ok := ast.AsBinding(c); ok {
									if _, st := ast.AttrName(bn.Attrpath().First()); !st {
										closed = false
									}
								}
							}
							if closed {
								try("attr", part.Start(), part.End(), part.Text()+"x")
							}
						}
					}
				case ast.Interpolation:
					if n.Parent().Is(ast.String) {
						try("interp", n.Start()+2, n.End()-1, "42")
						if v := value(n.FirstChild()); v.Is(ast.String) {
							try("interp-let", v.Start(), v.End(), "42")
						}
					}
				case ast.Binary:
					bx := ast.BinaryExpr{Node: n}
					if n.Op() == ast.OpConcat && bx.Left().Unparen().Is(ast.List) {
						o := bx.Operator()
						try("concat->update", o.Start(), o.Start()+2, "//")
					}
					if n.Op() == ast.OpUpdate && bx.Right().Unparen().Is(ast.AttrSet) {
						o := bx.Operator()
						try("update->concat", o.Start(), o.Start()+2, "++")
					}
				}
			}
			return nil
		})
	}
	for k := range tried {
		fmt.Printf("%s %d/%d\n", k, got[k], tried[k])
	}
}
