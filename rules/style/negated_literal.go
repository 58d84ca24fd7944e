package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "negated-literal", Family: family, Since: "0.1.0",
	Summary:  "`true` or `false` is negated",
	Doc:      "`!true` is `false`. Where a file binds `true` or `false` itself, nothing is said.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixSometimes, SafeFix: rules.SameValue,
	Aliases: []string{"nix-linter:NegateAtom"},
	On:      []ast.Kind{ast.Unary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpNot {
			return
		}
		word := constant(p.Names, n.FirstChild())
		if word == "" {
			return
		}
		other := "true"
		if word == "true" {
			other = "false"
		}
		f := diag.Finding{Span: n.Span(), Message: "negated `" + word + "`", Help: "write `" + other + "`"}
		if !nixlang.Hidden(p.Names(), nixlang.ScopeAt(p.Names(), n), other) {
			f.Fixes = []diag.Fix{swapName("write `"+other+"`", diag.Safe, n, other)}
		}
		p.Report(f)
	},
})
