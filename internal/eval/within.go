package eval

import (
	"cmp"
	"math"
	"slices"

	"github.com/nixsift/nixsift/ast/source"
)

// places are where the expressions of a file stand.
type places struct {
	// around is the expression that each expression is a part of; 0 of the file's.
	around []Expr
	// attr numbers the expressions that are values of attributes of a set or let, from 1, in that.
	attr []uint32
	// spans are where they end, in order; of those with one end, an outer one stands behind those in it. Nearly so they were
	// lowered.
	spans []placed
}

type placed struct {
	end, start uint32
	e          Expr
}

// compare orders expressions as spans has them.
func (a placed) compare(b placed) int {
	return cmp.Or(cmp.Compare(a.end, b.end), cmp.Compare(b.start, a.start), cmp.Compare(a.e, b.e))
}

// locate finds out where the expressions of a file stand.
func (c *Code) locate() *places {
	p := &places{around: make([]Expr, len(c.exprs)), attr: make([]uint32, len(c.exprs)), spans: make([]placed, 0, len(c.exprs))}
	sorted := true
	path := func(e Expr, from, to uint32) {
		for _, part := range c.paths[from:to] {
			p.around[part.dyn] = e
		}
	}
	kids := func(e Expr, from, to uint32) {
		for _, k := range c.kids[from:to] {
			p.around[k] = e
		}
	}
	for i := range c.exprs {
		e, x := Expr(i), &c.exprs[i]
		switch x.op {
		case opConcat, opPathConcat, opCall, opList:
			kids(e, x.a, x.b)
		case opLambda:
			l := &c.lambdas[x.a]
			p.around[l.body] = e
			for _, f := range l.formals {
				p.around[f.def] = e
			}
		case opSelect:
			p.around[x.a], p.around[x.d] = e, e
			path(e, x.b, x.c)
		case opGlobal:
			p.around[x.b] = e
		case opHasAttr:
			p.around[x.a] = e
			path(e, x.b, x.c)
		case opSet, opLet:
			s := &c.sets[x.a]
			for i := len(s.attrs) - 1; i >= 0; i-- {
				value := s.attrs[i].value
				p.around[value], p.attr[value] = e, uint32(i)+1
			}
			for _, d := range s.dynamic {
				p.around[d.value], p.around[d.name.dyn] = e, e
			}
			for _, f := range s.from {
				p.around[f] = e
			}
			if x.op == opLet {
				p.around[x.b] = e
			}
		case opWith, opAssert, opNot, opNeg, opIf, opEq, opNeq, opLess, opGreater, opLessEq, opGreaterEq, opAnd, opOr, opImpl,
			opUpdate, opAdd, opSub, opMul, opDiv, opConcatLists:
			p.around[x.a], p.around[x.b], p.around[x.c] = e, e, e
		}
		if e != 0 {
			here := placed{x.end, x.start, e}
			sorted = sorted && (len(p.spans) == 0 || p.spans[len(p.spans)-1].compare(here) < 0)
			p.spans = append(p.spans, here)
		}
	}
	if !sorted {
		p.spans = inOrder(p.spans)
	}
	return p
}

// inOrder sorts expressions: by the digits of where they end, since they are many, and among the few of one end by comparing.
func inOrder(list []placed) []placed {
	const bits = 11
	last := uint32(0)
	for i := range list {
		last = max(last, list[i].end)
	}
	other := make([]placed, len(list))
	for shift := 0; last>>shift > 0; shift += bits {
		var at [1 << bits]int
		for i := range list {
			at[list[i].end>>shift&(1<<bits-1)]++
		}
		sum := 0
		for d, n := range at {
			at[d] = sum
			sum += n
		}
		for _, x := range list {
			d := x.end >> shift & (1<<bits - 1)
			other[at[d]] = x
			at[d]++
		}
		list, other = other, list
	}
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].end == list[from].end {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(list[from:to], placed.compare)
		}
		from = to
	}
	return list
}

// At returns the outermost expression that stands at a span; ok is false where there is none.
func (c *Code) At(span source.Span) (e Expr, ok bool) {
	if c.root != 0 && span == c.Span(c.root) {
		return c.root, true // it is often asked for, and nothing has to be located
	}
	spans := c.located().spans
	i, found := slices.BinarySearchFunc(spans, placed{span.End, span.Start, math.MaxUint32}, placed.compare)
	if !found {
		i-- // the last that is before
	}
	if i < 0 || spans[i].end != span.End || spans[i].start != span.Start {
		return 0, false
	}
	return spans[i].e, true
}

