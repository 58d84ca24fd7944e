package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "nested-with", Family: family, Since: "0.1.0",
	Summary: "A `with` stands directly in another one",
	Doc: "In `with a; with b; name` the innermost set that has the name wins, which nobody can see from the text, and a name that\n" +
		"is added to one of them changes the meaning elsewhere. Select the names, or inherit them in a `let`.",
	Severity: diag.Info, Presets: rules.Strict,
	On: []ast.Kind{ast.With},
	Node: func(p *rules.Pass, n ast.Node) {
		outer := n.OutsideParens().Parent()
		if !outer.Is(ast.With) || (ast.WithExpr{Node: outer}).Body() != n.OutsideParens() {
			return
		}
		p.Report(diag.Finding{
			Span:    source.Span{Start: n.Start(), End: ast.WithExpr{Node: n}.Env().End()},
			Message: "where both sets have a name, this `with` wins in silence",
			Help:    "select the names, or inherit them in a `let`",
			Related: []diag.Related{{Span: source.Span{Start: outer.Start(), End: ast.WithExpr{Node: outer}.Env().End()}, Message: "the one around it"}},
		})
	},
})
