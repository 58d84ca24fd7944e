package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "legacy-let-missing-body", Family: family, Since: "0.1.0",
	Summary: "An old-style `let { … }` has no `body`",
	Doc: "`let { … }` is an old form of `let … in …`: its value is the attribute `body`. Without one its evaluation fails.\n" +
		"Mostly `in` was forgotten, or the braces are too many.",
	Severity: diag.Error, Presets: rules.Recommended,
	Aliases: []string{"nixf:deprecated-let-missing-body"},
	On:      []ast.Kind{ast.LegacyLet},
	Node: func(p *rules.Pass, n ast.Node) {
		for c := range n.Children() {
			switch c.Kind() {
			case ast.Binding:
				// __overrides may add a body, and a dynamic name may be one.
				name, ok := ast.AttrName(ast.BindingNode{Node: c}.Attrpath().FirstChild())
				if !ok || name == "body" || name == "__overrides" {
					return
				}
			case ast.Inherit:
				for part := range (ast.InheritNode{Node: c}).Names() {
					if name, ok := ast.AttrName(part); !ok || name == "body" || name == "__overrides" {
						return
					}
				}
			default:
				return
			}
		}
		open := n.FirstToken().NextSignificant()
		p.Report(diag.Finding{
			Span:    source.Span{Start: n.Start(), End: open.Span().End},
			Message: "`let { … }` has no attribute `body`, which is its value",
			Help:    "add `body = …;`, or write `let … in …`",
		})
	},
})
