package suspicious

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "or-as-identifier", Family: family, Since: "0.1.0",
	Summary: "An attribute is called `or` without quotes",
	Doc: "`or` is a keyword behind a selection (`a.b or c`) and a name elsewhere, so `{ or = 1; }` and `x.or` work, but not every\n" +
		"parser of Nix code agrees, and `x.or or y` is hard to read. Lix deprecates the bare name.\n" +
		"\n" +
		"The fix puts the name in quotes, which changes nothing.",
	Severity: diag.Info, Presets: rules.Strict, Tags: diag.Deprecated,
	Fix: rules.FixAlways, SafeFix: rules.SameParse,
	Aliases: []string{"nixf:or-identifier", "lix:or-as-identifier"},
	On:      []ast.Kind{ast.Name},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.FirstToken().Kind() != ast.TokOrKw {
			return
		}
		p.Report(diag.Finding{
			Span: n.Span(), Message: "`or` is used as the name of an attribute", Help: "write `\"or\"`",
			Fixes: []diag.Fix{rules.Replace("put `or` in quotes", diag.Safe, n.Span(), `"or"`)},
		})
	},
})
