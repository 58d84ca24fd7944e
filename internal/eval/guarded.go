package eval

import (
	"cmp"
	"slices"

	"github.com/nixsift/nixsift/ast/source"
)

// maxConditions is the number of conditions around an expression that are looked at. What has more around it counts as
// guarded.
const maxConditions = 64

// asked is what an expression asks of: a name of a let or of a recursive set, by the number of that and the slot, or one of
// its attributes.
type asked struct {
	set, slot uint32
	attr      string
}

// asks calls yield for what an expression asks of. What stands in it was lowered right before it.
func (c *Code) asks(e Expr, yield func(asked)) {
	span := c.Span(e)
	attrs := map[Expr]string{} // by what they are taken of
	for ; e > 0 && span.Covers(c.Span(e)); e-- {
		switch x := &c.exprs[e]; {
		case x.op == opSelect && c.paths[x.b].dyn == 0:
			attrs[Expr(x.a)] = c.paths[x.b].sym
		case x.op == opVar && x.c != 0 && !x.aside:
			yield(asked{x.c, x.b, attrs[e]})
		}
	}
}

// condition returns what decides whether the rest of an expression is evaluated.
func (c *Code) condition(e Expr) Expr {
	if x := &c.exprs[e]; x.op != opCall {
		return Expr(x.a)
	}
	return Expr(c.kids[c.exprs[e].a+1])
}

// culprit returns the expression that has to be another one for a failure not to happen; 0 where that is a literal.
func (f *Failure) culprit() Expr {
	c, e := f.at.code, f.at.expr
	x := &c.exprs[e]
	switch f.Reason {
	case BadOperand, BadCondition:
		for _, part := range []Expr{Expr(x.a), Expr(x.b)} {
			if f.End > 0 && c.Span(part) == (source.Span{Start: f.Start, End: f.End}) {
				e = part
			}
		}
	case DuplicateAttr:
		for _, d := range c.sets[x.a].dynamic {
			if d.name.start == f.Start {
				return d.name.dyn
			}
		}
	case MissingArg, UnexpectedArg:
		if x.op == opCall && f.arg.code == c && c.exprs[f.arg.expr].op == opSet {
			e = Expr(c.kids[x.a])
		}
	}
	head := e
	for c.exprs[head].op == opSelect {
		head = Expr(c.exprs[head].a)
	}
	switch c.exprs[head].op {
	case opConst, opList, opSet, opLambda, opConcat, opPathConcat:
		return 0
	}
	return e
}

// guarded returns the expressions among those that fail which are evaluated only where a condition holds that is not known
// and asks of what they ask of: if isFoo x then x.foo. It may be one that never holds of what fails. The arguments of
// functions do not count, since nothing that surely fails depends on them.
func (x *Examination) guarded(fail []Expr) map[Expr]bool {
	return x.guardedBy(fail, func(e Expr) (culprits []Expr) {
		for _, f := range x.found[e] {
			culprits = append(culprits, f.culprit())
		}
		return culprits
	})
}

// guardedBy is guarded for expressions of which culprits tells what has to be another one for them not to fail.
func (x *Examination) guardedBy(fail []Expr, culprits func(e Expr) []Expr) map[Expr]bool {
	var open []Expr
	for e, r := range x.seen {
		if r&asUndecided != 0 {
			open = append(open, Expr(e))
		}
	}
	if len(open) == 0 {
		return nil
	}
	outermostFirst := func(a, b Expr) int {
		p, q := x.code.Span(a), x.code.Span(b)
		return cmp.Or(cmp.Compare(p.Start, q.Start), cmp.Compare(q.End, p.End), cmp.Compare(b, a))
	}
	slices.SortFunc(open, outermostFirst)
	slices.SortFunc(fail, outermostFirst)
	guarded, conditions := map[Expr]bool{}, map[Expr]map[asked]bool{}
	var around []Expr
	for _, e := range fail {
		for len(open) > 0 && outermostFirst(open[0], e) < 0 {
			around = append(x.covering(around, open[0]), open[0])
			open = open[1:]
		}
		around = x.covering(around, e)
		blamed := culprits(e)
		of := make([][]asked, len(blamed))
		for i, b := range blamed {
			x.code.asks(b, func(a asked) { of[i] = append(of[i], a) })
		}
		if len(around) > maxConditions {
			guarded[e] = !slices.ContainsFunc(of, func(asks []asked) bool { return len(asks) == 0 })
			continue
		}
		for _, u := range around {
			cond := x.code.condition(u)
			if x.code.Span(cond).Covers(x.code.Span(e)) {
				continue // it is evaluated in any case
			}
			in := conditions[cond]
			if in == nil {
				in = map[asked]bool{}
				x.code.asks(cond, func(a asked) { in[a] = true })
				conditions[cond] = in
			}
			guarded[e] = guarded[e] || !slices.ContainsFunc(of, func(asks []asked) bool {
				return !slices.ContainsFunc(asks, func(a asked) bool { return in[a] || in[asked{a.set, a.slot, ""}] })
			})
		}
	}
	return guarded
}

// covering takes from the end of expressions around each other those that do not cover another.
func (x *Examination) covering(around []Expr, e Expr) []Expr {
	for len(around) > 0 && !x.code.Span(around[len(around)-1]).Covers(x.code.Span(e)) {
		around = around[:len(around)-1]
	}
	return around
}
