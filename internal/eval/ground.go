package eval

import "github.com/nixsift/nixsift/ast/source"

// ground is the scopes of a file with parameters that a tracer knows.
type ground struct {
	*Scopes
	looked int // the expressions that were looked through for parts of others
}

func newGround(code *Code, trace *tracer) *ground {
	s := NewScopes(code, nil)
	s.unknown = func(e Expr, start, end uint32, kinds Kinds) *thunk {
		return trace.argument(site{code: code, expr: e}, source.Span{Start: start, End: end}, kinds)
	}
	return &ground{Scopes: s}
}

// around returns the expression that an expression is a part of; 0 of the file's.
func (w *ground) around(e Expr) Expr { return w.code.located().around[e] }

// parts returns the expressions that an expression consists of. They were lowered right before it.
func (w *ground) parts(e Expr) (parts []Expr) {
	span := w.code.Span(e)
	for p := e - 1; p > 0 && span.Covers(w.code.Span(p)); p-- {
		w.looked++
		if w.around(p) == e {
			parts = append([]Expr{p}, parts...)
		}
	}
	return parts
}

// parameter returns the argument of a function.
func (w *ground) parameter(lambda Expr, n uint32) *thunk {
	in := w.envs[lambda]
	if in == nil {
		in = w.inside(lambda, w.code.lambdas[w.code.exprs[lambda].a].body, w.env(lambda))
	}
	return in.slots[n]
}

// thunk returns the thunk of an expression: that of the name of a let or recursive set whose value it is, or a new one.
func (w *ground) thunk(e Expr) *thunk {
	if p := w.around(e); p != 0 && !w.code.outer(p, e) {
		if x := &w.code.exprs[p]; x.op == opLet || x.op == opSet && w.code.sets[x.a].rec {
			if i, ok := w.code.attrOf(x, e); ok {
				return w.env(e).slots[i]
			}
		}
	}
	return w.Within(e).t
}
