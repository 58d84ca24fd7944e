package eval

import (
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

// Through returns the expression of a file that fails for what happens Inside a function.
func (f *Finding) Through(code *Code) source.Span { return code.Span(f.entry) }

// Hole has an evaluation know nothing of an expression.
func (ev *Evaluation) Hole(code *Code, e Expr) { ev.holed, ev.hole = code, e }
