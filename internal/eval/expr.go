package eval

import (
	"maps"

	"github.com/nixsift/nixsift/ast/source"
)

// farAway is the number of environments that a name is looked up through at the price of one step.
const farAway = 32

// eval evaluates an expression as far as its outermost form.
func (ev *Evaluation) eval(code *Code, e Expr, in *env) *Value {
	if !ev.enter() {
		return topValue
	}
	hole := e == ev.hole && e != 0 && code == ev.holed
	if hole && !ev.holeOf.is {
		ev.leave()
		return topValue
	}
	at := site{code, e, in.lexical}
	if ev.trace != nil {
		ev.trace.begin()
	}
	v := ev.evalOp(at, &code.exprs[e], in)
	if hole {
		v = v.without(ev.holeOf)
	}
	if ev.trace != nil {
		v = ev.trace.end(at, v)
	}
	ev.leave()
	if v.kinds&^Failures == 0 && v.kinds != 0 {
		v = v.through(at, "")
		if ev.watch != nil {
			ev.watch.fails(at, v)
		}
	}
	return v
}

func (ev *Evaluation) evalOp(at site, x *expr, in *env) *Value {
	code := at.code
	sub := func(e uint32) *Value { return ev.eval(code, Expr(e), in) }
	switch x.op {
	case opConst:
		return code.consts[x.a]
	case opConcat:
		return ev.made(at, ev.concat(at, code.kids[x.a:x.b], in))
	case opPathConcat:
		return ev.made(at, ev.pathConcat(at, code.kids[x.a:x.b], in))
	case opVar:
		if x.a > farAway && !ev.pay(int(x.a/farAway)) {
			return topValue
		}
		t := in.level(x.a).slots[x.b]
		if t.state == running {
			return ev.recursion(t, at)
		}
		return ev.force(t)
	case opWithVar:
		return ev.assumed(ev.withVar(at, code.symbols[x.a], in), x.b)
	case opGlobal:
		if ev.foreign && x.c == ofLibGiven {
			return topValue
		}
		if ev.Lib != nil && x.c != 0 {
			if p, ok := ev.Lib[builtinValues[x.a].fn.builtin.name]; ok {
				return ev.force(p.t)
			}
		}
		if x.b != 0 && (ev.Written || ev.watch != nil && ev.watch.fixed != nil) {
			if v := sub(x.b); v.Fails() {
				return v
			}
		}
		return builtinValues[x.a]
	case opBuiltins:
		return builtinsValue
	case opLambda:
		f := ev.functions.One()
		f.code, f.index, f.env = code, x.a, in
		if ev.watch != nil {
			ev.watch.lambda(at, in, f)
		}
		return ev.known(Value{kinds: Function, fn: f})
	case opCall:
		return ev.callExpr(at, x, in)
	case opSelect:
		return ev.selectExpr(at, x, in)
	case opHasAttr:
		return ev.hasAttr(at, sub(x.a), code.paths[x.b:x.c], in)
	case opList:
		kids := code.kids[x.a:x.b]
		if !ev.pay(len(kids)) {
			return topValue
		}
		list := ev.lists.Many(len(kids))
		for i, k := range kids {
			list[i] = ev.later(code, Expr(k), in)
		}
		return ev.known(Value{kinds: List, list: list})
	case opSet:
		return ev.setExpr(at, &code.sets[x.a], in)
	case opLet:
		if !ev.pay(len(code.sets[x.a].attrs)) {
			return topValue
		}
		return ev.eval(code, Expr(x.b), ev.bind(code, &code.sets[x.a], in))
	case opWith:
		inside := ev.level(in, in.lexical)
		inside.with = ev.thunkOf(code, Expr(x.a), in)
		return ev.eval(code, Expr(x.b), inside)
	case opIf:
		return ev.branch(at, sub(x.a), func() *Value { return sub(x.b) }, func() *Value { return sub(x.c) })
	case opAssert:
		return ev.branch(at, sub(x.a), func() *Value { return sub(x.b) }, func() *Value {
			return &Value{kinds: Caught, fail: &Failure{Reason: Thrown, at: at}}
		})
	case opNot:
		return ev.branch(at, sub(x.a), constantly(falseValue), constantly(trueValue))
	case opAnd:
		return ev.branch(at, sub(x.a), func() *Value { return ev.boolean(code, Expr(x.b), in) }, constantly(falseValue))
	case opOr:
		return ev.branch(at, sub(x.a), constantly(trueValue), func() *Value { return ev.boolean(code, Expr(x.b), in) })
	case opImpl:
		return ev.branch(at, sub(x.a), func() *Value { return ev.boolean(code, Expr(x.b), in) }, constantly(trueValue))
	case opEq, opNeq:
		v := ev.equal(sub(x.a), sub(x.b), 0)
		if x.op == opNeq {
			return ev.branch(at, v, constantly(falseValue), constantly(trueValue))
		}
		return v
	case opLess:
		return ev.less(at, sub(x.a), sub(x.b), false)
	case opGreater:
		b, a := sub(x.b), sub(x.a)
		return ev.less(at, b, a, false)
	case opLessEq:
		b, a := sub(x.b), sub(x.a)
		return ev.less(at, b, a, true)
	case opGreaterEq:
		return ev.less(at, sub(x.a), sub(x.b), true)
	case opNeg:
		return ev.arithmetic(at, opSub, intValue(0), sub(x.a))
	case opSub, opMul, opDiv:
		return ev.arithmetic(at, x.op, sub(x.a), sub(x.b))
	case opAdd:
		return ev.made(at, ev.addTo(at, sub(x.a), func() *Value { return sub(x.b) }))
	case opUpdate:
		return ev.updateSets(at, sub(x.a), sub(x.b))
	case opConcatLists:
		return ev.concatLists(at, sub(x.a), sub(x.b))
	}
	return topValue
}

