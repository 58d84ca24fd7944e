package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

// opposites are the operators that negate each other. Nix reads a >= b as !(a < b) and a > b as b < a
// (parser.y), so that they are exact, for NaN too.
var opposites = map[ast.Op]ast.Op{
	ast.OpEq: ast.OpNeq, ast.OpNeq: ast.OpEq,
	ast.OpLess: ast.OpGreaterEq, ast.OpGreaterEq: ast.OpLess,
	ast.OpGreater: ast.OpLessEq, ast.OpLessEq: ast.OpGreater,
}

var _ = rules.Register(&rules.Rule{
	ID: "negated-equality", Family: family, Since: "0.1.0",
	Summary: "A comparison is negated instead of using the opposite operator",
	Doc: "`!(a == b)` is `a != b`, and `!(a < b)` is `a >= b`. The two are equal for all values: `>=` is to Nix nothing but\n" +
		"the negation of `<`.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixAlways, SafeFix: rules.SameValue,
	Aliases: []string{"statix:W18", "statix:bool_simplification"},
	On:      []ast.Kind{ast.Unary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpNot {
			return
		}
		inner := n.FirstChild().Unparen()
		to, ok := opposites[inner.Op()]
		if !ok || !inner.Is(ast.Binary) {
			return
		}
		open, end := "", ""
		if nixlang.OpLevel(to) < nixlang.Place(n) {
			open, end = "(", ")"
		}
		head := source.Span{Start: n.Start(), End: inner.Start()}
		tail := source.Span{Start: inner.End(), End: n.End()}
		fix := diag.Fix{
			Title: "use `" + to.String() + "`", Safety: unlessLost(diag.Safe, p.Tree, n.Span(), inner),
			Edits: []diag.Edit{
				{Span: head, Text: nixlang.Splice(p.Tree, head, open)},
				{Span: (ast.BinaryExpr{Node: inner}).Operator().Span(), Text: to.String()},
				{Span: tail, Text: nixlang.Splice(p.Tree, tail, end)},
			},
		}
		if nixlang.StartsLine(inner.FirstToken()) && nixlang.Movable(n) {
			from, to := nixlang.Indent(p.Tree, inner.Start()), nixlang.Indent(p.Tree, n.Start())
			fix.Edits = append(fix.Edits, nixlang.Shift(inner, inner.Span(), from, to)...)
		}
		p.Report(diag.Finding{
			Span: n.Span(), Message: "negated `" + inner.Op().String() + "`", Help: "use `" + to.String() + "`", Fixes: []diag.Fix{fix},
		})
	},
})
