package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "empty-let", Family: family, Since: "0.1.0",
	Summary: "A `let` binds nothing",
	Doc: "`let in e` is `e`. A `let` that holds comments is left alone: what stands in them is probably meant to come\n" +
		"back.",
	Severity: diag.Info, Presets: rules.Recommended, Tags: diag.Unnecessary,
	Fix: rules.FixAlways, SafeFix: rules.FewerTokens,
	Aliases: []string{"statix:W02", "statix:empty_let_in", "nil:empty_let_in", "nix-linter:EmptyLet", "tvix:W010"},
	On:      []ast.Kind{ast.Let},
	Broken:  true, // the body may be
	Node: func(p *rules.Pass, n ast.Node) {
		let := ast.LetExpr{Node: n}
		if let.Bindings().FirstChild().IsValid() {
			return
		}
		first := n.FirstToken()
		in := first.NextSignificant()
		if suppress.HasProse(p.Tree, between(first, in)) || n.HasError() && (in.Kind() != ast.TokIn || let.Body().Is(ast.Error) || !startsExpression(first)) {
			return
		}
		p.Report(diag.Finding{
			Span: source.Span{Start: n.Start(), End: in.Span().End}, Message: "`let` without bindings", Help: "remove `let in`",
			Fixes: []diag.Fix{{Title: "remove `let in`", Safety: unlessLost(diag.Safe, p.Tree, between(first, in)), Edits: nixlang.Unwrap(n, in)}},
		})
	},
})

// startsExpression reports whether an expression can begin at a token. What stands elsewhere in broken code may be
// half of something else.
func startsExpression(tok ast.Token) bool {
	prev := tok.PrevSignificant()
	if !prev.IsValid() {
		return true
	}
	switch prev.Kind() {
	case ast.TokColon, ast.TokAssign, ast.TokLParen, ast.TokIn, ast.TokThen, ast.TokElse:
		return true
	}
	return false
}
