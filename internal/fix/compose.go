package fix

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// Compose returns the edits of a text that do what two rounds of edits do one after the other: first turns the
// text into mid, second is about mid. The result is sorted, its edits do not touch each other, and they name no
// file.
func Compose(mid string, first, second []diag.Edit) []diag.Edit {
	a, b := NewShift(first), NewShift(second)
	var out []diag.Edit
	for len(a.edits) > 0 || len(b.edits) > 0 {
		// A group is what touches in mid; its ends lie outside of, or at the ends of, every edit in it.
		var lo, hi uint32
		from := a.at
		i, j := 0, 0
		if len(b.edits) == 0 || len(a.edits) > 0 && a.edits[0].made.Start <= b.edits[0].Span.Start {
			lo, hi = a.edits[0].made.Start, a.edits[0].made.End
			i = 1
		} else {
			lo, hi = b.edits[0].Span.Start, b.edits[0].Span.End
			j = 1
		}
		for more := true; more; {
			more = false
			if i < len(a.edits) && a.edits[i].made.Start <= hi {
				hi, more = max(hi, a.edits[i].made.End), true
				i++
			}
			if j < len(b.edits) && b.edits[j].Span.Start <= hi {
				hi, more = max(hi, b.edits[j].Span.End), true
				j++
			}
		}
		var text strings.Builder
		at := lo
		for _, e := range b.edits[:j] {
			text.WriteString(mid[at:e.Span.Start])
			text.WriteString(e.Text)
			at = e.Span.End
		}
		text.WriteString(mid[at:hi])
		a.skip(i)
		b.skip(j)
		out = append(out, diag.Edit{
			Span: source.Span{Start: uint32(int64(lo) - from), End: uint32(int64(hi) - a.at)}, Text: text.String(),
		})
	}
	return out
}

// Shift tells where the places of a text are after edits.
type Shift struct {
	edits []shifted
	at    int64 // how far the text before the edits has moved
}

// shifted is an edit with the span that its text has in the result.
type shifted struct {
	diag.Edit
	made  source.Span
	moved int64 // how far the text behind it moves
}

// NewShift takes edits that do not overlap, in any order.
func NewShift(edits []diag.Edit) Shift {
	s := Shift{edits: make([]shifted, len(edits))}
	for i, e := range edits {
		s.edits[i].Edit = e
	}
	slices.SortStableFunc(s.edits, func(a, b shifted) int { return compareStart(a.Edit, b.Edit) })
	moved := int64(0)
	for i := range s.edits {
		e := &s.edits[i]
		start := uint32(int64(e.Span.Start) + moved)
		e.made = source.Span{Start: start, End: start + uint32(len(e.Text))}
		moved += int64(len(e.Text)) - int64(e.Span.Len())
		e.moved = moved
	}
	return s
}

func (s *Shift) skip(n int) {
	if n > 0 {
		s.at = s.edits[n-1].moved
	}
	s.edits = s.edits[n:]
}

// Span returns where a span is after the edits. What an edit replaces lies somewhere in its text.
func (s Shift) Span(at source.Span) source.Span {
	start, end := s.pos(at.Start, false), s.pos(at.End, true)
	return source.Span{Start: start, End: max(start, end)}
}

// pos returns where an offset is. Text inserted at the end of a span does not belong to it.
func (s Shift) pos(p uint32, end bool) uint32 {
	n := sort.Search(len(s.edits), func(i int) bool {
		e := s.edits[i].Span
		return e.End > p || end && e.Start == p
	})
	moved := s.at
	if n > 0 {
		moved = s.edits[n-1].moved
	}
	if n < len(s.edits) && s.edits[n].Span.Start < p {
		e := s.edits[n]
		return min(e.made.Start+(p-e.Span.Start), e.made.End)
	}
	return uint32(int64(p) + moved)
}

// Touches reports whether the text that an edit makes touches a span of the result. Edits are those of the shift.
func (s Shift) Touches(e diag.Edit, at source.Span) bool {
	i, ok := slices.BinarySearchFunc(s.edits, e, func(x shifted, e diag.Edit) int {
		return cmp.Or(cmp.Compare(x.Span.Start, e.Span.Start), cmp.Compare(x.Span.End, e.Span.End))
	})
	return ok && s.edits[i].made.Start <= at.End && at.Start <= s.edits[i].made.End
}
