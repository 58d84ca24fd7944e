package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unquoted-splice", Family: family, Since: "0.1.0",
	Summary: "A computed attribute is selected without quotes",
	Doc: "`a.${b}` and `a.\"${b}\"` mean the same for every `b` that is a string. The rule is for those who want quotes; it is\n" +
		"off by default and has no fix.",
	Severity: diag.Hint,
	Aliases:  []string{"statix:W09", "statix:unquoted_splice"},
	On:       []ast.Kind{ast.Select, ast.HasAttr},
	Node: func(p *rules.Pass, n ast.Node) {
		for part := range n.Child(1).Children() {
			if part.Is(ast.Interpolation) {
				p.Report(diag.Finding{Span: part.Span(), Message: "computed attribute without quotes", Help: "write " + diag.Code(`"${`+short(part.FirstChild().Text())+`}"`)})
			}
		}
	},
})
