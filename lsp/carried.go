package lsp

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
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
	type comparison struct {
		same    bool
		changed []source.Span
	}
	known := map[string]comparison{v.doc.text: {same: true}}
	for _, f := range findings {
		in := found.foundIn(&f)
		c, ok := known[in]
		if !ok && v.doc.isNix() {
			c.changed, c.same = otherTrivia(parser.Parse(in), v.tree())
			known[in] = c
		}
		if !c.same {
			doubtful = append(doubtful, f)
			continue
		}
		if in != v.doc.text {
			f.Fixes = slices.DeleteFunc(slices.Clone(f.Fixes), func(x diag.Fix) bool { return !v.apart(x, c.changed) })
		}
		sure = append(sure, f)
	}
	return sure, doubtful
}

// otherTrivia compares the tokens of two texts. Where they are the same but for comments and white space, it returns what of these is new
// in the second text; an empty span where something is gone.
func otherTrivia(before, after *ast.Tree) (changed []source.Span, same bool) {
	a, b := before.Token(0), after.Token(0)
	atA, atB := uint32(0), uint32(0)
	for {
		if a.Kind().IsTrivia() {
			a = a.NextSignificant()
		}
		if b.Kind().IsTrivia() {
			b = b.NextSignificant()
		}
		if a.IsValid() != b.IsValid() {
			return nil, false
		}
		if !a.IsValid() {
			return changed, true
		}
		was, is := before.Source()[atA:a.Start()], after.Source()[atB:b.Start()]
		switch {
		case a.Kind() != b.Kind() || a.Text() != b.Text():
			return nil, false
		case was != is:
			d := difference(was, is)
			start := atB + d.span.Start
			changed = append(changed, source.Span{Start: start, End: start + uint32(len(d.text))})
		}
		atA, atB = a.Span().End, b.Span().End
		a, b = a.Next(), b.Next()
	}
}

// apart reports whether a fix changes the document only, and no line with changed comments and white space: so neither comes to stand
// beside other code by the fix.
func (v *versions) apart(x diag.Fix, changed []source.Span) bool {
	line := v.doc.lines.Line
	return !slices.ContainsFunc(x.Edits, func(e diag.Edit) bool {
		return e.File != "" && e.File != v.doc.path || slices.ContainsFunc(changed, func(c source.Span) bool {
			return line(e.Span.Start) <= line(max(c.Start+1, c.End)-1) && line(c.Start) <= line(e.Span.End)
		})
	})
}
