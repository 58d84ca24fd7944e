package eval

import (
	"cmp"
	"slices"

	"github.com/nixsift/nixsift/ast/source"
)

// Known is what is known of a place, and why.
type Known struct {
	Place
	Described
	// Way is how the value came to the place: the names, calls and imports, and where it is made.
	Way []Waypoint
	// Why is, where nothing is known of the value, the innermost place of which that is so; a parameter, mostly.
	Why *Waypoint
	// Params are the parameters whose arguments, of which nothing is known, were asked for, Lib the names that are taken for
	// functions of nixpkgs' lib, Files the other files that were evaluated, sorted: what the answer rests on.
	Params, Lib []Waypoint
	Files       []string
	// Cut is set where the fuel did not suffice: with more of it, more may be known.
	Cut bool
	// Default is the default of a parameter, or nil; Whole is set for the name of a whole argument, behind @.
	Default *Described
	Whole   bool
	// Functions are the functions that stand at the place, or whose parameter does.
	Functions []FunctionID
}

// Described is what a value can be.
type Described struct {
	Kinds Kinds
	// Values are the values of which more than the kind is known. Other ones of the same kinds are possible where Sole is not set.
	Values []Fact
	Sole   bool
}

// Fact is a value of which more is known than its kind: what of the fields counts is said by the kind, which is one.
type Fact struct {
	Kind   Kinds
	Int    int64
	Float  float64
	Bool   bool
	Text   string // of strings and paths
	Length int    // of lists
	// Attrs are the attributes of a set, sorted by name; Open tells that there may be others.
	Attrs    []AttrFact
	Open     bool
	Function *FunctionFact
	Failure  *Failure
}

// AttrFact is an attribute of a set.
type AttrFact struct {
	Name string
	// Maybe is set where it may be missing.
	Maybe bool
	// File and Span are where its name is defined, or else its value; the span is empty where that is not known.
	File string
	Span source.Span
}

// FunctionID names a function of a file: it is the same whoever lowers that.
type FunctionID struct {
	File  string
	index uint32
}

// FunctionFact is what is known of a function.
type FunctionFact struct {
	// Builtin is the name of a builtin or function of lib, which takes Arity arguments and has got Given of them.
	Builtin      string
	Arity, Given int
	// File and Span are where the parameter stands of a function that code defines. It takes a set with the Formals, and any
	// others where Open is set, or, where Pattern is not set, any argument.
	File    string
	Span    source.Span
	Pattern bool
	Formals []FormalFact
	Open    bool
}

// FormalFact is a formal of a function.
type FormalFact struct {
	Name     string
	Optional bool
	Span     source.Span // of the name
}

// Inspector tells what is known of places in files. It belongs to one goroutine.
type Inspector struct {
	// Import returns the code of a file, as Evaluation has it.
	Import func(path string) *Code
	// Fuel is what one question may cost.
	Fuel int
}

// Ask returns what is known of a place in a file, whatever the arguments of the functions around it are.
func (in *Inspector) Ask(code *Code, p Place) Known {
	ev := in.evaluation()
	w := newGround(code, ev.trace)
	k := Known{Place: p}
	x := &code.exprs[p.expr]
	var t *thunk
	switch p.Kind {
	case AtSelection:
		t = w.selected(p.expr, p.n).thunk
	case AtParameter:
		l := &code.lambdas[x.a]
		t = w.parameter(p.expr, p.n)
		k.Whole = l.pattern && int(p.n) == len(l.formals)
		k.Functions = []FunctionID{{code.Path, x.a}}
		if int(p.n) < len(l.formals) && l.formals[p.n].def != 0 {
			v, _ := ev.traced(w.thunk(l.formals[p.n].def))
			d := describe(v)
			k.Default = &d
		}
	case AtLib:
		k.Described = Described{Kinds: Set}
		k.Lib = []Waypoint{{Kind: ByName, File: code.Path, Span: p.Span, Name: p.Name}}
		return k
	default:
		t = w.thunk(p.expr)
	}
	v, s := ev.traced(t)
	k.Described, k.Cut = describe(v), ev.dry || ev.cuts > 0
	if p.Kind == AtParameter {
		return k
	}
	if s != nil {
		if s.value.kinds == Anything && s.value.isBare() {
			why := ev.trace.ignorance(s)
			k.Why = &Waypoint{Kind: Made, File: why.at.code.Path, Span: why.at.code.Span(why.at.expr), Kinds: Anything}
			if why.param {
				k.Why.Kind, k.Why.Span = ByParam, why.name
			}
		}
		k.Way = way(code, p, ev.trace, s)
	}
	for _, a := range ev.trace.args {
		k.Params = append(k.Params, Waypoint{Kind: ByParam, File: a.at.code.Path, Span: a.name})
	}
	for _, l := range ev.trace.lib {
		k.Lib = append(k.Lib, Waypoint{Kind: ByName, File: l.at.code.Path, Span: l.at.code.Span(l.at.expr)})
	}
	for path := range ev.files {
		k.Files = append(k.Files, in.Import(path).Path)
	}
	slices.Sort(k.Files)
	k.Files = slices.Compact(k.Files)
	v.each(func(alt *Value) {
		if alt.fn != nil && alt.fn.code != nil {
			k.Functions = append(k.Functions, FunctionID{alt.fn.code.Path, alt.fn.index})
		}
	})
	return k
}

