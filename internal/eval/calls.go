package eval

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// Call is a call of a function.
type Call struct {
	Function FunctionID
	// File and Span are where it stands. By is callPackage or the like where that passes what the function takes and the call
	// does not, else "".
	File string
	Span source.Span
	By   string
	// Argument is what the argument can be, Formals what the formals get.
	Argument Described
	Formals  []FormalArgument
}

// FormalArgument is what a formal gets in a call.
type FormalArgument struct {
	Name string
	// Given tells that the call passes the argument, Maybe that it may.
	Given, Maybe bool
	Value        Described
}

// Calls returns the calls in a file of some functions, of this file or of another, by their place. Where the arguments of the
// functions around a call are not known, what they bring to it is not. text is that of the file. complete is false where some
// calls were not looked at for want of fuel.
func (in *Inspector) Calls(code *Code, text string, of []FunctionID) (calls []Call, complete bool) {
	ev := in.evaluation()
	s := &seeker{
		ev: ev, w: newGround(code, ev.trace), text: text, of: of, found: map[callKey]*Call{},
		budget: workOfFile + workOfExpr*len(code.exprs),
	}
	ev.trace.called = s.called
	for e := Expr(1); int(e) < len(code.exprs); e++ {
		if code.exprs[e].op != opCall || s.w.around(e) == 0 && e != code.root {
			continue
		}
		if s.spent() {
			break
		}
		s.look(e)
	}
	return s.sorted(), !s.spent()
}

type callKey struct {
	site site
	fn   FunctionID
}

// seeker looks for calls of functions.
type seeker struct {
	ev    *Evaluation
	w     *ground
	text  string
	of    []FunctionID
	found map[callKey]*Call
	met   []metCall
	// budget is what all questions together may cost.
	budget int
}

func (s *seeker) spent() bool { return s.ev.work > s.budget || len(s.ev.files) >= maxFiles }

// metCall is a call that was met during a question.
type metCall struct {
	at  site
	f   *function
	arg *thunk
}

// maxInside bounds the elements of what a call gives that are looked into: map f list calls f when they are asked for.
const maxInside = 20

// look evaluates a call, and what it gives.
func (s *seeker) look(e Expr) {
	s.packaged(e)
	v := s.ev.ask(s.w.thunk(e))
	s.note()
	inside := slices.Clone(v.list)
	if v.set != nil && v.set.closed() && v.set.size <= maxInside {
		for _, name := range v.set.sorted() {
			values, _, _ := v.set.lookup(name)
			inside = append(inside, values...)
		}
	}
	for i, t := range inside {
		if i < maxInside && t.fn != nil {
			s.ev.ask(t)
			s.note()
		}
	}
}

// called takes a call that is met; its argument is asked for later.
func (s *seeker) called(at site, f *function, arg *thunk) {
	if at.code == s.w.code && slices.Contains(s.of, FunctionID{f.code.Path, f.index}) {
		s.met = append(s.met, metCall{at, f, arg})
	}
}

// note adds the calls that were met. Of a call that was met with several arguments, all of them are told.
func (s *seeker) note() {
	for len(s.met) > 0 && !s.spent() {
		m := s.met[0]
		s.met = s.met[1:]
		id := FunctionID{m.f.code.Path, m.f.index}
		c := &Call{Function: id, File: s.w.code.Path, Span: s.w.code.Span(m.at.expr)}
		s.passed(c, m.f.lambda(), s.ev.ask(m.arg))
		s.add(m.at, c)
	}
}

func (s *seeker) add(at site, c *Call) {
	key := callKey{site{code: at.code, expr: at.expr}, c.Function}
	old := s.found[key]
	if old == nil {
		s.found[key] = c
		return
	}
	old.Argument = old.Argument.or(c.Argument)
	for i := range old.Formals {
		f, g := &old.Formals[i], c.Formals[i]
		f.Maybe = f.Maybe || g.Maybe || f.Given != g.Given
		f.Given = f.Given && g.Given
		f.Value = f.Value.or(g.Value)
	}
}

// passed says what a function gets from an argument.
func (s *seeker) passed(c *Call, l *lambdaCode, v *Value) {
	c.Argument = describe(v)
	if !l.pattern {
		return
	}
	sets := v.only(Set)
	for _, formal := range l.formals {
		a := FormalArgument{Name: formal.sym, Maybe: true, Value: Described{Kinds: Anything}}
		if sets != nil && sets.isKnown() {
			values, has, unknown := sets.set.lookup(formal.sym)
			a.Given, a.Maybe = has == Present, has == Possible
			switch {
			case has == Absent:
				a.Value = Described{}
			case !unknown && len(values) == 1:
				a.Value = describe(s.ev.ask(values[0]))
			}
		}
		c.Formals = append(c.Formals, a)
	}
}

// packaged looks whether a call is one of callPackage with the file of one of the functions, as its value.
func (s *seeker) packaged(e Expr) {
	code := s.w.code
	kids := code.kids[code.exprs[e].a:code.exprs[e].b]
	name := code.Span(Expr(kids[0])).Of(s.text)
	name = name[strings.LastIndexByte(name, '.')+1:]
	if !strings.HasPrefix(name, "callPackage") || len(kids) < 2 || s.ev.Import == nil {
		return
	}
	path := s.ev.ask(s.w.thunk(Expr(kids[1])))
	s.note()
	if path.kinds != Path || !path.isKnown() {
		return
	}
	file := s.ev.Import(path.text)
	if file == nil {
		return
	}
	fn := s.ev.ask(&thunk{code: file, expr: file.root, env: &env{}})
	s.note()
	if !fn.isKnown() || fn.fn == nil || fn.fn.code == nil || !slices.Contains(s.of, FunctionID{fn.fn.code.Path, fn.fn.index}) {
		return
	}
	c := &Call{Function: FunctionID{fn.fn.code.Path, fn.fn.index}, File: code.Path, Span: code.Span(e), By: name}
	v := bare(Set)
	if len(kids) > 2 {
		v = s.ev.ask(s.w.thunk(Expr(kids[2])))
		s.note()
	}
	s.passed(c, fn.fn.lambda(), v)
	s.add(site{code: code, expr: e}, c)
}

func (s *seeker) sorted() []Call {
	var out []Call
	for _, c := range s.found {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End), cmp.Compare(a.Function.index, b.Function.index))
	})
	return out
}

// or returns what can be either of two values. Of sets and functions, those that the first one tells of are told.
func (d Described) or(o Described) Described {
	out := Described{Kinds: d.Kinds | o.Kinds, Sole: d.Sole && o.Sole, Values: d.Values}
	for _, f := range o.Values {
		if !slices.ContainsFunc(out.Values, f.same) {
			out.Values = append(slices.Clip(out.Values), f)
		}
	}
	if len(out.Values) > maxAlts {
		out.Values, out.Sole = nil, false
	}
	return out
}

// same reports whether two facts say the same, as far as that is seen at once.
func (f Fact) same(g Fact) bool {
	return f.Kind == g.Kind && f.Int == g.Int && f.Float == g.Float && f.Bool == g.Bool && f.Text == g.Text && f.Length == g.Length &&
		f.Open == g.Open && f.Failure == g.Failure && (f.Function == nil) == (g.Function == nil) &&
		slices.EqualFunc(f.Attrs, g.Attrs, func(a, b AttrFact) bool { return a.Name == b.Name }) && (f.Function == nil || f.Function.File == g.Function.File && f.Function.Span == g.Function.Span)
}
