package engine

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
)

// patience is how many rounds a file may go on without getting shorter or having fewer findings with fixes than
// ever before. Both are finite, so rounds end.
const patience = 10

// maxGrowth bounds what a file may grow to: twice its size and this many bytes.
const maxGrowth = 1 << 16

// maxReturns bounds how often fixing a file goes back to an earlier text.
const maxReturns = 50

// allRules stands for all rules among those that are off.
const allRules = ""

// fixFile is a file on its way through the rounds.
type fixFile struct {
	path      string
	before    string // what was read
	conflict  bool   // it waits for a merge
	text      string // what it is by now
	settled   string // what it was in the last check of everything
	edits     []diag.Edit
	applied   []applied
	first     []tracked         // about before
	findings  []tracked         // about text
	refused   []refusal         // about text
	given     []Refusal         // about fixes that are off
	off       map[string]bool   // rules whose fixes are left out
	excused   map[identity]bool // findings, places aside, that changes of other files lead to
	acquitted map[identity]bool // findings whose fixes were refused wrongly, in this text
	tied      map[string]bool   // the files that a fix changed together with this one
	limit     int               // the number of fixes to apply at once; 0 for all

	steps   []step
	dropped int            // steps that are forgotten
	seen    map[uint64]int // the number of the step with a text
	best    [2]int         // the shortest length and fewest findings with fixes so far
	stale   int            // rounds since then
	returns int
	weights map[string]int // of text and of what was tried since
}

// applied is a fix that was applied: its rule, and what is to be done then.
type applied struct{ rule, then string }

// step is a file before one round.
type step struct {
	text     string
	edits    []diag.Edit
	applied  []applied
	findings []tracked
	refused  []refusal
	fixes    []fix.Planned // applied in the round
}

// refusal is a fix left out, and the hash of the text that it was tried on.
type refusal struct {
	Refusal
	fix    fix.Planned
	text   uint64
	unsure bool // it was one of several that were tried, and touches what it was refused for
}

// tracked is a finding with its history.
type tracked struct {
	diag.Finding
	approved bool          // its fix was, or
	declined bool          // was not
	fresh    bool          // not there before fixing: something has to mend it
	step     int           // of a fresh finding: the number of the round that led to it, or one of those below
	suspects []fix.Planned // of a fresh finding: the fixes that may have led to it
	near     bool          // it touches what they made
}

// A fresh finding that is due to no round of its file is due to changes of others; one that has just come up has
// no number yet.
const (
	beforeAll = -1
	justNow   = -2
)

func newFixFile(path, text string) *fixFile {
	return &fixFile{path: path, before: text, conflict: fix.Conflicted(text), text: text, settled: text, off: map[string]bool{}, excused: map[identity]bool{}, acquitted: map[identity]bool{}, weights: map[string]int{}, seen: map[uint64]int{}}
}

func (f *fixFile) plain() []diag.Finding {
	out := make([]diag.Finding, len(f.findings))
	for i, t := range f.findings {
		out[i] = t.Finding
	}
	return out
}

// undecided returns the findings whose fixes were not declined.
func (f *fixFile) undecided() []diag.Finding {
	out := make([]diag.Finding, 0, len(f.findings))
	for _, t := range f.findings {
		if !t.declined {
			out = append(out, t.Finding)
		}
	}
	return out
}

// tracked returns what is known of one of the file's findings.
func (f *fixFile) tracked(found diag.Finding) *tracked {
	i := slices.IndexFunc(f.findings, func(t tracked) bool { return identify(t.Finding) == identify(found) })
	return &f.findings[i]
}

func (f *fixFile) weigh(text string) int {
	n, ok := f.weights[text]
	if !ok {
		n = rejections(f.path, text)
		f.weights[text] = n
	}
	return n
}

// broken reports whether a text of the file has syntax errors.
func (f *fixFile) broken(text string) bool { return f.weigh(text) >= syntaxError }

