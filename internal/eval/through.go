package eval

import (
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast/source"
)

// Inside is where evaluation fails in a function that is called with what it fails for: the file, or "" where the code lies
// nowhere, and the bytes.
type Inside struct {
	File string
	Span source.Span
}

// OfArgument reports whether Span is an argument that is to blame, and not a call.
func (f *Finding) OfArgument() bool { return f.blamed != 0 }

// MayMiss reports whether the file in which a failure happens asks somewhere whether a set has the attribute that is missing.
func (f *Failure) MayMiss() bool { return f.at.code.MayMiss(f.Name) }

// entry is where a failure inside a function comes to an expression of the file that holds whoever calls: a call, or what
// asks for a part of its value.
type entry struct {
	failure *Failure
	of      element
}

// element is a part of what a call gives: an element of a list, or an attribute of a set.
type element struct {
	is    bool
	name  string
	index int
}

// applied is the application of a function to a part of an argument, which the call of map or the like leaves to later.
type applied struct {
	call  Expr
	thunk *thunk
	of    element
}

// maxApplied is the number of elements and attributes up to which what a call gives is looked at.
const maxApplied = 200

// entered notes that a failure that happened in a call, with the arguments that it has, comes to an expression of the file.
// Only the innermost one is noted, and only what fails in one place: both operands may be wrong there.
func (x *Examination) entered(at site, v *Value, of element) {
	var only *Failure
	places := 0
	v.failures(func(f *Failure) {
		if only == nil || f.at != only.at {
			only, places = f, places+1
		}
	})
	if places != 1 || only.at.code == nil || only.at.lexical || x.carried[only] {
		return
	}
	switch only.Reason {
	case Recursion:
		if t := only.thunk; t.code == nil || t.env == nil || t.env.lexical || x.inFixpoint(only) {
			return // told where that stands
		}
	case Thrown, Aborted, Needed, Undefined, BadName, DuplicateAttr:
		return
	case OutOfRange:
		if v.kinds&Caught != 0 {
			return // tryEval may be around it on purpose
		}
	}
	x.carried[only] = true
	if _, ok := x.entries[at.expr]; !ok {
		x.entries[at.expr] = entry{only, of}
	}
}

// inFixpoint reports whether a recursion goes through a function that is examined with its fixpoint.
func (x *Examination) inFixpoint(f *Failure) bool {
	if x.fixedSpans == nil {
		x.fixedSpans = []source.Span{}
		for f := range x.code.fixpoints() {
			x.fixedSpans = append(x.fixedSpans, x.code.Span(f))
		}
	}
	in := func(c *Code, e Expr) bool {
		return c == x.code && slices.ContainsFunc(x.fixedSpans, func(s source.Span) bool { return s.Covers(c.Span(e)) })
	}
	return in(f.at.code, f.at.expr) || slices.ContainsFunc(f.cycle, func(t *thunk) bool { return in(t.code, t.expr) })
}

// gave notes what a call gives where it does not fail: lists and sets of applications, which are evaluated later.
func (x *Examination) gave(at site, v *Value) {
	if !at.lexical || at.code != x.code || x.fixed != nil || x.ev.Brief || v.kinds&(List|Set) == 0 {
		return
	}
	if v = v.only(Anything &^ Failures); !v.isKnown() {
		return
	}
	add := func(t *thunk, of element) {
		if t.code == nil && t.fn != nil {
			x.applied = append(x.applied, applied{at.expr, t, of})
		}
	}
	switch s := v.set; {
	case len(v.list) > maxApplied || s != nil && (s.size > maxApplied || s.below != nil || s.literal != nil) || !x.mark(at.expr, asGiven):
	case s != nil:
		for _, name := range slices.Sorted(maps.Keys(s.own)) {
			add(s.own[name].value, element{is: true, name: name})
		}
	default:
		for i, t := range v.list {
			add(t, element{is: true, index: i})
		}
	}
}

