package eval

import "slices"

// function is a function with a payload: one that code defines, or a builtin with the arguments that it has so far.
type function struct {
	code  *Code
	index uint32 // of the lambda
	env   *env

	builtin *builtin
	args    []*thunk
	// lexical is set where the environments of calls count as those in which the arguments are unknown (see fixpoints).
	lexical bool
}

func (f *function) lambda() *lambdaCode { return &f.code.lambdas[f.index] }

// callExpr evaluates a call.
func (ev *Evaluation) callExpr(at site, x *expr, in *env) *Value {
	kids := at.code.kids[x.a:x.b]
	fn := ev.eval(at.code, Expr(kids[0]), in)
	if x.d != 0 && fn.rest == Anything {
		fn = builderValues[x.d]
	}
	args := ev.lists.Many(len(kids) - 1)
	for i, k := range kids[1:] {
		args[i] = ev.plainThunk(at.code, Expr(k), in)
	}
	if ev.watch != nil {
		ev.watch.call(at, args)
	}
	v := ev.call(at, fn, args)
	if ev.watch != nil {
		ev.watch.gave(at, v)
	}
	return v
}

// call applies a value to arguments.
func (ev *Evaluation) call(at site, fn *Value, args []*thunk) *Value {
	for i := 0; i < len(args); {
		if fn.IsForeign() {
			return fn
		}
		if fn.rest == Anything {
			return topValue
		}
		if fn.isKnown() && fn.fn != nil && fn.fn.builtin != nil { // which takes several arguments at once
			var used int
			fn, used = ev.callBuiltin(at, fn.fn, args[i:])
			i += used
			continue
		}
		fn = ev.callOne(at, fn, args[i], i)
		if fn.Fails() {
			return fn
		}
		i++
	}
	return fn
}

// callOne applies the alternatives of a value, what a function gives after some arguments, to one more.
func (ev *Evaluation) callOne(at site, fn *Value, arg *thunk, before int) *Value {
	if !ev.enter() {
		return topValue
	}
	defer ev.leave()
	var out *Value
	wrong := Kinds(0)
	fn.each(func(x *Value) {
		switch {
		case x.kinds&Failures != 0:
			out = join(out, x)
		case x.kinds == Function && !x.isKnown():
			out = topValue
		case x.kinds == Function && x.fn.builtin != nil:
			v, _ := ev.callBuiltin(at, x.fn, []*thunk{arg})
			out = join(out, v)
		case x.kinds == Function:
			out = join(out, ev.callLambda(at, x.fn, arg))
		case x.kinds == Set && x.set != nil:
			values, has, unknown := x.set.lookup(functorName)
			if unknown {
				out = topValue
			}
			for _, t := range values {
				out = join(out, ev.call(at, ev.force(t), []*thunk{given(x), arg}))
			}
			if has == Absent {
				wrong |= Set
			}
		case x.kinds == Set:
			out = topValue
		default:
			wrong |= x.kinds
		}
	})
	switch {
	case wrong == 0:
	case out == nil || out.Fails():
		f := &Failure{Reason: NotFunction, at: at, Got: wrong, Index: before, arg: arg}
		if fn.isKnown() {
			f.set = fn.set
		}
		out = join(out, failed(f))
	default:
		out = join(out, bare(Hard))
	}
	return out
}

// callLambda applies a function that code defines.
func (ev *Evaluation) callLambda(at site, f *function, arg *thunk) *Value {
	if !ev.pay(1) {
		return topValue
	}
	if ev.trace != nil && ev.trace.called != nil {
		ev.trace.called(at, f, arg)
	}
	if v := ev.endless.recurs(ev, at, f); v != nil {
		return v
	}
	l := f.lambda()
	inside := ev.level(f.env, f.lexical)
	if !l.pattern {
		inside.slots = ev.lists.Many(1)
		inside.slots[0] = arg
		return ev.eval(f.code, l.body, inside)
	}
	v := ev.force(arg)
	ok, bad := ev.want(v, Set, func(got Kinds) *Failure { return &Failure{Reason: BadArgument, at: at, Got: got, fn: f, arg: arg} })
	if ok == nil {
		return bad
	}
	var out *Value
	ok.each(func(x *Value) {
		s := x.set
		if s == nil {
			s = openSet
		}
		out = join(out, ev.callPattern(at, f, s, arg))
	})
	return join(out, bad)
}

// callPattern applies a function with a set pattern to one set.
func (ev *Evaluation) callPattern(at site, f *function, s *set, arg *thunk) *Value {
	l := f.lambda()
	if !ev.pay(len(l.formals)) {
		return topValue
	}
	inside := ev.level(f.env, f.lexical)
	inside.slots = ev.lists.Many(len(l.formals) + 1)[:0]
	var lacking []string
	sure := true // nothing is left to chance
	for i := range l.formals {
		formal := &l.formals[i]
		values, has, unknown := s.lookup(formal.sym)
		switch {
		case has == Present && !unknown && len(values) == 1:
			inside.slots = append(inside.slots, values[0])
			continue
		case has == Absent && formal.def != 0:
			inside.slots = append(inside.slots, ev.thunkOf(f.code, formal.def, inside))
			continue
		case has == Absent:
			lacking = append(lacking, formal.sym)
		case has == Possible && formal.def == 0:
			sure = false
		}
		inside.slots = append(inside.slots, topThunk)
	}
	var fails *Value
	if len(lacking) > 0 {
		fails = failed(&Failure{Reason: MissingArg, at: at, Names: lacking, fn: f, arg: arg})
	}
	if !l.open {
		var extra []string
		for below := s; below != nil; below = below.below {
			sure = sure && !below.open
			for name, a := range below.all {
				if !l.takes(name) && !a.maybe {
					extra = append(extra, name)
				}
				sure = sure && !a.maybe
			}
		}
		if len(extra) > 0 {
			fails = join(fails, failed(&Failure{Reason: UnexpectedArg, at: at, Names: sortedNames(extra), fn: f, arg: arg}))
		}
	}
	if fails != nil {
		return fails
	}
	if l.at {
		inside.slots = append(inside.slots, arg)
	}
	v := ev.eval(f.code, l.body, inside)
	if !sure {
		v = join(v, bare(Hard))
	}
	return v
}

func (l *lambdaCode) takes(name string) bool {
	for i := range l.formals {
		if l.formals[i].sym == name {
			return true
		}
	}
	return false
}

func sortedNames(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
