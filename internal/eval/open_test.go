package eval

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
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

// probe is an expression of a file that is said to fail whenever it is evaluated.
type probe struct {
	span source.Span
	// of asks for the part of the value r that fails; "r" where that is all of it.
	of string
}

// probeOf returns the expression that a finding is about, as Nix can be asked for it; ok is false for a name that is inherited
// and for a string that is nothing but an interpolation of no text.
func probeOf(code *Code, f Finding, text string) (p probe, ok bool) {
	at := f.at
	switch {
	case f.Inside != nil:
		at = site{code: code, expr: f.entry}
	case f.Reason == Recursion:
		at = site{code: f.thunk.code, expr: f.thunk.expr}
	}
	if at.code != code {
		return probe{}, false
	}
	p = probe{at.code.Span(at.expr), "r"}
	if at.code.exprs[at.expr].inherited || f.Reason == Uncoercible && f.Inside == nil && p.span.Of(text) == "" {
		return probe{}, false
	}
	switch {
	case f.of.is && f.of.name != "":
		p.of = "r." + strconv.Quote(f.of.name)
	case f.of.is:
		p.of = fmt.Sprintf("builtins.elemAt r %d", f.of.index)
	case f.Inside == nil && f.Reason == Uncoercible:
		p.of = `"${r}"`
	case f.Inside == nil && f.around != 0:
		p.of = "r && true"
	}
	return p, true
}

// whole reports whether all that evaluates the expression needs what is said to fail.
func (p probe) whole() bool {
	return !strings.HasPrefix(p.of, "r.") && !strings.HasPrefix(p.of, "builtins")
}

// arrived is what Nix says, with the number of a probe, where it comes behind one.
const arrived = "evaluated behind probe "

var arrivals = regexp.MustCompile(`(?m)^trace: ` + arrived + `(\d+)`)

// watched returns a text in which Nix says so if it comes behind one of some expressions, by numbers from first on. What the text
// means stays the same, if the probes are whole.
func watched(text string, probes []probe, first int) string {
	type insertion struct {
		at, from, to uint32 // where, and the expression
		text         string
	}
	var all []insertion
	for i, p := range probes {
		n := first + i
		all = append(all, insertion{p.span.Start, p.span.Start, p.span.End, fmt.Sprintf("(let probe%d = ", n)},
			insertion{p.span.End, p.span.Start, p.span.End, fmt.Sprintf(`; in builtins.seq (let r = probe%d; in %s) (builtins.trace "%s%d" probe%d))`, n, p.of, arrived, n, n)})
	}
	slices.SortStableFunc(all, func(a, b insertion) int {
		opensA, opensB := a.at == a.from, b.at == b.from
		switch {
		case a.at != b.at:
			return cmp.Compare(a.at, b.at)
		case opensA != opensB: // what ends there stands before what begins there
			return map[bool]int{true: 1, false: -1}[opensA]
		case opensA:
			return cmp.Compare(b.to, a.to)
		}
		return cmp.Compare(b.from, a.from)
	})
	var b strings.Builder
	last := uint32(0)
	for _, in := range all {
		b.WriteString(text[last:in.at] + in.text)
		last = in.at
	}
	return b.String() + text[last:]
}

// once leaves out probes of the same expression.
func once(probes []probe) []probe {
	slices.SortFunc(probes, func(a, b probe) int {
		return cmp.Or(cmp.Compare(a.span.Start, b.span.Start), cmp.Compare(a.span.End, b.span.End), cmp.Compare(b.of, a.of))
	})
	return slices.CompactFunc(probes, func(a, b probe) bool { return a.span == b.span })
}

// TestOpenSoundness: what is said to fail whenever it is evaluated does so, whatever a file is called with. Nix says if it comes
// behind each such expression, and all that the file holds is evaluated for arguments made at random. NIXSIFT_EVAL_CASES sets how
// many files.
func TestOpenSoundness(t *testing.T) {
	cases := 100
	if n, err := strconv.Atoi(os.Getenv("NIXSIFT_EVAL_CASES")); err == nil {
		cases = n / 4
	}
	dir := testenv.Tree(t, nil)
	g := &generator{Rand: rand.New(rand.NewPCG(3, uint64(cases)))}
	_, errs := runNix(t, dir, []claim{{expr: watched("1", []probe{{source.Span{End: 1}, "r"}}, 7)}})
	require.Equal(t, "7", arrivals.FindStringSubmatch(errs)[1], "Nix tells where it comes")
	findings, inside, files, numbers := 0, 0, 0, 0
	var claims []claim
	texts := map[string]string{} // by the number of a probe
	ask := func() {
		_, errs := runNix(t, dir, claims)
		for _, m := range arrivals.FindAllStringSubmatch(errs, -1) {
			if texts[m[1]] != "" {
				t.Errorf("what is said to fail has a value behind probe %s in\n%s", m[1], texts[m[1]])
			}
			texts[m[1]] = ""
		}
		claims = nil
		clear(texts)
	}
	for range cases {
		text := g.openFile()
		tree := parser.Parse(text)
		code := Lower(tree, dir+"/x.nix", nil)
		if len(tree.Errors()) > 0 || code == nil {
			continue
		}
		found, _ := Examine(NewEvaluation(), code)
		var all, parts []probe
		for _, f := range found {
			p, ok := probeOf(code, f, text)
			if !ok {
				continue
			}
			findings++
			if f.Inside != nil {
				inside++
			}
			if p.whole() {
				all = append(all, p)
			} else {
				parts = append(parts, p)
			}
		}
		groups := [][]probe{once(all)}
		for _, p := range parts { // more is evaluated for each
			groups = append(groups, []probe{p})
		}
		for _, probes := range groups {
			if len(probes) == 0 {
				continue
			}
			files++
			changed := watched(text, probes, numbers)
			for range probes {
				texts[strconv.Itoa(numbers)] = changed
				numbers++
			}
			define := fmt.Sprintf("file%d = %s", files, changed)
			for range 3 {
				g.vars, g.left = nil, 20
				arg := "{ x = " + g.expr(g.kind(), 2) + "; y = " + g.expr(Set, 2) + "; }"
				for i := range 9 {
					claims = append(claims, claim{expr: fmt.Sprintf("builtins.deepSeq (file%d %s).q%d 1", files, arg, i), define: define})
					define = ""
				}
			}
		}
		if len(claims) > 10_000 {
			ask()
		}
	}
	ask()
	t.Log(findings, "findings,", inside, "of them in calls, for their arguments")
	require.Greater(t, findings, cases/2)
}
