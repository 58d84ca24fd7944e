package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "beta-reduction", Family: family, Since: "0.1.0",
	Summary: "A function is called where it is written",
	Doc: "`(x: body) value` binds a name; so does `let x = value; in body`, in the order in which one reads. A call with\n" +
		"several arguments and a pipe are left alone, and the fix is missing where `value` mentions another `x`, which a `let` would hide.\n" +
		"It is only shown where it needs a layout of your own: for several lines that do not hang together, and for comments.",
	Severity: diag.Hint,
	Fix:      rules.FixSometimes, SafeFix: rules.SameValue,
	Aliases: []string{"nix-linter:BetaReduction"},
	On:      []ast.Kind{ast.Apply},
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		l, ok := ast.AsLambda(call.Func().Unparen())
		if !ok || !n.Is(ast.Apply) || !l.Param().Is(ast.Name) || l.Body().Unparen().Is(ast.Lambda) {
			return
		}
		if up := n.OutsideParens(); up.Parent().Is(ast.Apply) && up.Parent().FirstChild() == up {
			return
		}
		name := l.Param().Text()
		f := diag.Finding{Span: l.Param().Span(), Message: "function that is called where it is written", Help: "bind `" + name + "` by `let`"}
		if arg := call.Arg().Unparen(); !tooLong(n) && !nixlang.MentionsFree(p.Names(), arg, name) && name != "or" && arg.Text() != "or" {
			safety := diag.Unsafe
			if !nixlang.Hangs(arg) || !nixlang.Hangs(l.Body()) || losesComment(p.Tree, n.Span(), l.Body(), arg) {
				safety = diag.Display // lines would not hang together behind the let, or a comment has no place
			}
			text := "let " + name + " = " + onLineOf(n, arg) + "; in " + onLineOf(n, l.Body())
			f.Fixes = []diag.Fix{swap("bind `"+name+"` by `let`", safety, n, text, nixlang.LevelOpen)}
		}
		p.Report(f)
	},
})

// onLineOf returns the text of a part of an expression that is to stand on the line where that begins.
func onLineOf(n, part ast.Node) string {
	t := n.Tree()
	return nixlang.Shifted(part, nixlang.Indent(t, part.Start()), nixlang.Indent(t, n.Start()))
}
