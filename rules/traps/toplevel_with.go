package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "toplevel-with", Family: family, Since: "0.1.0",
	Summary: "A `with` spans the whole file",
	Doc: "Under a `with` around the whole file no reader and no tool can tell where a name comes from, and a misspelt name is no\n" +
		"error before it is evaluated. Name what is used: `let inherit (lib) mkIf mkOption; in`, or `lib.mkIf`. Off in every\n" +
		"preset: it is a matter of style.",
	Severity: diag.Info,
	Aliases:  []string{"large-toplevel-with-pkgs"},
	On:       []ast.Kind{ast.With},
	Node: func(p *rules.Pass, n ast.Node) {
		at := n
		for range maxSteps {
			up := at.Parent()
			switch up.Kind() {
			case ast.File:
				p.Report(diag.Finding{
					Span:    source.Span{Start: n.Start(), End: ast.WithExpr{Node: n}.Env().End()},
					Message: "this `with` spans the whole file",
					Help:    "name what is used: `let inherit (…) …; in`, or select it",
				})
				return
			case ast.Paren:
			case ast.Lambda, ast.Let, ast.With, ast.Assert:
				if up.FirstChild() == at {
					return
				}
			default:
				return
			}
			at = up
		}
	},
})
