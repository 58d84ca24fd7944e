package eval

import (
	"cmp"
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast/source"
)

// Finding is an expression of a file whose evaluation surely fails, whoever calls the functions around it.
type Finding struct {
	*Failure
	// Span is what is to blame.
	Span source.Span
	// Sure is set where evaluating the file, and calling what it is if that is a function, comes by the place for certain;
	// else only evaluating something in it does.
	Sure bool
	// Way is how what is to blame came to its place, from there to where it is made: at most six places.
	Way []Waypoint
	// Inside is where a failure happens in a function that fails for what it is called with; nil where that is the place at
	// hand. Span is then the argument that is to blame, or the call, and what the Failure says of places is about the function.
	Inside *Inside
	// entry is the expression of the file that fails so, or of whose value the part of does; blamed is the argument that Span is.
	entry, blamed Expr
	of            element
}

// Examination looks for what surely fails in a file. It goes from the file's value to what that holds: attributes, elements,
// arguments, and the bodies of functions, whose arguments are unknown. What nothing comes by, such as names of a let that
// nothing uses, or the arm of a condition that never holds, is not looked at.
//
// A place is looked at in the one environment that its file gives it, in which the arguments of all functions around it are
// unknown. So what is found there holds whenever the place is evaluated. What fails in a call, for the arguments that it has, is
// found where that comes to such a place (see entered). Nothing is found where a condition asks of what fails, and is not
// known (see guarded).
type Examination struct {
	code     *Code
	ev       *Evaluation
	seen     []role // by expression: as what it was queued
	queue    []pending
	found    map[Expr][]*Failure
	loops    map[*thunk]*Failure
	inCycles map[*thunk]bool
	entries  map[Expr]entry
	carried  map[*Failure]bool // the failures that have entered
	applied  []applied
	// fixedSpans are the functions that fixpoints looks at; nil where nobody has asked.
	fixedSpans []source.Span
	// fixed are the fixpoints under examination; nil where none are.
	fixed *fixpoints
	// Exhausted counts the questions for which the fuel did not suffice.
	Exhausted int
	// GaveUp is set where the file costs more than it may, so that nothing is said of it.
	GaveUp bool
	// Unexplained is set where findings have no Way since somebody waits.
	Unexplained bool
}

// Incomplete reports whether something may not be found for want of fuel.
func (x *Examination) Incomplete() bool { return x.Exhausted > 0 || x.GaveUp }

// pending is something that is still to be evaluated.
type pending struct {
	thunk *thunk
	// lambda and env are a function whose body is to be evaluated instead.
	lambda Expr
	env    *env
	// args are the arguments of one call, which may guard each other.
	args []*thunk
	call Expr
}

// What examining a file may cost, in steps: a fixed part, and a part for each expression. Of a file that costs more nothing
// is said.
const workOfFile, workOfExpr = 600_000, 30

// The same where somebody waits, and what one question may cost then.
const briefWorkOfFile, briefWorkOfExpr, briefFuel = 10_000, 4, 3_000

// Examine looks for what surely fails in a file, with an evaluation that was not used before. It returns what it finds in
// source order. A file that imports more files than an evaluation does is examined by itself.
func Examine(ev *Evaluation, code *Code) ([]Finding, *Examination) {
	imports, scoped := ev.Import != nil, ev.Scoped != nil
	if ev.Brief {
		ev.Fuel = min(ev.Fuel, briefFuel)
	}
	findings, x := examine(ev, code)
	if imports && ev.Import == nil || scoped && ev.Scoped == nil {
		*ev = Evaluation{Fuel: ev.Fuel, Brief: ev.Brief, Stop: ev.Stop}
		return examine(ev, code)
	}
	return findings, x
}

