package engine

import (
	"cmp"
	"slices"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/rules"
)

// verdict is what a round did to one file.
type verdict struct {
	fixes    []fix.Planned // those that change the file
	edits    []diag.Edit   // of them, in the file
	findings []tracked
	refused  []refusal
	bad      []int // the findings that were not there before and that no fix mends
}

// judge looks at the result of fixes that share files. If it has no finding that it must not have, the files take
// it; otherwise a fix is left out or, where it is not clear which, fewer are to be tried at once. The files are
// those with work left.
func (x *fixer) judge(group []fix.Planned, texts map[string]string, found map[string][]diag.Finding) (good bool, files []string) {
	for _, p := range group {
		files = append(files, p.Files()...)
	}
	slices.Sort(files)
	files = slices.Compact(files)
	good = true
	verdicts := map[string]verdict{}
	for _, file := range x.around(setOf(files)) {
		v := x.verdict(file, group, texts[file], found[file])
		if len(v.fixes) == 0 && slices.Contains(files, besides(file)) {
			v.fixes = group // what a flake rule finds in one file may be due to the other
		}
		verdicts[file] = v
		if len(v.bad) > 0 {
			good = false
			x.blame(file, v)
		}
	}
	if !good {
		return false, files
	}
	for file, v := range verdicts {
		if text, ok := texts[file]; ok {
			x.file(file).commit(x, text, v)
		} else if slices.ContainsFunc(v.findings, func(t tracked) bool { return t.fresh }) {
			files = append(files, file)
		}
		if _, ok := texts[file]; !ok {
			x.file(file).findings = v.findings
		}
	}
	return true, files
}

func setOf(list []string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, s := range list {
		out[s] = true
	}
	return out
}

// verdict compares the findings of a file before and after fixes, which give it a text. Where a syntax error is gone,
// what is found comes to light; it was there before.
func (x *fixer) verdict(file string, group []fix.Planned, text string, found []diag.Finding) verdict {
	f := x.file(file)
	var v verdict
	fixed := map[identity]bool{}
	for _, p := range group {
		if edits := p.In(file); len(edits) > 0 {
			v.fixes = append(v.fixes, p)
			v.edits = append(v.edits, edits...)
		}
		fixed[identify(p.Finding)] = true
	}
	shift := fix.NewShift(v.edits)
	for _, r := range f.refused {
		r.Span = shift.Span(r.Span)
		v.refused = append(v.refused, r)
	}
	old := make([]tracked, 0, len(f.findings))
	for _, t := range f.findings {
		if !fixed[identify(t.Finding)] {
			t.Span = shift.Span(t.Span)
			old = append(old, t)
		}
	}
	v.findings = match(old, found)
	mended := len(v.edits) > 0 && f.broken(f.text) && f.weigh(text) <= f.weigh(f.text)-syntaxError/2
	for i := range v.findings {
		t := &v.findings[i]
		if t.step != justNow {
			continue
		}
		t.step = beforeAll
		if len(v.edits) > 0 {
			t.step = f.dropped + len(f.steps)
		}
		t.suspects, t.near = suspects(file, v.fixes, shift, t.Finding)
		switch {
		case mended, remains(v.fixes, shift, t.Finding), led(group, *t):
			t.fresh = false
		case x.mends(f, v, *t) && !leftBy(v.fixes, shift, t.Finding):
		case f.excused[said(t.Finding)]:
			t.step = beforeAll
		default:
			v.bad = append(v.bad, i)
		}
	}
	return v
}

// identity tells findings of one version of the files apart.
type identity struct {
	file, rule, message string
	span                source.Span
}

func identify(f diag.Finding) identity { return identity{f.File, f.Rule, f.Message, f.Span} }

// said is the identity of a finding but for its place.
func said(f diag.Finding) identity { return identity{rule: f.Rule, message: f.Message} }

