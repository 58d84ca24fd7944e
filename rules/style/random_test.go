package style

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
	"github.com/nixsift/nixsift/rules/ruletest"
)

// generator makes expressions that evaluate, full of what the rules speak about, with few names so that they
// hide each other.
type generator struct{ r *rand.Rand }

type kind int

const (
	integer kind = iota
	boolean
	ints // a list of integers
	set  // with integers a, b, c or some of them
	function
)

// env is the names in scope with their kinds.
type env map[string]kind

func (e env) with(name string, k kind) env {
	out := env{name: k}
	for n, v := range e {
		if n != name {
			out[n] = v
		}
	}
	return out
}

func (e env) without(names []string) env {
	out := env{}
	for n, v := range e {
		if !slices.Contains(names, n) {
			out[n] = v
		}
	}
	return out
}

var shortNames = []string{"a", "b", "c", "d"}

func (g *generator) pick(options ...func() string) string { return options[g.r.IntN(len(options))]() }

func (g *generator) names(n int) []string {
	all := slices.Clone(shortNames)
	g.r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:n]
}

// expr returns an expression of a kind, in parentheses if it needs some anywhere.
func (g *generator) expr(k kind, e env, depth int) string {
	if g.r.IntN(4) == 0 {
		var have []string
		for n, v := range e {
			if v == k {
				have = append(have, n)
			}
		}
		if slices.Sort(have); len(have) > 0 {
			return have[g.r.IntN(len(have))]
		}
	}
	if depth <= 0 {
		return [...]string{"1", "true", "[ ]", "{ }", "(y: y)"}[k]
	}
	d := depth - 1
	own := func() string { return g.own(k, e, d) }
	return g.pick(own, own, own, own,
		func() string { return "(" + g.expr(k, e, d) + ")" },
		func() string { return "(" + g.let(k, e, d) + ")" },
		func() string {
			return "(if " + g.expr(boolean, e, d) + " then " + g.expr(k, e, d) + " else " + g.expr(k, e, d) + ")"
		},
		func() string {
			n := g.names(1)[0]
			return "((" + n + ": " + g.expr(k, e.with(n, integer), d) + ")(" + g.expr(integer, e, d) + "))"
		},
		func() string {
			n := g.names(1)[0]
			return "(with { " + n + " = " + g.expr(integer, e, d) + "; }; " + g.expr(k, e.with(n, e.or(n)), d) + ")"
		},
		func() string {
			b := g.bindings(e, d)
			if g.r.IntN(2) == 0 {
				return "(let { body = " + g.expr(k, b.inner, d) + "; " + b.text + "})"
			}
			return "(let{" + b.text + "body = " + g.expr(k, b.inner, d) + ";})"
		},
	)
}

// or returns the kind that a name has behind a with that gives it an integer: that of a binding wins.
func (e env) or(name string) kind {
	if k, ok := e[name]; ok {
		return k
	}
	return integer
}

type bound struct {
	text  string
	inner env
}

// bindings makes the bindings of a let: each sees those before it.
func (g *generator) bindings(e env, d int) bound {
	names := g.names(g.r.IntN(3))
	inner := e.without(names)
	var b strings.Builder
	for _, n := range names {
		if k, ok := e[n]; ok && g.r.IntN(3) == 0 {
			fmt.Fprintf(&b, "inherit %s; ", n)
			inner = inner.with(n, k)
			continue
		}
		if g.r.IntN(4) == 0 {
			fmt.Fprintf(&b, "inherit ({ %s = %s; }) %s; ", n, g.expr(integer, inner, d), n)
			inner = inner.with(n, integer)
			continue
		}
		k := kind(g.r.IntN(5))
		fmt.Fprintf(&b, "%s = %s; ", n, g.expr(k, inner, d))
		inner = inner.with(n, k)
	}
	return bound{b.String(), inner}
}

func (g *generator) let(k kind, e env, d int) string {
	b := g.bindings(e, d)
	body := ""
	if g.r.IntN(2) == 0 {
		body = g.let(k, b.inner, d-1)
	} else {
		body = g.expr(k, b.inner, d)
	}
	return "let " + b.text + "in " + body
}

