package eval

import "github.com/nixsift/nixsift/ast/source"

// tracer notes, while a question is asked, through which expressions its values came. It belongs to an evaluation that is
// thrown away with its answer, so that other evaluations pay nothing for it.
type tracer struct {
	frames []frame
	first  map[*Value]*step // what made a value
	of     map[*thunk]*step // what gave the value of a thunk that is done
	// args are the parameters, with unknown arguments, that were asked for, lib the functions of nixpkgs' lib, in the order in
	// which they were met.
	args, lib []*step
	met       map[step]bool
	// called is told of each call of a function that code defines; it may be nil.
	called func(at site, f *function, arg *thunk)
}

// step is an expression that gave a value, or a parameter whose argument is not known.
type step struct {
	at    site
	value *Value
	// from is the expression from which the value was passed on; nil where it was made here.
	from *step
	// base is the set of a selection, or of a with, and the function of a call.
	base *step
	// cause is, where nothing is known of the value, the last part of which that is so.
	cause *step
	// param is set for parameters: the lambda is that of at.
	param bool
	name  source.Span
	// beginning is set where only the beginning of the expression was evaluated.
	beginning bool
}

// frame is an expression under evaluation, with what its parts gave.
type frame struct{ parts []*step }

func newTracer() *tracer {
	return &tracer{first: map[*Value]*step{}, of: map[*thunk]*step{}, met: map[step]bool{}}
}

func (tr *tracer) begin() { tr.frames = append(tr.frames, frame{}) }

// end notes what an expression gave. The value returned is the same, but no other expression made it.
func (tr *tracer) end(at site, v *Value) *Value {
	parts := tr.frames[len(tr.frames)-1].parts
	tr.frames = tr.frames[:len(tr.frames)-1]
	s := &step{at: at}
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i].value == v {
			s.from = parts[i]
			break
		}
		if s.cause == nil && parts[i].value.kinds == Anything {
			s.cause = parts[i]
		}
	}
	switch at.code.exprs[at.expr].op {
	case opSelect, opCall:
		if len(parts) > 0 {
			s.base = parts[0]
		}
	case opWithVar:
		if n := len(parts); n > 1 {
			s.base = parts[n-2] // the set that has the name was asked for last
		}
	case opGlobal:
		if at.code.exprs[at.expr].c != 0 {
			tr.meet(&tr.lib, &step{at: site{code: at.code, expr: at.expr}})
		}
	}
	if s.from == nil {
		own := *v
		v = &own
		tr.first[v] = s
	}
	s.value = v
	tr.part(s)
	return v
}

// part notes that a step gave a part of the expression under evaluation.
func (tr *tracer) part(s *step) {
	if n := len(tr.frames); n > 0 {
		tr.frames[n-1].parts = append(tr.frames[n-1].parts, s)
	}
}

// forced notes what gave the value of a thunk.
func (tr *tracer) forced(t *thunk, v *Value) {
	n := len(tr.frames)
	if n == 0 {
		return
	}
	if parts := tr.frames[n-1].parts; len(parts) > 0 && parts[len(parts)-1].value == v {
		tr.of[t] = parts[len(parts)-1]
	}
}

// reused notes that a thunk was asked for that is done.
func (tr *tracer) reused(t *thunk) {
	s := tr.of[t]
	if s == nil {
		s = tr.first[t.value]
	}
	if s == nil {
		return
	}
	if s.param {
		tr.meet(&tr.args, s)
	}
	tr.part(s)
}

// meet adds a step to a list once.
func (tr *tracer) meet(list *[]*step, s *step) {
	key := step{at: s.at, name: s.name}
	if !tr.met[key] {
		tr.met[key] = true
		*list = append(*list, s)
	}
}

// argument returns the unknown argument that a parameter has.
func (tr *tracer) argument(at site, name source.Span, kinds Kinds) *thunk {
	v := *bare(kinds)
	t := given(&v)
	tr.of[t] = &step{at: at, value: t.value, param: true, name: name}
	return t
}

// WaypointKind says what a Waypoint is.
type WaypointKind uint8

// The kinds of waypoints.
const (
	ByName   WaypointKind = iota // the definition of Name
	ByCall                       // a call
	ByImport                     // an import
	ByParam                      // a parameter, of whose argument nothing is known
	Made                         // where the value is made
)

// Waypoint is one place on the way on which a value came to where it is used.
type Waypoint struct {
	Kind WaypointKind
	File string // absolute, or "" where the code lies nowhere
	Span source.Span
	Name string // of ByName and, where what is made is the value of a name, of Made
	// Kinds are those of the value.
	Kinds Kinds
}

// maxWay bounds the steps through which a way is followed.
const maxWay = 200

// wayOf returns the way of a value, from the expression where it is used to where it is made: the names, calls and imports
// by which it came. Of a value that can be one of several, the places where those are made come last.
func (tr *tracer) wayOf(s *step) (way []Waypoint) {
	left := maxWay
	tr.follow(&way, s, true, &left)
	return way
}

func (tr *tracer) follow(way *[]Waypoint, s *step, toEnd bool, left *int) {
	for ; s != nil && *left > 0; s = s.from {
		*left--
		if s.param {
			if toEnd {
				*way = append(*way, Waypoint{Kind: ByParam, File: s.at.code.Path, Span: s.name, Kinds: s.value.kinds})
			}
			return
		}
		code, x := s.at.code, &s.at.code.exprs[s.at.expr]
		def, named := code.defined()[s.at.expr]
		named = named && !s.beginning
		switch {
		case s.from == nil:
			if toEnd {
				tr.made(way, s)
			} else if named {
				*way = append(*way, Waypoint{Kind: ByName, File: code.Path, Span: def.Span, Name: def.Name, Kinds: s.value.kinds})
			}
		case named:
			*way = append(*way, Waypoint{Kind: ByName, File: code.Path, Span: def.Span, Name: def.Name, Kinds: s.value.kinds})
		case x.op == opCall:
			kind := ByCall
			if s.base != nil && s.base.value.isImport() {
				kind = ByImport
			}
			*way = append(*way, Waypoint{Kind: kind, File: code.Path, Span: code.Span(s.at.expr), Kinds: s.value.kinds})
		}
		if (x.op == opSelect || x.op == opWithVar) && s.from != nil {
			tr.follow(way, s.base, false, left)
		}
	}
}

// made adds the place where a value is made, or those of what it can be.
func (tr *tracer) made(way *[]Waypoint, s *step) {
	add := func(s *step, v *Value) {
		made := Waypoint{Kind: Made, File: s.at.code.Path, Span: s.at.code.Span(s.at.expr), Kinds: v.kinds}
		if !s.beginning {
			made.Name = s.at.code.defined()[s.at.expr].Name
		}
		*way = append(*way, made)
	}
	several := false
	for _, alt := range s.value.alts {
		if first := tr.first[alt]; first != nil && first != s {
			add(first, alt)
			several = true
		}
	}
	if !several {
		add(s, s.value)
	}
}

// ignorance returns the way to why nothing is known of a value: through the parts of which that is so.
func (tr *tracer) ignorance(s *step) *step {
	for range maxWay {
		switch {
		case s.param:
			return s
		case s.from != nil:
			s = s.from
		case s.cause != nil:
			s = s.cause
		default:
			return s
		}
	}
	return s
}

func (v *Value) isImport() bool {
	return v.fn != nil && v.fn.builtin != nil && v.fn.builtin.name == "import"
}
