package values

import (
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/rules"
)

// withSteps adds to a finding how what it blames came to its place, as related places: from there to where it is made. The
// place that the finding points to by itself, the set or what the function takes, is the end of it.
func withSteps(p *rules.Pass, f eval.Finding, found *diag.Finding) {
	var way []diag.Related
	for _, s := range f.Way {
		r := diag.Related{File: s.File, Span: s.Span}
		if r.File == "" {
			r.File = p.Path
		}
		switch s.Kind {
		case eval.ByName:
			r.Message = "by way of " + diag.Code(s.Name)
		case eval.ByCall:
			r.Message = "by way of this call"
		case eval.ByImport:
			r.Message = "by way of this import"
		default:
			r.Message = made(f, s)
			if i := slices.IndexFunc(found.Related, func(o diag.Related) bool {
				return o.File == r.File && (o.Span == r.Span || s.Kinds == eval.Function && r.Span.Covers(o.Span))
			}); i >= 0 {
				r = found.Related[i]
				found.Related = slices.Delete(found.Related, i, i+1)
			}
		}
		if r.Span.Start < r.Span.End && !(r.File == p.Path && found.Span.Covers(r.Span)) {
			way = append(way, r)
		}
	}
	found.Related = append(way, found.Related...)
}

// made says what is made at the end of a way.
func made(f eval.Finding, s eval.Waypoint) string {
	text := kinds(s.Kinds, "this")
	switch {
	case s.Kinds == eval.Set && f.Reason == eval.MissingAttr:
		return "the set"
	case s.Kinds == eval.Set && (f.Reason == eval.MissingArg || f.Reason == eval.UnexpectedArg):
		return "what is passed"
	case s.Name != "":
		return diag.Code(s.Name) + " is " + text
	}
	return text
}