// Scopes are the names around the expressions of a file where the arguments of all functions are unknown, but for those that
// are given by name.
type Scopes struct {
	code  *Code
	given map[string]Part
	envs  map[Expr]*env // of what stands in an expression
	made  Evaluation    // the memory for them
	// unknown returns what stands for the argument of which nothing is known but its kinds, of the function at an expression, whose
	// parameter is named at some bytes; nil is the same for all.
	unknown func(e Expr, start, end uint32, kinds Kinds) *thunk
}

// NewScopes returns the scopes of a file for one evaluation. Arguments of the names in given are those, whatever function
// takes them.
func NewScopes(code *Code, given map[string]Part) *Scopes {
	return &Scopes{code: code, given: given, envs: map[Expr]*env{}}
}

// Within returns an expression where it stands.
func (s *Scopes) Within(e Expr) Part { return Part{&thunk{code: s.code, expr: e, env: s.env(e)}} }

// env returns the environment of an expression.
func (s *Scopes) env(e Expr) *env {
	if e == s.code.root {
		return &env{lexical: true}
	}
	around := s.code.located().around
	var path []Expr // from the expression outward, as far as nothing is known
	in := &env{lexical: true}
	for up, part := e, Expr(0); up != 0; up, part = around[up], up {
		if known := s.envs[up]; known != nil && part != 0 && !s.code.outer(up, part) {
			in = known
			break
		}
		path = append(path, up)
	}
	for i := len(path) - 1; i > 0; i-- {
		// Of what stands in an expression, most has its environment; each part of the others is told apart.
		in = s.inside(path[i], path[i-1], in)
	}
	return in
}

// inside returns the environment of a part of an expression, and keeps it where all parts have the same.
func (s *Scopes) inside(e, part Expr, in *env) *env {
	c := s.code
	switch x := &c.exprs[e]; x.op {
	case opLambda:
		l := &c.lambdas[x.a]
		inside := &env{up: in, lexical: true}
		arg := func(start, end uint32, kinds Kinds) *thunk {
			switch {
			case s.unknown != nil:
				return s.unknown(e, start, end, kinds)
			case kinds == Set:
				return someSet
			}
			return topThunk
		}
		if !l.pattern {
			inside.slots = []*thunk{arg(l.start, l.end, Anything)}
		}
		for _, f := range l.formals {
			t := arg(f.start, f.end, Anything)
			if p, ok := s.given[f.sym]; ok {
				t = p.t
			}
			inside.slots = append(inside.slots, t)
		}
		if l.at {
			inside.slots = append(inside.slots, arg(l.start, l.end, Set))
		}
		s.envs[e] = inside
		return inside
	case opLet:
		if c.outer(e, part) {
			return in
		}
		inside := s.made.bind(c, &c.sets[x.a], in)
		s.envs[e] = inside
		return inside
	case opWith:
		if part == Expr(x.b) {
			return &env{up: in, with: &thunk{code: c, expr: Expr(x.a), env: in}, lexical: in.lexical}
		}
	case opSet:
		set := &c.sets[x.a]
		switch {
		case c.outer(e, part):
		case set.rec:
			s.envs[e] = s.made.bind(c, set, in)
			return s.envs[e]
		case len(set.from) > 0:
			for _, f := range set.from {
				if f == part {
					return in
				}
			}
			inside := &env{up: in, lexical: in.lexical}
			for _, f := range set.from {
				inside.slots = append(inside.slots, &thunk{code: c, expr: f, env: in})
			}
			return inside
		}
	}
	return in
}

// outer reports whether a part of a set or let sees the names around that: whether it is what a plain inherit passes on.
func (c *Code) outer(e, part Expr) bool {
	x := &c.exprs[e]
	if x.op != opSet && x.op != opLet || c.exprs[part].op != opVar {
		return false
	}
	i, ok := c.attrOf(x, part)
	return ok && c.sets[x.a].attrs[i].outer
}

// attrOf returns the number of the attribute of a set or let whose value a part of it is; ok is false where it is something else,
// as the body of a let.
func (c *Code) attrOf(x *expr, part Expr) (i uint32, ok bool) {
	i = c.located().attr[part]
	attrs := c.sets[x.a].attrs
	if i == 0 || int(i) > len(attrs) || attrs[i-1].value != part {
		return 0, false
	}
	return i - 1, true
}