func constantly(v *Value) func() *Value { return func() *Value { return v } }

// later makes the thunk of an expression.
func (ev *Evaluation) later(code *Code, e Expr, in *env) *thunk {
	t := ev.plainThunk(code, e, in)
	if ev.watch != nil {
		ev.watch.made(t)
	}
	return t
}

var topThunk, someSet = given(topValue), given(bare(Set))

// bind makes the environment of a let or of a recursive set.
func (ev *Evaluation) bind(code *Code, s *setCode, in *env) *env {
	inside := ev.level(in, in.lexical)
	thunks := ev.thunks.Many(len(s.attrs) + len(s.from))
	inside.slots = ev.lists.Many(len(thunks))
	for i := range thunks {
		t := &thunks[i]
		inside.slots[i] = t
		t.code, t.env = code, inside
		if i >= len(s.attrs) {
			t.expr = s.from[i-len(s.attrs)]
			continue
		}
		t.expr = s.attrs[i].value
		if s.attrs[i].outer {
			t.env = in
		}
	}
	return inside
}

// setExpr evaluates a set literal.
func (ev *Evaluation) setExpr(at site, s *setCode, in *env) *Value {
	if !ev.pay(len(s.attrs) + len(s.dynamic)) {
		return topValue
	}
	out := ev.sets.One()
	out.code, out.expr, out.size, out.literal = at.code, at.expr, len(s.attrs), s
	inside := in
	if s.rec {
		inside = ev.bind(at.code, s, in)
		out.values = inside.slots[:len(s.attrs)]
	} else {
		if len(s.from) > 0 {
			inside = ev.level(in, in.lexical)
			inside.slots = ev.lists.Many(len(s.from))
			for i, f := range s.from {
				inside.slots[i] = ev.thunkOf(at.code, f, in)
			}
		}
		out.values = ev.lists.Many(len(s.attrs))
		for i, a := range s.attrs {
			scope := inside
			if a.outer {
				scope = in
			}
			out.values[i] = ev.plainThunk(at.code, a.value, scope)
		}
	}
	if ev.watch != nil {
		ev.watch.set(at, s, out)
	}
	if len(s.dynamic) == 0 {
		return ev.known(Value{kinds: Set, set: out})
	}
	return ev.dynamic(at, s, out, inside)
}

// plainThunk is later without telling that a thunk was made. For a name it is what that stands for, as in Nix.
func (ev *Evaluation) plainThunk(code *Code, e Expr, in *env) *thunk {
	switch x := &code.exprs[e]; {
	case e == ev.hole && code == ev.holed && !ev.holeOf.is:
		return topThunk
	case x.op == opVar:
		return in.level(x.a).slots[x.b]
	case ev.trace != nil: // who gives the value is of interest
	case x.op == opUnknown:
		return topThunk
	case x.op == opConst:
		t := ev.thunkOf(code, e, nil)
		t.value, t.state = code.consts[x.a], done
		return t
	}
	return ev.thunkOf(code, e, in)
}

