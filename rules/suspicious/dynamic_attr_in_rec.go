package suspicious

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "dynamic-attr-in-rec", Family: family, Since: "0.1.0",
	Summary: "A `rec` set has an attribute whose name is computed",
	Doc: "In `rec { ${name} = 1; }` the other attributes do not see the computed name: it is no variable, whatever it turns out\n" +
		"to be. The expression of the name itself does see them. Lix deprecates the combination.\n" +
		"\n" +
		"Put the computed attributes into a set of their own: `rec { … } // { ${name} = 1; }`.",
	Severity: diag.Info, Presets: rules.Strict,
	Aliases: []string{"lix:rec-set-dynamic-attrs"},
	On:      []ast.Kind{ast.AttrSet},
	Node: func(p *rules.Pass, n ast.Node) {
		if !n.IsRec() {
			return
		}
		for c := range n.Children() {
			if !c.Is(ast.Binding) {
				continue
			}
			part := ast.BindingNode{Node: c}.Attrpath().FirstChild()
			if _, static := ast.AttrName(part); !static {
				p.Report(diag.Finding{
					Span: part.Span(), Message: "the other attributes of the `rec` set cannot refer to a computed name",
					Help: "define it in a set of its own: `rec { … } // { ${…} = …; }`",
				})
			}
		}
	},
})
