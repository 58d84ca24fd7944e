package purity

import (
	"fmt"
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "rev-and-tag", Family: family, Since: "0.1.0",
	Summary: "A fetcher is given `rev` and `tag`",
	Doc: "`fetchFromGitHub`, `fetchgit` and their kin take a commit as `rev` or the name of a tag as `tag`. With both, nixpkgs refuses the call:\n" +
		"\"requires one of either `rev` or `tag` to be provided (not both)\".\n" +
		"\n" +
		"Reported where both are written in one set and neither is `null` or computed by a condition.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On:    []ast.Kind{ast.Apply},
	Names: slices.Sorted(maps.Keys(fetchers)),
	Node: func(p *rules.Pass, n ast.Node) {
		name, set := fetcherCall(p.Names(), ast.ApplyExpr{Node: n})
		if name == "" {
			return
		}
		tag, hasTag := ast.Attr(set, "tag")
		rev, hasRev := ast.Attr(set, "rev")
		if !hasTag || !hasRev || !isString(tag.Value()) || !isString(rev.Value()) || documented(n) {
			return
		}
		p.ReportMildly(diag.Finding{
			Span: tag.Attrpath().Span(), Message: fmt.Sprintf("`%s` takes `rev` or `tag`, not both", name),
			Help:    "keep `tag` for a release, `rev` for a commit",
			Related: []diag.Related{{Span: rev.Attrpath().Span(), Message: "`rev` is given here"}},
		}, diag.Hint)
	},
})

// isString reports whether an expression is a string that is written out, perhaps with interpolations.
func isString(n ast.Node) bool {
	n = n.Unparen()
	return n.Is(ast.String) || n.Is(ast.IndString)
}
