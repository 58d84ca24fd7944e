package engine

import (
	"maps"
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/suppress"
)

// collect joins what the workers found.
func (e *Checker) collect(res *Result, workers []*worker, reported map[string]bool) {
	suppressions, named := map[string]*suppress.Table{}, map[namedFile]bool{}
	for _, w := range workers {
		maps.Copy(suppressions, w.suppressions)
		res.Errors = append(res.Errors, w.errors...)
		res.Files += w.checked
		for of, n := range w.left {
			if reported[of.file] {
				res.Generated += n
				res.left[of] += n
			}
		}
		maps.Copy(res.texts, w.texts)
		maps.Copy(res.sums, w.sums)
		maps.Copy(res.prints, w.prints)
		maps.Copy(res.partial, w.partial)
		maps.Copy(named, w.named)
		for file := range w.exhausted {
			if reported[file] {
				res.Exhausted = append(res.Exhausted, file)
			}
		}
	}
	for n := range named {
		if !n.found && !named[namedFile{n.by, true}] {
			res.Errors = append(res.Errors, n.by)
		}
	}
	slices.Sort(res.Exhausted)
	res.noteSecrets(workers)
	e.join(res, sorted(workers, func(f *diag.Finding) bool {
		return reported[f.File] || res.bereft[f.File] && e.aboutGone(f.File, f.Span) || res.blocking[f.File] && e.Rule(f.File, f.Rule).Blocks()
	}), suppressions)
	slices.SortStableFunc(res.Silenced, func(a, b diag.Silenced) int { return diag.Compare(a.Finding, b.Finding) })
	res.Errors = e.withConfigErrors(res.Errors)
	res.Notices = e.notices(suppressions)
}

// noteSecrets gathers the secrets that were found, whether or not the findings are told.
func (r *Result) noteSecrets(workers []*worker) {
	r.Secrets = &secret.Values{Read: r.Text}
	for _, w := range workers {
		for f := range w.findings.each {
			if !f.Secret {
				continue
			}
			if text, ok := r.Text(f.File); ok && int(f.Span.End) <= len(text) {
				r.Secrets.Note(f.File, f.Span, f.Span.Of(text))
			}
		}
	}
}

// sorted returns the findings of the workers that are wanted, in the order of diag.Compare but for those of one place. They
// are not moved: each is many times as large as where it lies.
func sorted(workers []*worker, wanted func(*diag.Finding) bool) []*diag.Finding {
	var list []*diag.Finding
	for _, w := range workers {
		for f := range w.findings.each {
			if wanted(f) {
				list = append(list, f)
			}
		}
		w.findings = found{}
	}
	slices.SortStableFunc(list, diag.CompareAt)
	return list
}

// join applies the suppressions of each file to its findings together, since rules of several units may speak about one
// file.
func (e *Checker) join(res *Result, found []*diag.Finding, suppressions map[string]*suppress.Table) {
	res.Findings = make([]diag.Finding, 0, len(found))
	silent := slices.Sorted(maps.Keys(suppressions)) // the files with comments, of which some may have no findings
	take := func(file string, findings []*diag.Finding) {
		at := len(res.Findings)
		for i, f := range findings {
			res.Findings = append(res.Findings, *f)
			*f, findings[i] = diag.Finding{}, nil // so that there is room for the others
		}
		of := res.Findings[at:]
		if t := suppressions[file]; t != nil {
			of = e.suppress(res, file, t, of)
		}
		res.Findings = append(res.Findings[:at], diag.Sort(of)...)
	}
	for len(found) > 0 {
		file := found[0].File
		for len(silent) > 0 && silent[0] <= file {
			if silent[0] < file {
				take(silent[0], nil)
			}
			silent = silent[1:]
		}
		n := slices.IndexFunc(found, func(f *diag.Finding) bool { return f.File != file })
		if n < 0 {
			n = len(found)
		}
		take(file, found[:n])
		found = found[n:]
	}
	for _, file := range silent {
		take(file, nil)
	}
}