// way returns how the value of a place came there; nothing where that is not known, is made there, or fails.
func way(code *Code, p Place, tr *tracer, s *step) (out []Waypoint) {
	if s.value.Fails() || s.value.kinds == Anything && s.value.isBare() {
		return nil
	}
	for _, point := range tr.wayOf(s) {
		here := point.File == code.Path && (point.Span == p.Span || p.Kind == AtDefinition && point.Span == code.Span(p.expr))
		if !here && !slices.Contains(out, point) {
			out = append(out, point)
		}
	}
	return out
}

func (in *Inspector) evaluation() *Evaluation {
	return &Evaluation{Fuel: cmp.Or(in.Fuel, Fuel), Import: in.Import, trace: newTracer()}
}

// describe returns what a value can be.
func describe(v *Value) Described {
	d := Described{Kinds: v.kinds, Sole: v.rest&^(Failures|Null) == 0}
	v.each(func(alt *Value) {
		switch {
		case alt.kinds == Null, alt.kinds&Failures != 0 && alt.fail == nil:
			return
		case !alt.isKnown():
			d.Sole = false
			return
		}
		f := Fact{Kind: alt.kinds}
		switch alt.kinds {
		case Int:
			f.Int = alt.num
		case Float:
			f.Float = alt.real
		case Bool:
			f.Bool = alt.num != 0
		case String, Path:
			f.Text = alt.text
		case List:
			f.Length = len(alt.list)
		case Set:
			f.Attrs, f.Open = alt.set.facts(), !alt.set.closed()
		case Function:
			f.Function = alt.fn.fact()
		case Caught, Hard:
			f.Failure = alt.fail
		}
		d.Values = append(d.Values, f)
	})
	return d
}

// facts returns the attributes of a set, sorted.
func (s *set) facts() (out []AttrFact) {
	seen := map[string]bool{}
	for layer := s; layer != nil; layer = layer.below {
		for name := range layer.all {
			if seen[name] {
				continue
			}
			seen[name] = true
			values, has, _ := s.lookup(name)
			f := AttrFact{Name: name, Maybe: has != Present}
			f.File, f.Span = s.defines(name, values)
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b AttrFact) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// defines returns where an attribute is defined: in the literal that the set comes from, or where its value is.
func (s *set) defines(name string, values []*thunk) (file string, span source.Span) {
	if s.code != nil && s.below == nil && s.code.exprs[s.expr].op == opSet {
		for _, a := range s.code.sets[s.code.exprs[s.expr].a].attrs {
			if a.sym == name {
				return s.code.Path, source.Span{Start: a.start, End: a.end}
			}
		}
	}
	if len(values) == 0 || values[0].code == nil {
		return "", source.Span{}
	}
	t := values[0]
	if def := t.code.defined()[t.expr]; def.Name == name {
		return t.code.Path, def.Span
	}
	return t.code.Path, t.code.Span(t.expr)
}

func (f *function) fact() *FunctionFact {
	if f.builtin != nil {
		return &FunctionFact{Builtin: f.builtin.name, Arity: f.builtin.arity, Given: len(f.args)}
	}
	l := f.lambda()
	out := &FunctionFact{File: f.code.Path, Span: source.Span{Start: l.start, End: l.end}, Pattern: l.pattern, Open: l.open}
	for _, formal := range l.formals {
		out.Formals = append(out.Formals, FormalFact{formal.sym, formal.def != 0, source.Span{Start: formal.start, End: formal.end}})
	}
	return out
}
