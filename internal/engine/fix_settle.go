package engine

import (
	"maps"
	"slices"
	"sort"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/fix"
)

// settle takes the findings of a check of everything, and returns the files with work left. A finding that no fix
// of its own file has led to is due to another file: that file is given up, unless a fix mends the finding.
func (x *fixer) settle(res *Result) (active []string, err error) {
	found := byFile(res.Findings)
	for path := range x.files {
		if _, ok := found[path]; !ok {
			found[path] = nil
		}
	}
	worse := map[string][]excess{}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		f := x.file(path)
		f.settled = f.text
		before := f.plain()
		f.findings = match(f.findings, found[path])
		for i := range f.findings {
			t := &f.findings[i]
			if !t.fresh {
				continue
			}
			if t.step == justNow {
				t.step = beforeAll
			}
			if plan := fix.Plan([]diag.Finding{t.Finding}, x.level); len(plan) == 1 && x.wanted(f, plan[0]) {
				active = append(active, path)
			} else if t.step == beforeAll {
				worse[path] = append(worse[path], excess{t.Finding, count(before, t.Finding)})
			}
		}
	}
	if len(worse) > 0 {
		err = x.undo(worse)
	}
	return slices.Compact(active), err
}

// excess is a finding of which a file has more than there are to be, wherever in it.
type excess struct {
	diag.Finding
	most int
}

// in reports whether findings of the file have the excess.
func (e excess) in(findings []diag.Finding) bool { return count(findings, e.Finding) > e.most }

// count returns how often a rule says what a finding says of its file.
func count(findings []diag.Finding, f diag.Finding) (n int) {
	for _, g := range findings {
		if g.File == f.File && g.Rule == f.Rule && g.Message == f.Message {
			n++
		}
	}
	return n
}

// undo gives up files, one after the other, until none of the findings is left that they lead to.
func (x *fixer) undo(worse map[string][]excess) error {
	for len(worse) > 0 {
		var changed []string
		for path, f := range x.files {
			if f.text != f.before {
				changed = append(changed, path)
			}
		}
		slices.Sort(changed)
		at := slices.Sorted(maps.Keys(worse))[0]
		other := worse[at][0]
		var err error
		// The excess is there with the first n of them, and not with fewer.
		n := sort.Search(len(changed), func(n int) bool {
			for i, path := range changed {
				f := x.file(path)
				if i < n {
					x.set(path, f.text)
				} else {
					x.set(path, f.before)
				}
			}
			if err != nil {
				return false
			}
			var res *Result
			if res, err = x.check([]string{at}); err != nil {
				return false
			}
			return other.in(res.Findings)
		})
		for _, path := range changed {
			x.set(path, x.file(path).text)
		}
		if err != nil {
			return err
		}
		if n == 0 { // not due to a fix
			delete(worse, at)
			continue
		}
		x.file(changed[n-1]).giveUp(x, Refusal{File: changed[n-1], Reason: Creates, Other: &other.Finding})
		res, err := x.check(slices.Sorted(maps.Keys(worse)))
		if err != nil {
			return err
		}
		for path, list := range worse {
			list = slices.DeleteFunc(list, func(e excess) bool { return !e.in(res.Findings) })
			if worse[path] = list; len(list) == 0 {
				delete(worse, path)
			}
		}
	}
	return nil
}