func (g *generator) own(k kind, e env, d int) string {
	sub := func(k kind) string { return g.expr(k, e, d) }
	attr := shortNames[g.r.IntN(3)]
	switch k {
	case integer:
		return g.pick(
			func() string { return "(" + sub(integer) + " + " + sub(integer) + ")" },
			func() string { return "(" + sub(integer) + " -(" + sub(integer) + "))" },
			func() string { return "(" + sub(set) + "." + attr + " or " + sub(integer) + ")" },
			func() string { return "(" + sub(function) + "(" + sub(integer) + "))" },
			func() string {
				s := sub(set)
				return "(if " + s + " ? " + attr + " then " + s + "." + attr + " else " + sub(integer) + ")"
			},
			func() string { return "(builtins.length " + sub(ints) + ")" },
		)
	case boolean:
		op := []string{"==", "!=", "<", ">", "<=", ">="}[g.r.IntN(6)]
		return g.pick(
			func() string { return "(!(" + sub(integer) + op + sub(integer) + "))" },
			func() string { return "(!" + sub(boolean) + ")" },
			func() string {
				return "((" + sub(boolean) + " && " + sub(boolean) + ") == " + []string{"true", "false"}[g.r.IntN(2)] + ")"
			},
			func() string { return "(" + sub(set) + " ? " + attr + " != true)" },
			func() string { return "(!true || " + sub(boolean) + ")" },
		)
	case ints:
		return g.pick(
			func() string { return "[ " + sub(integer) + " (" + sub(integer) + ") ]" },
			func() string { return "([ ] ++ " + sub(ints) + ")" },
			func() string { return "([" + sub(integer) + "]++[" + sub(integer) + "] ++ " + sub(ints) + ")" },
			func() string { return "(map (q: " + sub(function) + " q) " + sub(ints) + ")" },
		)
	case set:
		return g.pick(
			func() string { return g.set(e, d) },
			func() string { return "(" + g.set(e, d) + " // " + g.set(e, d) + " // " + sub(set) + ")" },
			func() string { return "({ } // " + sub(set) + ")" },
		)
	}
	return g.pick(
		func() string { return "(y: " + g.expr(integer, e.with("y", integer), d) + ")" },
		func() string { return "(y: " + sub(function) + " y)" },
		func() string { return "builtins.floor" },
	)
}

// set makes an attrset of integers.
func (g *generator) set(e env, d int) string {
	var b strings.Builder
	b.WriteString("{ ")
	for _, n := range g.names(g.r.IntN(4)) {
		switch {
		case n == "d":
		case e[n] == integer && g.r.IntN(2) == 0 && e.has(n):
			fmt.Fprintf(&b, "%s = %s; ", n, n)
		case g.r.IntN(3) == 0:
			fmt.Fprintf(&b, "%s = { %s = %s; }.%s; ", n, n, g.expr(integer, e, d), n)
		default:
			fmt.Fprintf(&b, "%s = %s; ", n, g.expr(integer, e, d))
		}
	}
	b.WriteString("}")
	return b.String()
}

func (e env) has(name string) bool {
	_, ok := e[name]
	return ok
}

// dress puts comments and line breaks of all kinds between some tokens of an expression without strings.
func (g *generator) dress(expr string) string {
	tree := parser.Parse(expr)
	var b strings.Builder
	for i := range tree.NumTokens() {
		tok := tree.Token(i)
		b.WriteString(tok.Text())
		if g.r.IntN(6) == 0 {
			fmt.Fprintf(&b, []string{"/*%d*/", " /* %d */ ", " # %d\n", "# %d\r", "\n\n# %d\r\n  ", "\r/* %d */"}[g.r.IntN(6)], i)
		}
	}
	return b.String()
}

// comments returns the comments of an expression, in order.
func comments(expr string) []string {
	var out []string
	for c := range parser.Parse(expr).Comments() {
		out = append(out, strings.Join(strings.Fields(c.Text()), " "))
	}
	return out
}

// TestSafeFixesKeepMeaningOfRandomCode evaluates made up expressions before and after all safe fixes.
func TestSafeFixesKeepMeaningOfRandomCode(t *testing.T) {
	nix := testenv.Nix234(t)
	g := generator{rand.New(rand.NewPCG(1, 2))}
	var before, after []string
	changed := 0
	for len(before) < randomExpressions {
		k := kind(g.r.IntN(4))
		e := g.expr(k, env{}, 5)
		if len(e) > 2000 {
			continue
		}
		require.Empty(t, parser.Parse(e).Errors(), e)
		if len(before)%2 == 0 {
			e = g.dress(e)
			require.Empty(t, parser.Parse(e).Errors(), e)
		}
		got := ruletest.Fixed(t, family, e, fix.OnlySafe)
		assert.Equal(t, comments(e), comments(got), "%q\nbecame\n%q", e, got)
		if got != e {
			changed++
		}
		before, after = append(before, e), append(after, got)
	}
	assert.Greater(t, changed, len(before)/2)
	ruletest.SameOutcome(t, nix, before, after)
}

const randomExpressions = 300
