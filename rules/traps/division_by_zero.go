package traps

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "division-by-zero", Family: family, Since: "0.1.0",
	Summary: "Something is divided by a literal zero",
	Doc: "Dividing by zero, also by `0.0`, stops Nix with \"division by zero\" as soon as it is evaluated. There is no infinity in\n" +
		"Nix; `throw` says better that a value must not be used.",
	Severity: diag.Error, Presets: rules.Recommended,
	On: []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() == ast.OpDiv && isZero((ast.BinaryExpr{Node: n}).Right().Unparen()) {
			p.Report(diag.Finding{Span: n.Span(), Message: "division by zero"})
		}
	},
})

// isZero reports whether an expression is a literal zero, with or without a minus, a point or an exponent.
func isZero(n ast.Node) bool {
	if n.Is(ast.Unary) && n.Op() == ast.OpNeg {
		n = n.FirstChild().Unparen()
	}
	digits := n.Text()
	if n.Is(ast.Float) {
		digits, _, _ = strings.Cut(strings.ToLower(digits), "e")
	} else if !n.Is(ast.Int) {
		return false
	}
	return strings.Trim(digits, "0.") == ""
}
