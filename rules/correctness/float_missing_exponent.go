package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "float-missing-exponent", Family: family, Since: "0.1.0",
	Summary: "A number ends in `e` without the digits of an exponent",
	Doc: "`1.0e` is no number: Nix reads `1.0` and the name `e`. Mostly nothing binds that name and Nix refuses the file;\n" +
		"where something does, the number is called like a function, which fails. Write the exponent, `1.0e3`, or leave the\n" +
		"`e` out.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Aliases: []string{"nixf:lex-float-no-exp"},
	On:      []ast.Kind{ast.Float},
	Node: func(p *rules.Pass, n ast.Node) {
		next := n.LastToken().Next()
		if next.Kind() != ast.TokIdent || next.Text() != "e" && next.Text() != "E" {
			return
		}
		e := p.Tree.NodeAt(next.Span())
		u, ok := p.Names().Use(e)
		called := n.Parent().Is(ast.Apply) && n.Parent().FirstChild() == n
		if !ok || !called && (u.Target != sema.ToNothing || read(p.Names(), u) != exponent) {
			return
		}
		p.Report(diag.Finding{
			Span: source.Span{Start: n.Start(), End: e.End()},
			Message: "the exponent of `" + n.Text() + e.Text() + "` has no digits: Nix reads the number `" + n.Text() +
				"` and the name `" + e.Text() + "`",
			Help: "write the digits, as in `" + n.Text() + "e3`, or leave the `" + e.Text() + "` out",
		})
	},
})