// match gives findings the history of those that they continue: of the same rule with, in this order, the same
// message and place, the same message at a place that touches, the same message elsewhere, another message at a
// place that touches. What continues none is fresh. Both are sorted by place.
func match(old []tracked, found []diag.Finding) []tracked {
	out := make([]tracked, len(found))
	mine, theirs := make([]int, len(old)), make([]int, len(found)) // what is left of both
	for i := range old {
		mine[i] = i
	}
	for i, f := range found {
		theirs[i] = i
		out[i] = tracked{Finding: f, fresh: true, step: justNow}
	}
	ruled := func(f diag.Finding) identity { return identity{rule: f.Rule} }
	anywhere := func(_, _ source.Span) bool { return true }
	for _, pass := range []struct {
		key  func(diag.Finding) identity
		near func(a, b source.Span) bool
	}{{identify, anywhere}, {said, touch}, {said, anywhere}, {ruled, touch}} {
		groups := map[identity][]int{}
		for _, i := range mine {
			k := pass.key(old[i].Finding)
			groups[k] = append(groups[k], i)
		}
		continued := make(map[int]bool, len(mine))
		theirs = slices.DeleteFunc(theirs, func(i int) bool {
			k := pass.key(found[i])
			list := groups[k]
			for len(list) > 0 && !pass.near(old[list[0]].Span, found[i].Span) && old[list[0]].Span.End < found[i].Span.Start {
				list = list[1:]
			}
			hit := len(list) > 0 && pass.near(old[list[0]].Span, found[i].Span)
			if hit {
				o := old[list[0]]
				out[i] = o
				out[i].Finding = found[i]
				continued[list[0]] = true
				list = list[1:]
			}
			groups[k] = list
			return hit
		})
		mine = slices.DeleteFunc(mine, func(i int) bool { return continued[i] })
	}
	return out
}

