package eval

import "github.com/nixsift/nixsift/ast/source"

// parts calls yield for the expressions that an expression consists of. inside tells that one of them sees the names that
// the expression binds.
func (c *Code) parts(e Expr, yield func(part Expr, inside bool)) {
	x := &c.exprs[e]
	part := func(e uint32, inside bool) {
		if e != 0 {
			yield(Expr(e), inside)
		}
	}
	path := func(from, to uint32) {
		for _, p := range c.paths[from:to] {
			part(uint32(p.dyn), false)
		}
	}
	switch x.op {
	case opUnknown, opConst, opVar, opWithVar, opGlobal, opBuiltins:
	case opConcat, opPathConcat, opCall, opList:
		for _, k := range c.kids[x.a:x.b] {
			part(k, false)
		}
	case opLambda:
		l := &c.lambdas[x.a]
		for _, f := range l.formals {
			part(uint32(f.def), true)
		}
		part(uint32(l.body), true)
	case opSelect:
		part(x.a, false)
		path(x.b, x.c)
		part(x.d, false)
	case opHasAttr:
		part(x.a, false)
		path(x.b, x.c)
	case opSet, opLet:
		s := &c.sets[x.a]
		for _, f := range s.from {
			part(uint32(f), s.rec)
		}
		for _, a := range s.attrs {
			part(uint32(a.value), !a.outer)
		}
		for _, d := range s.dynamic {
			part(uint32(d.name.dyn), true)
			part(uint32(d.value), true)
		}
		if x.op == opLet {
			part(x.b, true)
		}
	case opWith:
		part(x.a, false)
		part(x.b, true)
	case opIf:
		part(x.a, false)
		part(x.b, false)
		part(x.c, false)
	case opNot, opNeg:
		part(x.a, false)
	default:
		part(x.a, false)
		part(x.b, false)
	}
}

// world is the one environment that a file gives each of its expressions, in which the arguments of all functions around
// them are unknown.
type world struct {
	code   *Code
	parent []Expr // by expression; 0 for the file's value, and what is no part of that
	inside []bool // it sees the names that its parent binds
	envs   map[Expr]*env
	top    *env
	trace  *tracer    // knows the arguments; may be nil
	made   Evaluation // the memory for them
}

func newWorld(code *Code, trace *tracer) *world {
	w := &world{code: code, parent: make([]Expr, len(code.exprs)), inside: make([]bool, len(code.exprs)), envs: map[Expr]*env{}, top: &env{lexical: true}, trace: trace}
	for e := Expr(1); int(e) < len(code.exprs); e++ {
		code.parts(e, func(part Expr, inside bool) { w.parent[part], w.inside[part] = e, inside })
	}
	return w
}

// around returns the environment of an expression.
func (w *world) around(e Expr) *env {
	for w.parent[e] != 0 {
		if w.inside[e] {
			return w.within(w.parent[e])
		}
		e = w.parent[e]
	}
	return w.top
}

// within returns the environment that an expression makes for its parts.
func (w *world) within(e Expr) *env {
	if in := w.envs[e]; in != nil {
		return in
	}
	up, x := w.around(e), &w.code.exprs[e]
	in := up
	switch x.op {
	case opLet:
		in = w.made.bind(w.code, &w.code.sets[x.a], up)
	case opSet:
		s := &w.code.sets[x.a]
		switch {
		case s.rec:
			in = w.made.bind(w.code, s, up)
		case len(s.from) > 0:
			in = &env{up: up, lexical: true}
			for _, f := range s.from {
				in.slots = append(in.slots, &thunk{code: w.code, expr: f, env: up})
			}
		}
	case opWith:
		in = &env{up: up, with: &thunk{code: w.code, expr: Expr(x.a), env: up}, lexical: true}
	case opLambda:
		in = &env{up: up, lexical: true, slots: w.arguments(e, &w.code.lambdas[x.a])}
	}
	w.envs[e] = in
	return in
}

// arguments returns what is known of the arguments of a function: nothing.
func (w *world) arguments(e Expr, l *lambdaCode) (slots []*thunk) {
	add := func(start, end uint32, kinds Kinds) {
		if w.trace == nil {
			slots = append(slots, given(bare(kinds)))
			return
		}
		slots = append(slots, w.trace.argument(site{code: w.code, expr: e}, source.Span{Start: start, End: end}, kinds))
	}
	if !l.pattern {
		add(l.start, l.end, Anything)
		return slots
	}
	for _, f := range l.formals {
		add(f.start, f.end, Anything)
	}
	if l.at {
		add(l.start, l.end, Set)
	}
	return slots
}

// thunk returns the thunk of an expression: that of the name of a let or recursive set whose value it is, or a new one.
func (w *world) thunk(e Expr) *thunk {
	if p := w.parent[e]; p != 0 {
		if x := &w.code.exprs[p]; x.op == opLet || x.op == opSet && w.code.sets[x.a].rec {
			for i, a := range w.code.sets[x.a].attrs {
				if a.value == e {
					return w.within(p).slots[i]
				}
			}
		}
	}
	return &thunk{code: w.code, expr: e, env: w.around(e)}
}
