package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "identical-branches", Family: family, Since: "0.1.0",
	Summary: "Both arms of an `if` are the same",
	Doc: "`if c then x else x` is `x`, whatever the condition. One of the arms was probably meant to differ; otherwise the `if`\n" +
		"can go. The fix is not safe: evaluating the condition may fail, which it then does no more.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	ByTokens: true,
	On:       []ast.Kind{ast.If},
	Node: func(p *rules.Pass, n ast.Node) {
		i := ast.IfExpr{Node: n}
		if !nixlang.Same(i.Then(), i.Else()) || suppress.HasProse(p.Tree, source.Span{Start: i.Cond().End(), End: n.End()}) {
			return // comments may say why there are two
		}
		p.Report(diag.Finding{
			Span:    n.Span(),
			Message: "both arms of the `if` are the same",
			Help:    "let the arms differ, or write the arm alone",
			Related: []diag.Related{{Span: i.Then().Span(), Message: "the one"}, {Span: i.Else().Span(), Message: "and the other"}},
			Fixes:   []diag.Fix{armAlone(p.Tree, n, i.Then().Unparen())},
		})
	},
})

// armAlone replaces an if by its arm, with the parentheses around it where the arm needs none.
func armAlone(t *ast.Tree, n, arm ast.Node) diag.Fix {
	at := n
	for at.Parent().Is(ast.Paren) && nixlang.Fits(arm, at.Parent()) && !commentBeside(t, at) {
		at = at.Parent()
	}
	return rules.Replace("write the arm alone", diag.Unsafe, at.Span(), nixlang.Splice(t, at.Span(), nixlang.At(arm, at)))
}

// commentBeside reports whether a comment stands between a node and the parentheses around it.
func commentBeside(t *ast.Tree, n ast.Node) bool {
	paren := n.Parent()
	return t.HasComment(source.Span{Start: paren.Start(), End: n.Start()}) || t.HasComment(source.Span{Start: n.End(), End: paren.End()})
}