// applications looks at what calls left to later, as the elements of a list are looked at. Where that costs too much, nothing
// is said of the rest.
func (x *Examination) applications() {
	budget := x.ev.work + workOfFile
	for i := 0; i < len(x.applied); i++ {
		a := x.applied[i]
		if x.ev.work > budget || x.ev.Stop != nil && x.ev.Stop() || len(x.ev.files) >= maxFiles {
			return
		}
		if x.entries[a.call].failure != nil {
			continue
		}
		if v := x.ask(a.thunk); v.Fails() {
			x.entered(site{x.code, a.call, true}, v, a.of)
		}
	}
}

// through returns what fails in calls for the arguments that they have. What the function fails with whatever it is given is
// told where that stands, but for what a function such as filter fails with where it calls what it got.
func (x *Examination) through(sure map[*Failure]bool) (findings []Finding) {
	if len(x.entries) == 0 {
		return nil
	}
	p := &prober{x: x, scopes: map[*Code]*Scopes{}, always: map[site]bool{}, left: workOfSteps}
	var exprs []Expr
	for _, e := range slices.Sorted(maps.Keys(x.entries)) { // so that the same ones are asked while the work lasts
		f := x.entries[e].failure
		if here := f.at.code == x.code && f.at.expr == e; p.left > 0 && (here || !p.fails(f)) {
			exprs = append(exprs, e)
		}
	}
	guarded := x.guardedBy(exprs, func(e Expr) []Expr { return []Expr{e} })
	for _, e := range exprs {
		in := x.entries[e]
		if guarded[e] && !sure[in.failure] {
			continue
		}
		f := Finding{Failure: in.failure, Sure: sure[in.failure], Inside: &Inside{in.failure.at.code.Path, in.failure.span(in.failure.at.code, in.failure.at.expr)}}
		f.entry, f.of = e, in.of
		f.blamed, f.Span = p.blame(e, in.of)
		findings = append(findings, f)
	}
	return findings
}

// prober asks what would be if something were not known.
type prober struct {
	x      *Examination
	scopes map[*Code]*Scopes
	always map[site]bool
	left   int // what it may still cost
}

func (p *prober) within(code *Code, e Expr) Part {
	s := p.scopes[code]
	if s == nil {
		s = NewScopes(code, nil)
		p.scopes[code] = s
	}
	return s.Within(e)
}

// fails reports whether the place of a failure fails whatever the functions around it get.
func (p *prober) fails(f *Failure) bool {
	e := f.at.expr
	if f.Reason == Uncoercible {
		if up := f.at.code.located().around[e]; f.at.code.exprs[up].op == opConcat {
			e = up
		}
	}
	at := site{code: f.at.code, expr: e}
	fails, asked := p.always[at]
	if !asked {
		ev := &Evaluation{Fuel: p.x.ev.Fuel, Import: p.x.ev.Import}
		v := ev.Ask(p.within(f.at.code, e))
		if t := v.element(f.ofPart()); f.part != "" && t != nil {
			v = ev.ask(t)
		}
		fails = f.failsWith(v)
		p.left -= ev.work
		p.always[at] = fails
	}
	return fails
}

// still reports whether an expression, or a part of its value, fails if another one were not known.
func (p *prober) still(e Expr, of element, hole Expr) bool {
	ev := &Evaluation{Fuel: p.x.ev.Fuel, Import: p.x.ev.Import, hole: hole, holed: p.x.code}
	s := NewScopes(p.x.code, nil)
	v := ev.Ask(s.Within(e))
	if of.is {
		switch t := v.element(of); {
		case v.Fails():
		case t == nil:
			return false
		default:
			v = ev.ask(t)
		}
	}
	p.left -= ev.work
	return v.Fails()
}

// ofPart returns what fails of the value at the place of a failure.
func (f *Failure) ofPart() element { return element{is: f.part != "", name: f.part} }

