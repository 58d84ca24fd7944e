package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "has-attr-precedence", Family: family, Since: "0.1.0",
	Summary: "A `?` stands beside another operator without parentheses",
	Doc: "`?` binds tighter than `!` and than all operators between two operands, but less than a minus in front: `!a ? b` is\n" +
		"`!(a ? b)`, `a // b ? c` is `a // (b ? c)`, and `-a ? b` is `(-a) ? b`. The first is what everybody means, and only a\n" +
		"hint. The others fail, or are false whatever `a` is, since a number has no attributes.\n" +
		"\n" +
		"The fix writes down what Nix reads. Off in every preset: a lesson in precedence.",
	Severity: diag.Info,
	Fix:      rules.FixAlways, SafeFix: rules.SameParse,
	On: []ast.Kind{ast.HasAttr},
	Node: func(p *rules.Pass, n ast.Node) {
		tested := ast.HasAttrExpr{Node: n}.Operand()
		up := n.Parent()
		var f diag.Finding
		switch {
		case tested.Is(ast.Unary):
			f = diag.Finding{
				Span:    n.Span(),
				Message: "`" + short(n) + "` asks `" + short(tested) + "` for an attribute: a minus binds tighter than `?`, and a number has none",
				Fixes:   []diag.Fix{{Title: "put the operand in parentheses, as Nix reads it", Safety: diag.Safe, Edits: parens(tested.Span())}},
			}
		case up.Is(ast.Unary) && up.Op() == ast.OpNot:
			f = diag.Finding{
				Span: up.Span(), Severity: diag.Hint,
				Message: "`!` negates all of `" + short(n) + "`: `?` binds tighter",
			}
		case up.Is(ast.Binary) && wantsNoBool(up.Op()):
			f = diag.Finding{
				Span:    up.Span(),
				Message: "`" + short(n) + "` is an operand of `" + ast.BinaryExpr{Node: up}.Operator().Text() + "` here: `?` binds tighter, and a boolean is no operand of it",
			}
		default:
			return
		}
		if len(f.Fixes) == 0 {
			f.Fixes = []diag.Fix{{Title: "put the test in parentheses, as Nix reads it", Safety: diag.Safe, Edits: parens(n.Span())}}
		}
		f.Help = "put in parentheses what belongs together"
		p.Report(f)
	},
})

// wantsNoBool reports whether an operator fails for a boolean.
func wantsNoBool(op ast.Op) bool {
	switch op {
	case ast.OpUpdate, ast.OpConcat, ast.OpAdd, ast.OpSub, ast.OpMul, ast.OpDiv:
		return true
	}
	return false
}
