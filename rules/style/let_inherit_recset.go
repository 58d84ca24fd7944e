package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "let-inherit-recset", Family: family, Since: "0.1.0",
	Summary: "A name is bound by `let` only to be inherited by a `rec` set",
	Doc: "In `let x = 1; in rec { inherit x; y = x; }` the `rec` set can bind `x` itself, or need not be `rec`.\n" +
		"\n" +
		"Which of the two is better depends on what else the set refers to, so there is no fix.",
	Severity: diag.Hint,
	Aliases:  []string{"nix-linter:LetInInheritRecset"},
	On:       []ast.Kind{ast.Let},
	Node: func(p *rules.Pass, n ast.Node) {
		let := ast.LetExpr{Node: n}
		set := let.Body().Unparen()
		if !set.Is(ast.AttrSet) || !set.IsRec() {
			return
		}
		for c := range set.Children() {
			in, ok := ast.AsInherit(c)
			if !ok || in.From().IsValid() {
				continue
			}
			for name := range in.Names() {
				b := p.Names().Resolve(name)
				if b == nil || p.Names().Scope(b.Scope).Node != n || !b.Value.IsValid() {
					continue
				}
				p.Report(diag.Finding{
					Span: name.Span(), Message: "`" + b.Name + "` is bound by `let` and inherited by the `rec` set",
					Help:    "bind it in the set, or make the set one without `rec`",
					Related: []diag.Related{{Span: b.Node.Span(), Message: "bound here"}},
				})
			}
		}
	},
})
