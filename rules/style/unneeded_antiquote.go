package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unneeded-antiquote", Family: family, Since: "0.1.0",
	Summary: "A string is put into a string of its own",
	Doc: "`\"${toString x}\"` is `toString x`.\n" +
		"\n" +
		"Interpolation does more than it seems: it copies a path to the store, takes the `outPath` of a package, and refuses\n" +
		"numbers. So only what is visibly a string is reported: a string, the call of a builtin that gives one, a local name\n" +
		"for one.",
	Severity: diag.Hint,
	Fix:      rules.FixAlways, SafeFix: rules.FewerTokens,
	Aliases: []string{"nix-linter:UnneededAntiquote"},
	On:      []ast.Kind{ast.String, ast.IndString},
	Node: func(p *rules.Pass, n ast.Node) {
		in := n.FirstChild()
		if !in.Is(ast.Interpolation) || in.NextSibling().IsValid() || n.Is(ast.String) && n.Span().Len() != in.Span().Len()+2 {
			return
		}
		if n.Is(ast.IndString) {
			if parts := ast.IndentedParts(n); len(parts) != 1 || !parts[0].Interp.IsValid() {
				return
			}
		}
		switch n.Parent().Kind() {
		case ast.Attrpath, ast.Inherit:
			return
		}
		inner := in.FirstChild()
		if tooLong(n) || nixlang.TypeOf(p.Names(), inner) != nixlang.TypeString || nixlang.ReadExpansion(in) != "" {
			return
		}
		p.Report(diag.Finding{
			Span: n.Span(), Message: "string that holds nothing but another string", Help: "use the inner one",
			Fixes: []diag.Fix{put("use the inner string", diag.Safe, n, inner.Unparen())},
		})
	},
})
