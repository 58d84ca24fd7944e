package eval

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/parser"
)

// outline tells what is known of a value's outermost form.
func outline(v *Value) string {
	if v == nil {
		return "nothing"
	}
	s := fmt.Sprintf("%b/%b %d %v %q", v.kinds, v.rest, v.num, v.real, v.text)
	if v.kinds == List && v.isKnown() {
		s += fmt.Sprint(len(v.list))
	}
	if v.set != nil {
		names, closed := v.set.names()
		s += fmt.Sprint(names, closed)
	}
	if v.fail != nil {
		s += fmt.Sprint(v.fail.Reason, v.fail.at.expr)
	}
	for _, a := range v.alts {
		s += " or " + outline(a)
	}
	return s
}

// project writes a let with names that share each other, and a set of attributes that use them.
func (g *generator) project() (bindings, attrs []string) {
	g.vars, g.left = nil, 400
	for i := range 5 {
		g.vars = append(g.vars, variable{fmt.Sprintf("w%d", i), g.kind()})
	}
	for _, v := range g.vars[:5] {
		bindings = append(bindings, v.name+" = "+g.expr(v.kind, 4)+";")
	}
	for i := range 6 {
		attrs = append(attrs, fmt.Sprintf("q%d = %s;", i, g.expr(g.kind(), 4)))
	}
	return bindings, attrs
}

// questions lowers a file that is a set and returns the thunks of its attributes.
func questions(t *testing.T, ev *Evaluation, text string) map[string]*thunk {
	t.Helper()
	tree := parser.Parse(text)
	code := Lower(tree, "/x/default.nix", nil)
	if len(tree.Errors()) > 0 || code == nil {
		return nil
	}
	all := map[string]*thunk{}
	v := ev.ask(&thunk{code: code, expr: code.root, env: &env{lexical: true}})
	if v.kinds != Set || !v.isKnown() {
		return nil // too little fuel for the set itself
	}
	for name, a := range v.set.flat() {
		all[name] = a.value
	}
	return all
}

// TestOrderOfQuestions: no answer depends on the questions before it, whatever the fuel.
func TestOrderOfQuestions(t *testing.T) {
	g := &generator{Rand: rand.New(rand.NewPCG(7, 7))}
	compared, starved := 0, 0
	for range 250 {
		bindings, attrs := g.project()
		text := "let " + strings.Join(bindings, "\n") + " in {\n" + strings.Join(attrs, "\n") + "\n}"
		fuel := 20 << g.IntN(8)
		cold := map[string]string{}
		var names []string
		ev := NewEvaluation()
		ev.Fuel = fuel
		for name := range questions(t, ev, text) {
			names = append(names, name)
			fresh := NewEvaluation()
			fresh.Fuel = fuel
			cold[name] = outline(fresh.ask(questions(t, fresh, text)[name]))
			if fresh.dry {
				starved++
			}
		}
		slices.Sort(names)
		for range 2 {
			warm := NewEvaluation()
			warm.Fuel = fuel
			all := questions(t, warm, text)
			g.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
			for _, name := range names {
				require.Equal(t, cold[name], outline(warm.ask(all[name])), "%s with fuel %d, asked in the order %v\n%s", name, fuel, names, text)
				compared++
			}
		}
	}
	require.Greater(t, compared, 1000)
	require.Greater(t, starved, 50)
}

// TestOrderOfAttributes: what is found in a file does not depend on the order in which it is written.
func TestOrderOfAttributes(t *testing.T) {
	g := &generator{Rand: rand.New(rand.NewPCG(8, 8))}
	some := 0
	for range 200 {
		bindings, attrs := g.project()
		var want []string
		for round := range 3 {
			text := "let\n" + strings.Join(bindings, "\n") + "\nin {\n" + strings.Join(attrs, "\n") + "\n}"
			tree := parser.Parse(text)
			code := Lower(tree, "/x/default.nix", nil)
			if len(tree.Errors()) > 0 || code == nil {
				break
			}
			ev := NewEvaluation()
			findings, _ := Examine(ev, code)
			var got []string
			for _, f := range findings {
				if f.Reason != Recursion { // of a cycle, the member that is met first is told
					got = append(got, fmt.Sprint(f.Reason, " ", f.Span.Of(text)))
				}
			}
			slices.Sort(got)
			if round == 0 {
				want = got
			}
			require.Equal(t, want, got, text)
			some += len(got)
			g.Shuffle(len(attrs), func(i, j int) { attrs[i], attrs[j] = attrs[j], attrs[i] })
			g.Shuffle(len(bindings), func(i, j int) { bindings[i], bindings[j] = bindings[j], bindings[i] })
		}
	}
	require.Greater(t, some, 100)
}
