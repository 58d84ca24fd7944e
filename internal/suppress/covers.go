package suppress

import (
	"cmp"
	"slices"
	"sort"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// covers are the places where comments silence one rule: a search finds the comment for a place, however many
// there are.
type covers struct {
	file  *name   // of a comment for the whole file
	spans []cover // by start
	seen  int     // comments looked at so far, which tests count
}

// cover is where a comment silences a rule: [start, end) holds both the comment and the lines it is for.
type cover struct {
	start, end uint32
	reach      uint32 // the largest end of this one and those before it
	of         *directive
	name       *name
}

func indexDirectives(all []*directive) map[string]*covers {
	index := map[string]*covers{}
	for _, d := range all {
		for _, n := range d.names {
			for _, id := range n.ids {
				x := index[id]
				if x == nil {
					x = &covers{}
					index[id] = x
				}
				switch {
				case !d.file:
					x.spans = append(x.spans, cover{start: min(d.from, d.comment.Start), end: max(d.to, d.comment.End), of: d, name: n})
				case x.file == nil:
					x.file = n
				}
			}
		}
	}
	for _, x := range index {
		slices.SortStableFunc(x.spans, func(a, b cover) int { return cmp.Compare(a.start, b.start) })
		reach := uint32(0)
		for i := range x.spans {
			reach = max(reach, x.spans[i].end)
			x.spans[i].reach = reach
		}
	}
	return index
}

// at returns the name that silences a finding that starts at an offset, or nil.
func (x *covers) at(offset uint32) *name {
	first := sort.Search(len(x.spans), func(i int) bool { return x.spans[i].reach > offset })
	for _, c := range x.spans[first:] {
		if x.seen++; c.start > offset {
			break
		}
		if c.of.covers(offset) {
			return c.name
		}
	}
	return x.file
}

// nearby finds the findings beside comments that miss them.
type nearby struct {
	lines  *source.LineIndex
	byRule map[string][]int // the lines that findings start on, ascending
}

// nearLines is how many lines a finding may start away from the place that a comment is for.
const nearLines = 4

func newNearby(lines *source.LineIndex, findings []diag.Finding) nearby {
	x := nearby{lines, map[string][]int{}}
	for i := range findings {
		f := &findings[i]
		x.byRule[f.Rule] = append(x.byRule[f.Rule], lines.Line(f.Span.Start))
	}
	for _, l := range x.byRule {
		slices.Sort(l)
	}
	return x
}

// of returns the line of a finding that a name of a comment may have been meant for, or 0.
func (x nearby) of(d *directive, n *name) int {
	if d.file {
		return 0
	}
	at := x.lines.Line(d.from)
	for _, id := range n.ids {
		lines := x.byRule[id]
		i, _ := slices.BinarySearch(lines, at-nearLines)
		if i < len(lines) && lines[i] <= at+nearLines {
			return lines[i]
		}
	}
	return 0
}