func examine(ev *Evaluation, code *Code) (findings []Finding, x *Examination) {
	x = &Examination{
		code: code, ev: ev, seen: append(ev.seen[:0], make([]role, len(code.exprs))...), queue: ev.queue[:0],
		found: map[Expr][]*Failure{}, loops: map[*thunk]*Failure{}, inCycles: map[*thunk]bool{},
		entries: map[Expr]entry{}, carried: map[*Failure]bool{},
	}
	ev.watch = x
	defer func() { ev.seen, ev.queue = x.seen, x.queue }()
	root := ev.thunkOf(code, code.root, ev.level(nil, true))
	sure := x.body(ev.ask(root))
	budget := ev.work + workOfFile + workOfExpr*len(code.exprs)
	if ev.Brief {
		budget = ev.work + briefWorkOfFile + briefWorkOfExpr*len(code.exprs)
	}
	for next := 0; next < len(x.queue) && ev.work <= budget && len(ev.files) < maxFiles; next++ {
		if ev.Stop != nil && ev.Stop() {
			break
		}
		x.look(x.queue[next])
	}
	if ev.work > budget {
		ev.watch, x.GaveUp = nil, true
		return nil, x
	}
	x.applications()
	ev.watch = nil
	guarded := x.guarded(slices.Collect(maps.Keys(x.found)))
	for e, failures := range x.found {
		for _, f := range failures {
			if sure[f] || !guarded[e] {
				findings = append(findings, Finding{Failure: f, Span: f.span(code, e), Sure: sure[f], of: f.ofPart()})
			}
		}
	}
	findings = append(findings, x.through(sure)...)
	told := map[source.Span]bool{}
	for t, f := range x.loops {
		span := t.code.Span(t.expr)
		told[span] = true
		findings = append(findings, Finding{Failure: f, Span: span, Sure: sure[f]})
	}
	for _, f := range x.fixpoints() {
		if !told[f.Span] {
			findings = append(findings, f)
		}
	}
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Index, b.Index))
	})
	x.explain(findings)
	return findings, x
}

// span is what a failure blames.
func (f *Failure) span(code *Code, e Expr) source.Span {
	if f.End > 0 {
		return source.Span{Start: f.Start, End: f.End}
	}
	return code.Span(e)
}

// maxBodies is the number of functions around each other through which the file's value is followed.
const maxBodies = 8

// body follows the file's value to the body of the functions that it is, and returns the failures with which that surely
// ends.
func (x *Examination) body(v *Value) map[*Failure]bool {
	sure := map[*Failure]bool{}
	for range maxBodies {
		if v.Fails() {
			for _, f := range v.Ends() {
				sure[f] = true
			}
			break
		}
		if !v.isKnown() || v.fn == nil || v.fn.code != x.code || !v.fn.env.lexical {
			break
		}
		v = x.ask(x.inside(v.fn.lambda(), v.fn.env))
	}
	return sure
}

// inside returns the body of a function whose arguments are unknown, and queues its defaults.
func (x *Examination) inside(l *lambdaCode, up *env) *thunk {
	in := x.ev.level(up, true)
	in.slots = x.ev.lists.Many(max(1, len(l.formals)+1))
	for i := range in.slots {
		in.slots[i] = topThunk
	}
	for i := range l.formals {
		if f := &l.formals[i]; f.named != 0 && f.def == 0 {
			in.slots[i] = given(mayFailTo[f.named])
		}
	}
	if l.at {
		in.slots[len(l.formals)] = someSet
	}
	for _, f := range l.formals {
		if f.def != 0 {
			x.made(x.ev.thunkOf(x.code, f.def, in))
		}
	}
	return x.ev.thunkOf(x.code, l.body, in)
}

func (x *Examination) ask(t *thunk) *Value {
	v := x.ev.ask(t)
	if x.ev.dry {
		x.Exhausted++
	}
	return v
}

// look evaluates something that was queued.
func (x *Examination) look(p pending) {
	switch {
	case p.lambda != 0:
		x.ask(x.inside(&x.code.lambdas[x.code.exprs[p.lambda].a], p.env))
	case p.args != nil:
		// An argument that is a known Boolean may decide whether the others are ever evaluated: optionalString (x != null) "${x}".
		args, callee := p.args, x.code.lastName(Expr(x.code.kids[x.code.exprs[p.call].a]))
		for i, t := range p.args {
			if x.own(t) {
				switch x.code.exprs[t.expr].op {
				case opLambda, opSet, opList, opConcat:
					continue
				}
			}
			v := x.ask(t)
			switch {
			case v.kinds != Bool || !v.isKnown():
				if i == 0 && guards[callee] {
					x.mark(p.call, asUndecided)
				}
			case unguarded[callee]:
				args = p.args[len(p.args)-1:]
			case v.num == 0 || !guards[callee]:
				return
			}
		}
		for _, t := range args {
			x.made(t)
		}
	default:
		x.ask(p.thunk)
	}
}

// guards are functions of nixpkgs' lib that evaluate their last argument where the first is true, unguarded those that do so
// in any case.
var (
	guards    = map[string]bool{"mkIf": true, "optional": true, "optionals": true, "optionalString": true, "optionalAttrs": true}
	unguarded = map[string]bool{"traceIf": true, "warnIf": true, "warnIfNot": true, "throwIf": true, "throwIfNot": true}
)

// own reports whether a thunk is an expression of the file, in the one environment that counts.
func (x *Examination) own(t *thunk) bool {
	return t.code == x.code && t.state != done && t.env != nil && t.env.lexical
}

