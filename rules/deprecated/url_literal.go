package deprecated

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "url-literal", Family: family, Since: "0.1.0",
	Summary: "A URL is written without quotes",
	Doc: "An unquoted URL is a string that cannot hold interpolations or escapes, and its syntax makes `x:y` a string where a\n" +
		"function was meant. RFC 45 deprecates it; Nix accepts it up to 2.34 at least, and can be told to warn about it\n" +
		"(`lint-url-literals`). Lix refuses it by default.\n" +
		"\n" +
		"What has the syntax but is hardly meant as a URL, such as `x:x`, is not reported here.",
	Severity: diag.Info, Presets: rules.Recommended, Tags: diag.Deprecated,
	Fix: rules.FixAlways, SafeFix: rules.SameParse,
	Aliases: []string{
		"statix:W12", "statix:unquoted_uri", "nixf:deprecated-url-literal", "nil:uri_literal", "hammering:no-uri-literals",
		"lix:url-literals", "tvix:W001", "nix:lint-url-literals",
	},
	On: []ast.Kind{ast.URI},
	Node: func(p *rules.Pass, n ast.Node) {
		text := n.Text()
		if !nixlang.IsURL(text) {
			return
		}
		p.Report(diag.Finding{
			Span: n.Span(), Message: "URL without quotes", Help: "quote it",
			Fixes: []diag.Fix{rules.Replace("quote the URL", diag.Safe, n.Span(), nixlang.Splice(p.Tree, n.Span(), `"`+text+`"`))},
		})
	},
})
