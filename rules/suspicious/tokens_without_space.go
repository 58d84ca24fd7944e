package suspicious

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "tokens-without-space", Family: family, Since: "0.1.0",
	Summary: "Two tokens without a space between them look like one",
	Doc: "Nix needs no space between a number and a name, or between a name and a string, so `0x10` is `0 x10`, a call or in a\n" +
		"list two elements, `1.2.3` is `1.2 .3`, and `foo\"a\"` calls `foo`. Only where a name happens not to be bound does it\n" +
		"complain.\n" +
		"\n" +
		"The fix puts the space in where the second is a string or path. For numbers there is none: Nix has no hexadecimal\n" +
		"ones, and what was meant is unknown.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.SameParse,
	Aliases: []string{"lix:tokens-no-whitespace"},
	On:      []ast.Kind{ast.Apply, ast.List},
	Node: func(p *rules.Pass, n ast.Node) {
		prev := n.FirstChild()
		if !prev.IsValid() || n.Is(ast.Binary) || nixlang.ReadExpansion(n.Parent()) != "" {
			return
		}
		for c := prev.NextSibling(); c.IsValid(); prev, c = c, c.NextSibling() {
			if c.Start() == prev.End() {
				checkGlued(p, n, prev, c)
			}
		}
	},
})

func checkGlued(p *rules.Pass, n, left, right ast.Node) {
	a, b := left.LastToken().Kind(), right.FirstToken().Kind()
	if !sticks(a) || !sticks(b) || b == ast.TokPathText {
		return
	}
	number := a == ast.TokInt || a == ast.TokFloat
	if number && isMalformedFloat(left.LastToken(), right.FirstToken()) {
		return
	}
	from := left
	if left.Is(ast.Apply) {
		from = ast.ApplyExpr{Node: left}.Arg()
	}
	to := right.End()
	if right.Is(ast.Select) {
		to = right.FirstChild().End()
	}
	text := (source.Span{Start: from.Start(), End: to}).Of(p.Tree.Source())
	f := diag.Finding{Span: source.Span{Start: from.Start(), End: to}, Message: "two tokens without a space between them"}
	if len(text) <= 40 {
		f.Message = diag.Code(text) + " is read as " + diag.Code(text[:left.End()-from.Start()]+" "+text[left.End()-from.Start():])
	}
	what := "a call"
	if n.Is(ast.List) {
		what = "two elements"
	}
	f.Message += ": " + what
	f.Help = "put a space between them if that is what is meant"
	if !number {
		s := diag.Safe
		if n.Is(ast.List) || a == ast.TokQuote || a == ast.TokIndQuote {
			s = diag.Unsafe
		}
		f.Fixes = []diag.Fix{rules.Insert("put a space between them", s, left.End(), " ")}
	}
	p.Report(f)
}

// sticks reports whether a token can look like a part of its neighbour.
func sticks(k ast.TokenKind) bool {
	switch k {
	case ast.TokIdent, ast.TokOrKw, ast.TokInt, ast.TokFloat, ast.TokQuote, ast.TokIndQuote, ast.TokPath, ast.TokPathText, ast.TokSearchPath, ast.TokURI:
		return true
	}
	return false
}

// isMalformedFloat reports whether two tokens look like one number with a mistake in it, 1.0e or 01.5, which
// have rules of their own.
func isMalformedFloat(a, b ast.Token) bool {
	if a.Kind() == ast.TokInt {
		return b.Kind() == ast.TokFloat && a.Text()[0] == '0'
	}
	return b.Kind() == ast.TokIdent && (b.Text()[0] == 'e' || b.Text()[0] == 'E')
}
