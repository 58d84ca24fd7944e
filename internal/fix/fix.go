// Package fix applies fixes to texts: each fix whole or not at all, overlapping ones left for a later
// round, and no result that parses worse than what was there.
package fix

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// Level says which fixes are wanted.
type Level uint8

// OnlySafe takes the fixes that meaning and comments, AlsoUnsafe those that need an eye too.
const (
	OnlySafe Level = iota
	AlsoUnsafe
)

// Allows reports whether fixes of a safety are wanted.
func (l Level) Allows(s diag.Safety) bool {
	return s == diag.Safe || s == diag.Unsafe && l == AlsoUnsafe
}

// Planned is one fix to apply, with the rule it comes from. Edits name their files.
type Planned struct {
	Rule  string
	Fix   diag.Fix
	edits []diag.Edit // of Fix, each with its file
}

// Plan chooses one fix for each finding: the first that the level allows. The order is that of the
// findings, which is total.
func Plan(findings []diag.Finding, level Level) []Planned {
	var out []Planned
	for _, f := range findings {
		for _, x := range f.Fixes {
			if !level.Allows(x.Safety) || len(x.Edits) == 0 {
				continue
			}
			p := Planned{Rule: f.Rule, Fix: x, edits: slices.Clone(x.Edits)}
			for i := range p.edits {
				if p.edits[i].File == "" {
					p.edits[i].File = f.File
				}
			}
			out = append(out, p)
			break
		}
	}
	return out
}

// Result is the outcome of one round.
type Result struct {
	Texts   map[string]string // the changed files
	Applied []Planned
	Broken  []Planned // fixes whose result would not parse; they were left out
}

// Apply applies the fixes that do not overlap an earlier one. text reads a file; errors weighs what is
// wrong with a text, and a fix that adds some is left out.
func Apply(plan []Planned, text func(file string) (string, bool), errors func(file, text string) int) Result {
	res := Result{Texts: map[string]string{}}
	taken := map[string]edits{}
	var chosen []Planned
	for _, p := range plan {
		if take(p, taken, text) {
			chosen = append(chosen, p)
		}
	}
	apply := func(set []Planned) (map[string]string, bool) {
		byFile := map[string][]diag.Edit{}
		for _, p := range set {
			for _, e := range p.edits {
				byFile[e.File] = append(byFile[e.File], e)
			}
		}
		texts := map[string]string{}
		for file, edits := range byFile {
			old, _ := text(file)
			texts[file] = Edit(old, edits)
			if errors(file, texts[file]) > errors(file, old) {
				return nil, false
			}
		}
		return texts, true
	}
	if texts, ok := apply(chosen); ok {
		res.Texts, res.Applied = texts, chosen
		return res
	}
	// One of them breaks its file, or two do together: add them one by one. What breaks the file alone is
	// broken; what does so beside another waits for the next round.
	for _, p := range chosen {
		if texts, ok := apply(append(slices.Clone(res.Applied), p)); ok {
			res.Texts, res.Applied = texts, append(res.Applied, p)
		} else if _, ok := apply([]Planned{p}); !ok {
			res.Broken = append(res.Broken, p)
		}
	}
	return res
}

// edits holds the taken edits of one file, sorted by start.
type edits []diag.Edit

// clashes reports whether e touches a taken edit. The taken ones are clear of each other, so only the
// neighbours of e can.
func (t edits) clashes(e diag.Edit) bool {
	i, _ := slices.BinarySearchFunc(t, e, compareStart)
	for _, j := range []int{i - 1, i, i + 1} {
		if j >= 0 && j < len(t) && clash(t[j], e) {
			return true
		}
	}
	return false
}

func compareStart(a, b diag.Edit) int {
	return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
}

// take adds the edits of a fix to those taken, if they all lie within their files and clear of the others.
func take(p Planned, taken map[string]edits, text func(string) (string, bool)) bool {
	for i, e := range p.edits {
		old, ok := text(e.File)
		if !ok || e.Span.End < e.Span.Start || int(e.Span.End) > len(old) || taken[e.File].clashes(e) {
			return false
		}
		for _, o := range p.edits[:i] {
			if o.File == e.File && clash(o, e) {
				return false
			}
		}
	}
	for _, e := range p.edits {
		t := taken[e.File]
		i, _ := slices.BinarySearchFunc(t, e, compareStart)
		taken[e.File] = slices.Insert(t, i, e)
	}
	return true
}

// clash reports whether two edits touch the same bytes, or insert at the same place.
func clash(a, b diag.Edit) bool {
	if a.Span.Overlaps(b.Span) {
		return true
	}
	inside := func(at uint32, e diag.Edit) bool { return e.Span.Start <= at && at <= e.Span.End }
	return a.Span.Len() == 0 && inside(a.Span.Start, b) || b.Span.Len() == 0 && inside(b.Span.Start, a)
}

// Edit applies edits that do not overlap to a text.
func Edit(text string, edits []diag.Edit) string {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b diag.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	var b strings.Builder
	at := uint32(0)
	for _, e := range edits {
		b.WriteString(text[at:e.Span.Start])
		b.WriteString(e.Text)
		at = e.Span.End
	}
	b.WriteString(text[at:])
	return b.String()
}
