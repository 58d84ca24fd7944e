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
	for i := range 2 {
		before, from := len(g.vars), g.kind()
		g.vars = append(g.vars, variable{"z", from})
		fmt.Fprintf(&b, "f%d = %s%s; ", i, g.pick("z: ", "{ z ? 1 }: ", "{ z, ... }: "), g.expr(g.kind(), 4))
		g.vars = g.vars[:before]
	}
	b.WriteString("in { ")
	for i := range 4 {
		fmt.Fprintf(&b, "q%d = %s; ", i, g.expr(g.kind(), 4))
	}
	arg := func() string {
		k := g.kind()
		return g.pick(g.expr(k, 1), "{ z = "+g.expr(k, 1)+"; }")
	}
	fmt.Fprintf(&b, "q4 = map f0 [ %s %s %s ]; ", arg(), arg(), arg())
	fmt.Fprintf(&b, "q5 = builtins.mapAttrs (_: f1) { a = %s; b = %s; }; ", arg(), arg())
	fmt.Fprintf(&b, "q6 = f0 %s; q7 = f1 %s; q8 = (f1 %s).a; ", arg(), arg(), arg())
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
	findings, inside := 0, 0
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
			if f.Inside != nil {
				at = site{code: code, expr: f.entry}
				inside++
			}
			span := at.code.Span(at.expr)
			if at.code.exprs[at.expr].inherited || f.Reason == Uncoercible && f.Inside == nil && span.Of(text) == "" {
				continue
			}
			findings++
			failing := "(" + span.Of(text) + ")"
			switch {
			case f.of.is && f.of.name != "":
				failing += "." + strconv.Quote(f.of.name)
			case f.of.is:
				failing = fmt.Sprintf("(builtins.elemAt %s %d)", failing, f.of.index)
			case f.Inside == nil && f.Reason == Uncoercible:
				failing = `"${` + span.Of(text) + `}"`
			}
			wrapped := text[:span.Start] + "(builtins.seq " + failing + ` (abort "` + arrived + `"))` + text[span.End:]
			for range 3 {
				g.vars, g.left = nil, 20
				arg := "{ x = " + g.expr(g.kind(), 2) + "; y = " + g.expr(Set, 2) + "; }"
				for i := range 9 {
					claims = append(claims, claim{expr: fmt.Sprintf("builtins.deepSeq ((%s) %s).q%d 1", wrapped, arg, i)})
				}
			}
		}
		if len(claims) > 3000 {
			ask()
		}
	}
	ask()
	t.Log(findings, "findings,", inside, "of them in calls, for their arguments")
	require.Greater(t, findings, cases/2)
}
