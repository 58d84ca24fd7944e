// Package fix applies fixes to texts: each fix whole or not at all, overlapping ones left for a later
// round, and no result that parses worse than what was there.
package fix

import (
	"cmp"
	"maps"
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

// Planned is one fix to apply, with the finding that it mends and its rule. Edits name their files.
type Planned struct {
	Rule    string
	Finding diag.Finding
	Fix     diag.Fix
	edits   []diag.Edit // of Fix, each with its file
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
			p := Planned{Rule: f.Rule, Finding: f, Fix: x, edits: slices.Clone(x.Edits)}
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

// Files returns the files that the fix changes, each once, sorted.
func (p Planned) Files() []string {
	var out []string
	for _, e := range p.edits {
		out = append(out, e.File)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// In returns the edits of the fix in a file.
func (p Planned) In(file string) []diag.Edit {
	var out []diag.Edit
	for _, e := range p.edits {
		if e.File == file {
			out = append(out, e)
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
	taken := map[string]edits{}
	var chosen []Planned
	for _, p := range plan {
		if take(p, taken, text) {
			chosen = append(chosen, p)
		}
	}
	res := Result{Texts: map[string]string{}}
	for _, group := range Groups(chosen) {
		a := application{text: text, errors: errors}
		a.add(group)
		maps.Copy(res.Texts, a.texts)
		res.Applied = append(res.Applied, a.applied...)
		res.Broken = append(res.Broken, a.broken...)
	}
	return res
}

// Groups parts fixes into those that share no file, in the order of their first members.
func Groups(plan []Planned) [][]Planned {
	group := map[string]int{} // of a file
	var out [][]Planned
	for _, p := range plan {
		to := -1
		for _, file := range p.Files() {
			switch g, ok := group[file]; {
			case !ok:
			case to < 0:
				to = g
			case g != to:
				low, high := min(g, to), max(g, to)
				out[low] = append(out[low], out[high]...)
				out[high] = nil
				for name, g := range group {
					if g == high {
						group[name] = low
					}
				}
				to = low
			}
		}
		if to < 0 {
			to = len(out)
			out = append(out, nil)
		}
		out[to] = append(out[to], p)
		for _, file := range p.Files() {
			group[file] = to
		}
	}
	return slices.DeleteFunc(out, func(g []Planned) bool { return len(g) == 0 })
}

// application applies fixes that are clear of each other.
type application struct {
	text    func(file string) (string, bool)
	errors  func(file, text string) int
	texts   map[string]string
	applied []Planned
	broken  []Planned
}

// add applies a set of fixes beside those applied. Where the result is worse, some break their file, or do so
// together: halves are tried. What breaks a file alone is broken; what does so beside another waits for the next
// round.
func (a *application) add(set []Planned) {
	if texts, ok := a.try(append(slices.Clone(a.applied), set...)); ok {
		a.texts, a.applied = texts, append(a.applied, set...)
		return
	}
	if len(set) > 1 {
		a.add(set[:len(set)/2])
		a.add(set[len(set)/2:])
		return
	}
	if len(a.applied) > 0 {
		if _, ok := a.try(set); ok {
			return
		}
	}
	a.broken = append(a.broken, set...)
}

// try returns the texts with a set of fixes, unless there is more wrong with one than before.
func (a *application) try(set []Planned) (map[string]string, bool) {
	byFile := map[string][]diag.Edit{}
	for _, p := range set {
		for _, e := range p.edits {
			byFile[e.File] = append(byFile[e.File], e)
		}
	}
	texts := map[string]string{}
	for file, edits := range byFile {
		old, _ := a.text(file)
		texts[file] = Edit(old, edits)
		if a.errors(file, texts[file]) > a.errors(file, old) {
			return nil, false
		}
	}
	return texts, true
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