// dynamic adds the attributes with computed names to a set.
func (ev *Evaluation) dynamic(at site, s *setCode, out *set, in *env) *Value {
	var fails *Value
	own := maps.Clone(out.flat())
	if own == nil {
		own = map[string]attr{}
	}
	open := false
	names := make([]string, len(s.dynamic)) // "" where it is not known
	for i, d := range s.dynamic {
		name := ev.eval(at.code, d.name.dyn, in)
		wanted := String
		if d.name.nullable {
			wanted |= Null
		}
		ok, bad := ev.want(name, wanted, func(got Kinds) *Failure {
			return &Failure{Reason: BadName, at: at, Start: d.name.start, End: d.name.end, Got: got}
		})
		fails = join(fails, bad)
		switch {
		case ok == nil:
			return fails
		case ok.kinds == Null:
			continue
		case ok.isKnown() && ok.kinds == String:
			sym := ok.text
			if _, twice := own[sym]; twice {
				return join(fails, failed(&Failure{
					Reason: DuplicateAttr, at: at, Start: d.name.start, End: d.name.end, Name: sym, First: s.definition(sym, names),
				}))
			}
			names[i] = sym
			own[sym] = attr{value: ev.later(at.code, d.value, in)}
		default:
			open = true
			ev.later(at.code, d.value, in)
			fails = join(fails, bare(Hard)) // it may be there already
		}
	}
	out.own, out.size, out.literal, out.values = own, len(own), nil, nil
	out.open = open
	return join(setValue(out), fails)
}

// definition returns where a set has the name of an attribute: a static one, or one of those with the computed names given.
func (s *setCode) definition(name string, computed []string) source.Span {
	for _, a := range s.attrs {
		if a.sym == name {
			return source.Span{Start: a.start, End: a.end}
		}
	}
	for i, d := range s.dynamic {
		if computed[i] == name && name != "" {
			return source.Span{Start: d.name.start, End: d.name.end}
		}
	}
	return source.Span{}
}

// branch goes on with what a condition decides: with one arm where it is known, with both where it is not.
func (ev *Evaluation) branch(at site, cond *Value, then, otherwise func() *Value) *Value {
	ok, bad := ev.want(cond, Bool, func(got Kinds) *Failure {
		return at.blame(&Failure{Reason: BadCondition, at: at, Got: got}, leftOperand)
	})
	switch {
	case ok == nil:
		return bad
	case !ok.isKnown():
		if ev.watch != nil {
			ev.watch.undecided(at)
		}
		if ev.forks >= maxForks {
			return ev.cut()
		}
		ev.forks++
		v := join(join(then(), otherwise()), bad)
		ev.forks--
		return v
	case ok.num != 0:
		return join(then(), bad)
	}
	return join(otherwise(), bad)
}

// boolean evaluates the second operand of && and its kin, which must be a Boolean wherever it is evaluated.
func (ev *Evaluation) boolean(code *Code, e Expr, in *env) *Value {
	at := site{code, e, in.lexical}
	ok, bad := ev.want(ev.eval(code, e, in), Bool, func(got Kinds) *Failure {
		return &Failure{Reason: BadCondition, at: at, Got: got, around: Bool}
	})
	if ok == nil && ev.watch != nil {
		ev.watch.fails(at, bad)
	}
	return join(ok, bad)
}

// want splits a value into what has one of the kinds and the failures: those that it can be by itself, and one that blame
// tells of where it can be of another kind. Either is nil where it is impossible.
func (ev *Evaluation) want(v *Value, k Kinds, blame func(got Kinds) *Failure) (ok, bad *Value) {
	if v.kinds&^k == 0 {
		return v, nil
	}
	ok, bad = v.only(k), v.only(Failures)
	if wrong := v.kinds &^ (k | Failures); wrong != 0 {
		if ok == nil { // the reason is of interest only where nothing else is possible
			f := blame(wrong)
			f.Assumed = v.assumes()
			bad = join(bad, failed(f))
		} else {
			bad = join(bad, bare(Hard))
		}
	}
	return ok, bad
}

// withVar looks a name up in the sets of the with expressions around it, the innermost first.
func (ev *Evaluation) withVar(at site, name string, in *env) *Value {
	var out *Value
	for ; in != nil; in = in.up {
		if in.with == nil {
			continue
		}
		if !ev.pay(1) {
			return topValue
		}
		v := ev.force(in.with)
		ok, bad := ev.want(v, Set, func(got Kinds) *Failure { return &Failure{Reason: NotSet, at: at, Got: got} })
		out = join(out, bad)
		if ok == nil {
			return out
		}
		found, has := ev.attribute(ok, name)
		out = join(out, found)
		if has == Present {
			return out
		}
	}
	return join(out, failed(&Failure{Reason: Undefined, at: at, Name: name}))
}

// attribute evaluates an attribute of a set, or of the alternatives that a value with nothing but sets has. The value is nil
// where none has it.
func (ev *Evaluation) attribute(v *Value, name string) (found *Value, has Presence) {
	some, all := false, true
	v.each(func(alt *Value) {
		s := alt.set
		if s == nil {
			s = openSet
		}
		values, has, unknown := s.lookup(name)
		for _, t := range values {
			found = join(found, ev.force(t))
		}
		if unknown {
			found = join(found, s.otherValue())
		}
		some, all = some || has != Absent, all && has == Present
	})
	switch {
	case all:
		return found, Present
	case some:
		return found, Possible
	}
	return found, Absent
}
