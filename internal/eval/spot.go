package eval

import (
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast/source"
)

// Spot names a way in which evaluation fails, whoever evaluates the file that has it: why, and the expression. It refers to
// no code.
type Spot struct {
	Reason     Reason
	File       string
	Start, End uint32
}

// Spots returns what names a failure: its place; or of a recursion the members of the cycle, from each of which it is met.
func (f *Failure) Spots() (spots []Spot) {
	add := func(c *Code, e Expr) {
		span := c.Span(e)
		spots = append(spots, Spot{f.Reason, c.Path, span.Start, span.End})
	}
	for _, t := range f.cycle {
		if t.code != nil && t.fn == nil {
			add(t.code, t.expr)
		}
	}
	if len(f.cycle) == 0 && f.at.code != nil {
		add(f.at.code, f.at.expr)
	}
	return spots
}

// Ends returns the failures with which evaluating something surely ends; none where it may have a value, or where it is one
// of several ways.
func (v *Value) Ends() (ends []*Failure) {
	if !v.Fails() || v.rest != 0 {
		return nil
	}
	v.failures(func(f *Failure) { ends = append(ends, f) })
	if len(ends) > 1 { // a call may lack arguments and have others
		ends = slices.DeleteFunc(ends, func(f *Failure) bool { return f.fn == nil })
	}
	return ends
}

// Passage names an expression of a file through which a failure comes from inside a function: the whole of its value, or an element or
// attribute of that. It refers to no code. The zero Passage is none.
type Passage struct {
	File string
	Span source.Span
	of   element
}

// Through returns what of a file fails for what happens Inside a function.
func (f *Finding) Through(code *Code) Passage { return Passage{code.Path, code.Span(f.entry), f.of} }

// Hole has an evaluation know nothing of what a failure comes through, if that lies in a file.
func (ev *Evaluation) Hole(code *Code, p Passage) {
	if e, ok := code.At(p.Span); ok && p.File == code.Path && p != (Passage{}) {
		ev.holed, ev.hole, ev.holeOf = code, e, p.of
	}
}

// without returns a value of whose part nothing is known.
func (v *Value) without(part element) *Value {
	out := *v
	switch s := v.set; {
	case !v.isKnown():
		return v
	case s != nil:
		a, has := s.own[part.name]
		if !has || part.name == "" {
			return v
		}
		hidden := *s
		hidden.own = maps.Clone(s.own)
		a.value = topThunk
		hidden.own[part.name] = a
		out.set = &hidden
	case v.kinds == List && part.index < len(v.list):
		out.list = slices.Clone(v.list)
		out.list[part.index] = topThunk
	}
	return &out
}
