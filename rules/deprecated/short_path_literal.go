package deprecated

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "short-path-literal", Family: family, Since: "0.1.0",
	Summary: "A relative path literal has no `./`",
	Doc: "`foo/bar` is the path `./foo/bar`, and is easily taken for a quotient or a name. Nix can be told to warn about it\n" +
		"(`lint-short-path-literals`).\n" +
		"\n" +
		"What looks like a quotient of numbers or of names in scope is not reported here.",
	Severity: diag.Info, Presets: rules.Recommended, Tags: diag.Deprecated,
	Fix: rules.FixAlways, SafeFix: rules.SameParse,
	Aliases: []string{"nix:lint-short-path-literals"},
	On:      []ast.Kind{ast.Path},
	Node: func(p *rules.Pass, n ast.Node) {
		if !nixlang.IsShortPath(n) || nixlang.LooksDivided(p.Names(), n) {
			return
		}
		p.Report(diag.Finding{
			Span: n.Span(), Message: "relative path without `./`", Help: "write `./" + n.Text() + "`",
			Fixes: []diag.Fix{rules.Replace("write `./`", diag.Safe, n.Span(), nixlang.Splice(p.Tree, n.Span(), "./"+n.Text()))},
		})
	},
})
