package eval

import (
	"slices"

	"github.com/nixsift/nixsift/ast/source"
)

// maxSteps bounds the steps that are told of a finding, workOfSteps what finding those of a file may cost, and briefWorkOfSteps the
// same where somebody waits.
const maxSteps, workOfSteps, briefWorkOfSteps = 6, workOfFile, briefWorkOfFile

// traced evaluates a thunk as a question of its own, and returns what gave its value; nil where the fuel did not suffice.
func (ev *Evaluation) traced(t *thunk) (*Value, *step) {
	ev.trace.frames = append(ev.trace.frames[:0], frame{})
	v := ev.ask(t)
	parts := ev.trace.frames[0].parts
	if ev.dry || len(parts) == 0 {
		return v, nil
	}
	return v, parts[len(parts)-1]
}

// explain finds the steps of findings, in their order, by asking anew what is to blame for each. All are asked of one evaluation:
// what leads to many is evaluated once.
func (x *Examination) explain(findings []Finding) {
	ev := &Evaluation{Fuel: x.ev.Fuel, Import: x.ev.Import, Scoped: x.ev.Scoped, trace: newTracer()}
	w := newGround(x.code, ev.trace)
	left := workOfSteps
	if x.ev.Brief {
		left = briefWorkOfSteps
	}
	for i := range findings {
		f := &findings[i]
		if f.at.code != x.code && f.Inside == nil || f.Reason == Recursion {
			continue
		}
		if ev.work+w.looked > left || x.ev.Stop != nil && x.ev.Stop() {
			x.Unexplained = x.ev.Brief
			return
		}
		f.Way = f.steps(ev, w)
	}
}

// steps returns how what a failure blames came to its place.
func (f *Finding) steps(ev *Evaluation, w *ground) (steps []Waypoint) {
	culprits := []blamed{{thunk: w.thunk(f.blamed), span: w.code.Span(f.blamed)}}
	if f.Inside == nil {
		culprits = f.culprits(w)
	} else if f.blamed == 0 {
		return nil
	}
	for _, c := range culprits {
		_, s := ev.traced(c.thunk)
		if s == nil || c.thunk.value != nil && c.thunk.value.kinds == Anything {
			continue
		}
		for i, step := range ev.trace.wayOf(s) {
			own := step.File == w.code.Path
			switch {
			case own && f.Span.Covers(step.Span), step.Kind == ByParam:
				continue // it is seen where the finding is
			case i == 0 && own && step.Kind != ByName && step.Span == c.span:
				continue // what is blamed is itself that call, or what is made
			case slices.ContainsFunc(steps, func(old Waypoint) bool { return old.File == step.File && old.Span == step.Span }):
				continue
			}
			steps = append(steps, step)
		}
	}
	if n := len(steps); n > maxSteps {
		steps = append(steps[:maxSteps-1:maxSteps-1], steps[n-1])
	}
	return steps
}

// blamed is a value that a failure blames.
type blamed struct {
	thunk *thunk
	span  source.Span
}

// culprits returns what a failure blames, in the environments of its file.
func (f *Failure) culprits(w *ground) (out []blamed) {
	at, code := f.at, w.code
	x := &code.exprs[at.expr]
	whole := func(e uint32) blamed { return blamed{thunk: w.thunk(Expr(e)), span: code.Span(Expr(e))} }
	shown := func(i int) {
		if _, ok := f.CallArgument(i); ok {
			out = append(out, whole(code.kids[int(x.a)+1+i]))
		}
	}
	switch f.Reason {
	case Uncoercible:
		return []blamed{whole(uint32(at.expr))}
	case MissingAttr, NotSet:
		switch {
		case x.op == opSelect:
			for n := range x.c - x.b {
				if code.paths[x.b+n].start == f.Start {
					return []blamed{w.selected(at.expr, n)}
				}
			}
		case x.op == opCall && f.Name != "":
			if callee := &code.exprs[code.kids[x.a]]; x.b == x.a+3 && code.lastName(Expr(code.kids[x.a])) == "getAttr" && callee.op != opLambda {
				return []blamed{whole(code.kids[x.a+2])}
			}
		}
	case NotFunction:
		if x.op == opCall {
			return []blamed{w.called(at.expr, uint32(f.Index))}
		}
	case MissingArg, UnexpectedArg, BadArgument:
		if x.op != opCall {
			return nil
		}
		arg := uint32(0) // the number of the wrong one
		for i := range x.b - x.a - 1 {
			if f.arg != nil && f.arg.code == code && f.arg.expr == Expr(code.kids[x.a+1+i]) {
				arg = i
			}
		}
		out = append(out, w.called(at.expr, arg))
		if x.b-x.a == 2 || arg > 0 {
			if argument := whole(code.kids[x.a+1+arg]); code.exprs[code.kids[x.a+1+arg]].op != opSet {
				out = append(out, argument)
			}
		}
	case BadOperand, BadOperands, BadCondition:
		if f.around != 0 {
			return []blamed{whole(uint32(at.expr))}
		}
		for _, part := range w.parts(at.expr) {
			switch span := (source.Span{Start: f.Start, End: f.End}); {
			case f.End > 0 && code.Span(part) == span:
				out = slices.Insert(out, 0, whole(uint32(part)))
			case f.Reason == BadOperands:
				out = append(out, whole(uint32(part)))
			}
		}
	case BadName:
		for _, part := range w.parts(at.expr) {
			if span := (source.Span{Start: f.Start, End: f.End}); len(out) == 0 && span.Covers(code.Span(part)) {
				out = append(out, whole(uint32(part)))
			}
		}
	case BadBuiltinArg, RelativePath:
		shown(f.Index)
	}
	return out
}

// selected returns what the first n names of a selection give.
func (w *ground) selected(e Expr, n uint32) blamed {
	x := w.code.exprs[e]
	if n == 0 {
		return blamed{thunk: w.thunk(Expr(x.a)), span: w.code.Span(Expr(x.a))}
	}
	in := w.env(e)
	x.c, x.d = x.b+n, 0
	return w.part(e, in, source.Span{Start: w.code.Span(Expr(x.a)).Start, End: w.code.paths[x.c-1].end}, func(ev *Evaluation, at site) *Value {
		return ev.selectExpr(at, &x, in)
	})
}

// called returns what a call gives with its first n arguments.
func (w *ground) called(e Expr, n uint32) blamed {
	x := w.code.exprs[e]
	if n == 0 {
		return blamed{thunk: w.thunk(Expr(w.code.kids[x.a])), span: w.code.Span(Expr(w.code.kids[x.a]))}
	}
	in := w.env(e)
	x.b = x.a + 1 + n
	return w.part(e, in, source.Span{Start: w.code.Span(e).Start, End: w.code.Span(Expr(w.code.kids[x.b-1])).End}, func(ev *Evaluation, at site) *Value {
		return ev.callExpr(at, &x, in)
	})
}

// part returns the value of the beginning of an expression.
func (w *ground) part(e Expr, in *env, span source.Span, run func(ev *Evaluation, at site) *Value) blamed {
	at := site{w.code, e, in.lexical}
	return blamed{span: span, thunk: &thunk{fn: func(ev *Evaluation) *Value {
		ev.trace.begin()
		v := ev.trace.end(at, run(ev, at))
		parts := ev.trace.frames[len(ev.trace.frames)-1].parts
		parts[len(parts)-1].beginning = true
		return v
	}}}
}
