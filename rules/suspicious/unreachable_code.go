package suspicious

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unreachable-code", Family: family, Since: "0.1.0",
	Summary: "Code stands behind a constant condition and never runs",
	Doc: "The arm of an `if` whose condition is `true` or `false`, and the right operand of `false && …`, `true || …` and\n" +
		"`false -> …`, are never evaluated. Often that is a switch for trying things out that was left behind; code that is to\n" +
		"be kept for later reads better as a comment.",
	Severity: diag.Info, Presets: rules.Strict, Tags: diag.Unnecessary,
	Aliases: []string{"tvix:W008"},
	On:      []ast.Kind{ast.If, ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		dead, why := ast.Node{}, ""
		switch n.Kind() {
		case ast.If:
			i := ast.IfExpr{Node: n}
			value, ok := constBool(p.Names, i.Cond())
			switch {
			case !ok:
				return
			case value:
				dead, why = i.Else(), "the condition is always true"
			default:
				dead, why = i.Then(), "the condition is always false"
			}
		default:
			op := n.Op()
			if op != ast.OpAnd && op != ast.OpOr && op != ast.OpImpl {
				return
			}
			b := ast.BinaryExpr{Node: n}
			value, ok := constBool(p.Names, b.Left())
			if !ok || value != (op == ast.OpOr) {
				return
			}
			dead, why = b.Right(), "`"+constText(b.Left(), value)+" "+op.String()+" …` is decided by its left operand"
		}
		p.Report(diag.Finding{Span: dead.Span(), Message: "this is never evaluated: " + why, Help: "remove it, or the condition"})
	},
})
