package eval

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// openFile writes a function of two arguments to a set, with names of its own that some attributes share.
func (g *generator) openFile() string {
	g.left = 250
	g.vars = []variable{{"x", g.kind()}, {"y", Set}}
	for i := range 3 {
		g.vars = append(g.vars, variable{fmt.Sprintf("w%d", i), g.kind()})
	}
	var b strings.Builder
	b.WriteString("{ x, y ? { } }: let ")
	for _, v := range g.vars[2:] {
		fmt.Fprintf(&b, "%s = %s; ", v.name, g.expr(v.kind, 4))
	}
	b.WriteString("in { ")
	for i := range 4 {
		fmt.Fprintf(&b, "q%d = %s; ", i, g.expr(g.kind(), 4))
	}
	return b.String() + "}"
}

// arrived is what Nix says where it comes behind an expression that is said to fail.
const arrived = "the expression has a value"

// TestOpenSoundness: what is said to fail whenever it is evaluated does so, whatever a file is called with. Behind each such
// expression an abort is put that tells if Nix comes there, and all that the file holds is evaluated for arguments made at
// random. NIXSIFT_EVAL_CASES sets how many files.
func TestOpenSoundness(t *testing.T) {
	cases := 20
	if n, err := strconv.Atoi(os.Getenv("NIXSIFT_EVAL_CASES")); err == nil {
		cases = n / 4
	}
	dir := testenv.Tree(t, nil)
	g := &generator{Rand: rand.New(rand.NewPCG(3, uint64(cases)))}
	_, errs := runNix(t, dir, []claim{{expr: `builtins.seq 1 (abort "` + arrived + `")`}})
	require.Contains(t, errs, "message: '"+arrived, "Nix tells where it comes")
	findings := 0
	var claims []claim
	ask := func() {
		_, errs := runNix(t, dir, claims)
		if strings.Contains(errs, "message: '"+arrived) {
			for _, c := range claims {
				if _, errs := runNix(t, dir, []claim{c}); strings.Contains(errs, "message: '"+arrived) {
					t.Errorf("what is said to fail has a value in\n%s", c.expr)
				}
			}
		}
		claims = nil
	}
	for range cases {
		text := g.openFile()
		tree := parser.Parse(text)
		code := Lower(tree, dir+"/x.nix", nil)
		if len(tree.Errors()) > 0 || code == nil {
			continue
		}
		found, _ := Examine(NewEvaluation(), code)
		for _, f := range found {
			at := f.at
			if f.Reason == Recursion {
				at = site{code: f.thunk.code, expr: f.thunk.expr}
			}
			span := at.code.Span(at.expr)
			if at.code.exprs[at.expr].inherited || f.Reason == Uncoercible && span.Of(text) == "" {
				continue
			}
			findings++
			failing := "(" + span.Of(text) + ")"
			if f.Reason == Uncoercible {
				failing = `"${` + span.Of(text) + `}"`
			}
			wrapped := text[:span.Start] + "(builtins.seq " + failing + ` (abort "` + arrived + `"))` + text[span.End:]
			for range 3 {
				g.vars, g.left = nil, 20
				arg := "{ x = " + g.expr(g.kind(), 2) + "; y = " + g.expr(Set, 2) + "; }"
				for i := range 4 {
					claims = append(claims, claim{expr: fmt.Sprintf("builtins.deepSeq ((%s) %s).q%d 1", wrapped, arg, i)})
				}
			}
		}
		if len(claims) > 3000 {
			ask()
		}
	}
	ask()
	t.Log(findings, "findings")
	require.Greater(t, findings, cases/2)
}
