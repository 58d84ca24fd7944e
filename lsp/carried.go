package lsp

import (
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/parser"
)

// carried are findings that stay till what decides about them is asked again. They move along with edits.
type carried struct {
	findings []diag.Finding
	in       string // the text of the document in which they were found
}

// moved returns what is carried as it stands after edits of a file.
func (c carried) moved(file string, edits []edit) carried {
	c.findings = moved(c.findings, file, edits)
	return c
}

// has reports whether a finding of a rule at a place is among those that are carried.
func has(findings []diag.Finding, f *diag.Finding) bool {
	return slices.ContainsFunc(findings, func(g diag.Finding) bool { return g.Rule == f.Rule && g.File == f.File && g.Span == f.Span })
}

// foundIn returns the text in which a finding of the result was found.
func (r *result) foundIn(f *diag.Finding) string {
	p := r.snap
	switch {
	case has(p.ofFlake.findings, f):
		return p.ofFlake.in
	case has(r.own, f):
	case r.rest != nil && has(p.decided.findings, f):
		return p.decided.in
	case r.more && has(p.crossing.findings, f):
		return p.crossing.in
	}
	return p.doc.text
}

// isStale reports whether the result has fixes of findings that were found in an earlier text.
func (r *result) isStale() bool {
	return slices.ContainsFunc(r.findings, func(f diag.Finding) bool { return len(f.Fixes) > 0 && r.foundIn(&f) != r.snap.doc.text })
}

// sure divides findings into those that hold in the document, with the fixes that do, and those of an earlier text that had other
// code, of which nobody knows whether they still hold.
func (v *versions) sure(found *result, findings []diag.Finding) (sure, doubtful []diag.Finding) {
	same := map[string]bool{v.doc.text: true}
	for _, f := range findings {
		in := found.foundIn(&f)
		is, known := same[in]
		if !known {
			is = v.sameCode(in)
			same[in] = is
		}
		if !is {
			doubtful = append(doubtful, f)
			continue
		}
		if in != v.doc.text {
			d := difference(in, v.doc.text)
			f.Fixes = slices.DeleteFunc(slices.Clone(f.Fixes), func(x diag.Fix) bool { return !v.apart(x, d) })
		}
		sure = append(sure, f)
	}
	return sure, doubtful
}

// sameCode reports whether the document has the code of an earlier text, comments and white space apart.
func (v *versions) sameCode(before string) bool {
	return v.doc.isNix() && nixlang.SameCode(parser.Parse(before), v.tree())
}

// apart reports whether a fix changes the document only, and no line that the last edit, which made its text, has touched: then
// neither a comment nor white space of the edit comes to stand beside other code by the fix.
func (v *versions) apart(x diag.Fix, last edit) bool {
	line := v.doc.lines.Line
	end := last.span.Start + uint32(len(last.text))
	from, to := line(last.span.Start), line(max(last.span.Start+1, end)-1)
	return !slices.ContainsFunc(x.Edits, func(e diag.Edit) bool {
		return e.File != "" && e.File != v.doc.path || line(e.Span.Start) <= to && from <= line(e.Span.End)
	})
}