// refuses reports whether a fix is left out.
func (f *fixFile) refuses(p fix.Planned) bool {
	return f.off[allRules] || f.off[p.Rule] || slices.ContainsFunc(f.refused, func(r refusal) bool {
		return r.Rule == p.Rule && r.Title == p.Fix.Title && r.Span == p.Finding.Span
	})
}

// refuse leaves a fix out that was tried on the text of a step, or on what the file is.
func refuse(text string, p fix.Planned, why Reason, other *diag.Finding) refusal {
	return refusal{Refusal{p.Finding.File, p.Finding.Span, p.Rule, p.Fix.Title, why, other}, p, hash(text), false}
}

var seed = maphash.MakeSeed()

func hash(text string) uint64 { return maphash.String(seed, text) }

// commit takes the result of a round.
func (f *fixFile) commit(x *fixer, text string, r verdict) {
	for _, p := range r.fixes {
		for _, other := range p.Files() {
			if other != f.path {
				if f.tied == nil {
					f.tied = map[string]bool{}
				}
				f.tied[other] = true
			}
		}
	}
	if len(f.steps) == 0 && f.dropped == 0 {
		f.best = [2]int{len(f.text), f.fixable(x)}
	}
	f.seen[hash(f.text)] = f.dropped + len(f.steps)
	f.steps = append(f.steps, step{f.text, f.edits, slices.Clip(f.applied), f.findings, f.refused, r.fixes})
	f.edits = fix.Compose(f.text, f.edits, r.edits)
	f.text, f.findings, f.refused = text, r.findings, r.refused
	for _, p := range r.fixes {
		if p.Finding.File == f.path {
			f.applied = append(f.applied, applied{p.Rule, p.Fix.Then})
		}
	}
	f.weights = map[string]int{text: f.weigh(text)}
	clear(f.acquitted)
	if f.limit *= 2; f.limit > 1<<20 {
		f.limit = 0
	}
	if at, again := f.seen[hash(text)]; again {
		f.endless(x, at)
		return
	}
	f.stale++
	for i, n := range [2]int{len(text), f.fixable(x)} {
		if n < f.best[i] {
			f.best[i], f.stale = n, 0
		}
	}
	if f.stale > patience || len(text) > 2*len(f.before)+maxGrowth {
		f.endless(x, f.dropped+len(f.steps)-f.stale)
		return
	}
	f.forget()
}

// fixable returns the number of findings with fixes to apply.
func (f *fixFile) fixable(x *fixer) int { return len(fix.Plan(f.plain(), x.level)) }

// forget lets go of old steps that nothing will lead back to.
func (f *fixFile) forget() {
	const keep = 4 * patience
	if len(f.steps) < 2*keep || slices.ContainsFunc(f.findings, func(t tracked) bool { return t.fresh }) {
		return
	}
	n := len(f.steps) - keep
	f.steps = slices.Clone(f.steps[n:])
	f.dropped += n
}

// endless goes back to before the fixes that led to those of the last round, and leaves them out. Where the last
// round has none that others led to, its rules are off in the file, and it goes back to the step since which nothing
// has got better.
func (f *fixFile) endless(x *fixer, since int) {
	last := f.dropped + len(f.steps) - 1
	at := last
	var roots []fix.Planned
	for _, p := range f.steps[len(f.steps)-1].fixes {
		n, root := f.origin(last, p)
		if n < at {
			at, roots = n, nil
		}
		if n == at && n < last {
			roots = append(roots, root)
		}
	}
	if len(roots) > 0 {
		var refused []refusal
		for _, p := range roots {
			refused = append(refused, refuse(f.steps[at-f.dropped].text, p, Endless, nil))
		}
		f.back(x, at, refused)
		return
	}
	for _, p := range f.steps[len(f.steps)-1].fixes {
		if !f.off[p.Rule] {
			f.off[p.Rule] = true
			f.given = append(f.given, Refusal{File: f.path, Rule: p.Rule, Reason: Endless})
		}
	}
	f.back(x, since, nil)
}