// suspects returns the fixes that may have led to a finding: those whose text it, or what it relates to, touches
// (near); else all that change the file.
func suspects(file string, fixes []fix.Planned, shift fix.Shift, f diag.Finding) (out []fix.Planned, near bool) {
	for _, p := range fixes {
		if slices.ContainsFunc(p.In(file), func(e diag.Edit) bool {
			return shift.Touches(e, f.Span) || slices.ContainsFunc(f.Related, func(r diag.Related) bool {
				return cmp.Or(r.File, f.File) == file && shift.Touches(e, r.Span)
			})
		}) {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return fixes, false
	}
	return out, true
}

// mends reports whether a fresh finding has a fix to apply that is as safe as what led to it.
func (x *fixer) mends(f *fixFile, v verdict, t tracked) bool {
	level := fix.OnlySafe
	for _, p := range t.suspects {
		if p.Fix.Safety != diag.Safe {
			level = x.level
		}
	}
	now := *f
	now.refused = v.refused
	plan := fix.Plan([]diag.Finding{t.Finding}, x.level)
	return len(plan) == 1 && level.Allows(plan[0].Fix.Safety) && x.wanted(&now, plan[0])
}

// remains reports whether a finding is what is left of one that a fix was to mend: the same rule says something else
// of the same place, and nothing worse. Rules name the most important of several reasons. A fix of an error that is
// not of syntax has to mend it.
func remains(fixes []fix.Planned, shift fix.Shift, f diag.Finding) bool {
	if r := rules.Lookup(f.Rule); f.Severity >= diag.Error && (r == nil || r.Syntax == "") {
		return false
	}
	return slices.ContainsFunc(fixes, func(p fix.Planned) bool {
		return p.Rule == f.Rule && p.Finding.Message != f.Message && p.Finding.File == f.File && f.Severity <= p.Finding.Severity &&
			touch(shift.Span(p.Finding.Span), f.Span)
	})
}

// led reports whether all fixes that may have led to a finding, of a group of fixes, do so by their nature.
func led(group []fix.Planned, t tracked) bool {
	by := t.suspects
	if len(by) == 0 {
		by = group // what a flake rule finds in one file may be due to the other
	}
	return !slices.ContainsFunc(by, func(p fix.Planned) bool { return !slices.Contains(p.Fix.Leads, t.Rule) })
}

// leftBy reports whether a finding is what a fix was to mend, unless the fix has made the text shorter.
func leftBy(fixes []fix.Planned, shift fix.Shift, f diag.Finding) bool {
	return slices.ContainsFunc(fixes, func(p fix.Planned) bool { return leaves(p, shift, f) })
}

func leaves(p fix.Planned, shift fix.Shift, f diag.Finding) bool {
	if p.Rule != f.Rule || p.Finding.Message != f.Message || p.Finding.File != f.File || !touch(shift.Span(p.Finding.Span), f.Span) {
		return false
	}
	grown := 0
	for _, e := range p.In(f.File) {
		grown += len(e.Text) - e.Span.Len()
	}
	return grown >= 0
}

// doubt is a fix that has led to a finding which it does not touch, unless another file has.
type doubt struct {
	fix     fix.Planned
	finding diag.Finding
}

// blame refuses the fixes that have led to the bad findings of a file: where one suspect touches a finding, that one.
// If the finding is there without it, too, it was not to blame. Where every such finding has several suspects, half as
// many fixes are to be tried next.
func (x *fixer) blame(file string, v verdict) {
	x.acquit(file, v)
	shift := fix.NewShift(v.edits)
	blamed := map[identity]bool{}
	for _, i := range v.bad {
		t := v.findings[i]
		guilty, near := t.suspects, t.near
		for _, p := range v.fixes {
			if leaves(p, shift, t.Finding) {
				guilty, near = []fix.Planned{p}, true
			}
		}
		if len(guilty) == 0 {
			guilty = v.fixes
		}
		if len(guilty) != 1 || blamed[identify(guilty[0].Finding)] {
			continue
		}
		id, only := identify(guilty[0].Finding), len(v.fixes) == 1
		switch {
		case near && only:
			x.refuse(guilty[0], Creates, &t.Finding)
		case near && !x.file(file).acquitted[id]:
			x.refuse(guilty[0], Creates, &t.Finding).unsure = true
		case only:
			x.doubts = append(x.doubts, doubt{guilty[0], t.Finding})
		default:
			continue
		}
		blamed[id] = true
	}
	if len(blamed) > 0 {
		return
	}
	counts := map[string]int{}
	for _, p := range v.fixes {
		counts[p.Finding.File]++
	}
	for file, n := range counts {
		x.file(file).limit = max(1, n/2)
	}
}

// acquit takes refusals back on whose account findings were that have come up again.
func (x *fixer) acquit(file string, v verdict) {
	again := map[identity]bool{}
	for _, i := range v.bad {
		again[said(v.findings[i].Finding)] = true
	}
	for _, p := range v.fixes {
		f := x.file(p.Finding.File)
		now := hash(f.text)
		f.refused = slices.DeleteFunc(f.refused, func(r refusal) bool {
			wrong := r.unsure && r.text == now && r.Other.File == file && again[said(*r.Other)]
			if wrong {
				x.file(file).acquitted[identify(r.fix.Finding)] = true
			}
			return wrong
		})
	}
}

// clear finds out whether doubtful findings are there without the fixes, which are not applied at the moment: then
// another file is to blame, which settle looks for.
func (x *fixer) clear() error {
	if len(x.doubts) == 0 {
		return nil
	}
	files := map[string]bool{}
	for _, d := range x.doubts {
		files[d.finding.File] = true
	}
	res, err := x.check(x.around(files))
	if err != nil {
		return err
	}
	for _, d := range x.doubts {
		if f := x.file(d.finding.File); count(res.Findings, d.finding) > count(f.plain(), d.finding) {
			f.excused[said(d.finding)] = true
		} else {
			x.refuse(d.fix, Creates, &d.finding)
		}
	}
	x.doubts = nil
	return nil
}