// role is as what an expression is queued.
type role uint8

const (
	asThunk role = 1 << iota
	asFunction
	asCall
	asSet
	asGiven // not queued: a call of which is noted what it gives
	asLater
	asUndecided // not queued: a condition, or a call of one of guards, that is not known to hold or not
)

func (x *Examination) mark(e Expr, r role) bool {
	if x.seen[e]&r != 0 {
		return false
	}
	x.seen[e] |= r
	return true
}

// made notes a thunk that something may evaluate later.
func (x *Examination) made(t *thunk) {
	if x.own(t) && x.mark(t.expr, asThunk) {
		x.queue = append(x.queue, pending{thunk: t})
	}
}

// lambda notes a function.
func (x *Examination) lambda(at site, in *env, f *function) {
	if x.fixed != nil && x.fixed.lambda(x, at, f) {
		return
	}
	if at.lexical && at.code == x.code && x.mark(at.expr, asFunction) {
		x.queue = append(x.queue, pending{lambda: at.expr, env: in})
	}
}

// call notes the arguments of a call.
func (x *Examination) call(at site, args []*thunk) {
	if at.lexical && at.code == x.code && x.mark(at.expr, asCall) {
		x.queue = append(x.queue, pending{args: args, call: at.expr})
	}
}

// set notes the attributes of a set literal.
func (x *Examination) set(at site, s *setCode, out *set) {
	if !at.lexical || at.code != x.code || !x.mark(at.expr, asSet) {
		return
	}
	for _, t := range out.values[:len(s.attrs)] {
		x.made(t)
	}
}

// undecided notes that it is not known whether a condition holds.
func (x *Examination) undecided(at site) {
	if !at.lexical || at.code != x.code {
		return
	}
	switch x.code.exprs[at.expr].op {
	case opIf, opAssert, opAnd, opOr, opImpl:
		x.mark(at.expr, asUndecided)
	}
}

// fails notes that an expression surely fails.
func (x *Examination) fails(at site, v *Value) {
	if !at.lexical || at.code != x.code || len(x.found[at.expr]) > 0 || x.fixed != nil {
		return
	}
	v.failures(func(f *Failure) {
		if f.at != at {
			x.entered(at, v, element{})
			return
		}
		switch f.Reason {
		case Thrown, Aborted, Recursion: // meant, or told elsewhere
		default:
			x.found[at.expr] = append(x.found[at.expr], f)
		}
	})
}

// later notes what a call leaves to later, whether or not something asks for it.
func (x *Examination) later(at site, t *thunk) {
	if at.lexical && at.code == x.code && x.fixed == nil && x.mark(at.expr, asLater) {
		x.queue = append(x.queue, pending{thunk: t})
	}
}

// failsLater notes that an attribute of what a call gives surely fails.
func (x *Examination) failsLater(at site, v *Value, name string) {
	if !at.lexical || at.code != x.code || len(x.found[at.expr]) > 0 || x.fixed != nil {
		return
	}
	v.failures(func(f *Failure) {
		if f.at == at && f.part == name {
			x.found[at.expr] = append(x.found[at.expr], f)
		} else {
			x.entered(at, v, element{is: true, name: name})
		}
	})
}

// recursion notes that a thunk asked for itself, and what came of it: an infinite recursion if nothing else is possible.
func (x *Examination) recursion(_ *Evaluation, t *thunk, v *Value) {
	if x.fixed != nil {
		x.fixed.recursion(x, t, v)
		return
	}
	if t.code != x.code || t.env == nil || !t.env.lexical || v.rest != 0 || x.inCycles[t] {
		return
	}
	var loop *Failure
	only := v.kinds == Hard
	v.failures(func(f *Failure) {
		only = only && f.Reason == Recursion && f.thunk == t
		loop = f
	})
	if !only || loop == nil {
		return
	}
	for _, member := range loop.cycle {
		if member != t && x.loops[member] != nil {
			return
		}
	}
	for _, member := range loop.cycle {
		x.inCycles[member] = true
	}
	x.loops[t] = loop
}

// lastName returns the name that a variable or selection ends in, or that of a function of builtins or lib, or "".
func (c *Code) lastName(e Expr) string {
	switch x := &c.exprs[e]; x.op {
	case opSelect:
		if last := c.paths[x.c-1]; x.d == 0 && last.dyn == 0 {
			return last.sym
		}
	case opWithVar:
		return c.symbols[x.a]
	case opGlobal:
		return builtinTable[x.a].name
	}
	return ""
}