// element returns a part of a value; nil where it is not known.
func (v *Value) element(of element) *thunk {
	switch {
	case !v.isKnown():
	case v.kinds == List && of.name == "" && of.index < len(v.list):
		return v.list[of.index]
	case v.kinds == Set:
		if values, has, unknown := v.set.lookup(of.name); has == Present && !unknown && len(values) == 1 {
			return values[0]
		}
	}
	return nil
}

// maxBlamed is the number of parts of the arguments of a call up to which the one to blame is looked for.
const maxBlamed = 24

// maxInLiterals bounds the literals inside each other that are taken apart.
const maxInLiterals = 3

// blame returns what is to blame for a failure that comes to an expression: the smallest part of an argument of the call
// without which it would not surely fail, if that is one; else the call.
func (p *prober) blame(e Expr, of element) (Expr, source.Span) {
	c := p.x.code
	call := p.call(e)
	if call == 0 || call != e && p.still(e, of, call) {
		return 0, p.part(e)
	}
	leaves, literals := p.parts(call)
	for _, parts := range [2][]Expr{leaves, literals} {
		var found []Expr
		for _, part := range parts {
			if p.left < 0 || len(leaves) > maxBlamed {
				return 0, c.Span(call)
			}
			if len(found) == 1 && c.Span(part).Covers(c.Span(found[0])) || p.still(e, of, part) {
				continue
			}
			ev := &Evaluation{Fuel: p.x.ev.Fuel, Import: p.x.ev.Import}
			if !ev.Ask(p.within(c, part)).Surely(Function) {
				found = append(found, part)
			}
		}
		switch len(found) {
		case 0:
			continue
		case 1:
			return found[0], c.Span(found[0])
		}
		break
	}
	return 0, c.Span(call)
}

// part returns what is shown of an expression that asks for a part of what a call gives: the name of a selection.
func (p *prober) part(e Expr) source.Span {
	c := p.x.code
	if x := &c.exprs[e]; x.op == opSelect && x.inherited {
		return source.Span{Start: c.paths[x.c-1].start, End: c.paths[x.c-1].end}
	}
	return c.Span(e)
}

// call returns the call from which an expression takes its value, by names of the file and selections; 0 where it is none.
func (p *prober) call(e Expr) Expr {
	c := p.x.code
	in := p.within(c, e).t.env
	for range maxNamed {
		switch x := &c.exprs[e]; x.op {
		case opCall:
			return e
		case opSelect:
			e = Expr(x.a)
		case opVar:
			t := in.level(x.a).slots[x.b]
			if t.code != c || t.env == nil || !t.env.lexical {
				return 0
			}
			e, in = t.expr, t.env
		default:
			return 0
		}
	}
	return 0
}

// parts returns what the arguments of a call consist of: the values in literals and the arguments of calls, else each argument;
// and those literals and calls, inner ones first. Of callPackage and its kin the function is none.
func (p *prober) parts(call Expr) (leaves, literals []Expr) {
	c := p.x.code
	kids := c.kids[c.exprs[call].a:c.exprs[call].b]
	todo := kids[1:]
	if byName[c.lastName(Expr(kids[0]))] != 0 {
		todo = kids[len(kids)-1:]
	}
	var add func(e Expr, depth int)
	add = func(e Expr, depth int) {
		x := &c.exprs[e]
		if x.op == opLambda || len(leaves) > maxBlamed {
			return
		}
		before := len(leaves)
		switch {
		case depth > maxInLiterals:
		case x.op == opList:
			for _, k := range c.kids[x.a:x.b] {
				add(Expr(k), depth+1)
			}
		case x.op == opCall:
			for _, k := range c.kids[x.a+1 : x.b] {
				add(Expr(k), depth+1)
			}
		case x.op == opSet && len(c.sets[x.a].dynamic) == 0 && !c.sets[x.a].rec:
			for _, a := range c.sets[x.a].attrs {
				add(a.value, depth+1)
			}
		}
		if len(leaves) == before {
			leaves = append(leaves, e)
		} else {
			literals = append(literals, e)
		}
	}
	for _, k := range todo {
		add(Expr(k), 0)
	}
	return leaves, literals
}