// origin follows a fix of a step back to the first of those that led to its finding.
func (f *fixFile) origin(n int, p fix.Planned) (int, fix.Planned) {
	for {
		of := f.steps[n-f.dropped].findings
		i := slices.IndexFunc(of, func(t tracked) bool { return identify(t.Finding) == identify(p.Finding) })
		if i < 0 || len(of[i].suspects) == 0 || of[i].step < f.dropped || of[i].step >= n {
			return n, p
		}
		n, p = of[i].step, of[i].suspects[0]
	}
}

// back goes back to a step, and refuses some of its fixes.
func (f *fixFile) back(x *fixer, to int, refused []refusal) {
	if f.returns++; f.returns > maxReturns || len(f.tied) > 0 {
		f.giveUp(x, Refusal{File: f.path, Reason: Endless})
		return
	}
	to = max(to-f.dropped, 0)
	s := f.steps[to]
	for hash, n := range f.seen {
		if n > to+f.dropped {
			delete(f.seen, hash)
		}
	}
	f.steps = f.steps[:to]
	f.text, f.edits, f.applied, f.findings = s.text, s.edits, s.applied, s.findings
	f.refused = append(slices.Clone(s.refused), refused...)
	f.stale, f.limit, f.best = 0, 0, [2]int{len(f.text), f.fixable(x)}
	f.weights = map[string]int{}
	clear(f.acquitted)
	x.set(f.path, f.text)
}

// giveUp leaves the file, and those tied to it, as it was.
func (f *fixFile) giveUp(x *fixer, why Refusal) {
	if f.off[allRules] {
		return
	}
	f.off[allRules] = true
	f.given = append(f.given, why)
	f.text, f.edits, f.applied, f.findings = f.before, nil, nil, f.first
	f.steps, f.refused, f.weights = nil, nil, map[string]int{}
	x.set(f.path, f.text)
	for other := range f.tied {
		x.file(other).giveUp(x, Refusal{File: other, Reason: why.Reason, Other: why.Other})
	}
}

// rest is called when no fix of the file is left to apply; it reports whether there is more to do. Where a finding is
// left that fixing led to, the file goes back to before. What was refused on another text is tried again.
func (f *fixFile) rest(x *fixer) bool {
	at := -1
	var refused []refusal
	for _, t := range f.findings {
		if !t.fresh || t.step < 0 || at >= 0 && t.step > at {
			continue
		}
		if t.step != at {
			at, refused = t.step, nil
		}
		for _, p := range t.suspects {
			refused = append(refused, refuse(f.steps[at-f.dropped].text, p, Creates, &t.Finding))
		}
	}
	if at >= 0 {
		f.back(x, at, refused)
		return true
	}
	n, now := len(f.refused), hash(f.text)
	f.refused = slices.DeleteFunc(slices.Clone(f.refused), func(r refusal) bool { return r.text != now && r.Reason != Endless })
	return len(f.refused) < n
}

// refusals returns what was left out, as far as the findings are still there.
func (f *fixFile) refusals() (out []Refusal, broken []fix.Planned) {
	out = slices.Clone(f.given)
	for _, r := range f.refused {
		if f.off[r.Rule] || !slices.ContainsFunc(f.findings, func(t tracked) bool { return t.Rule == r.Rule && t.Span == r.Span }) {
			continue
		}
		out = append(out, r.Refusal)
		if r.Reason == Breaks {
			broken = append(broken, r.fix)
		}
	}
	return out, broken
}

func compareRefusals(a, b Refusal) int {
	return cmp.Or(
		strings.Compare(a.File, b.File), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End),
		strings.Compare(a.Rule, b.Rule), strings.Compare(a.Title, b.Title), cmp.Compare(a.Reason, b.Reason),
	)
}

// touch reports whether two spans share a byte or an end.
func touch(a, b source.Span) bool { return a.Start <= b.End && b.Start <= a.End }
