package traps

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "integer-division", Family: family, Since: "0.1.0",
	Summary: "Two integers are divided with a remainder, or something by zero",
	Doc: "The quotient of two integers is an integer, rounded towards zero: `7 / 2` is 3. Give one of them a point, `7 / 2.0`, where\n" +
		"the fraction counts. Dividing by zero, also by `0.0`, fails as soon as it is evaluated, and is an error: by a literal, or by\n" +
		"what surely comes to the integer 0. A remainder is reported for literals only.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpDiv {
			return
		}
		b := ast.BinaryExpr{Node: n}
		left, right := b.Left().Unparen(), b.Right().Unparen()
		if isZero(right) || comesToZero(p, right) {
			p.Report(diag.Finding{Span: n.Span(), Severity: diag.Error, Message: "division by zero"})
			return
		}
		dividend, ok1 := integer(left)
		divisor, ok2 := integer(right)
		if !ok1 || !ok2 || divisor == 0 || dividend%divisor == 0 {
			return
		}
		f := diag.Finding{
			Span:    n.Span(),
			Message: "the quotient of two integers is an integer: the fraction is dropped",
			Help:    "write `" + right.Text() + ".0` for the fraction",
		}
		if right.Is(ast.Int) && !strings.HasPrefix(right.Text(), "0") {
			f.Fixes = []diag.Fix{rules.Insert("divide by `"+right.Text()+".0`", diag.Unsafe, right.End(), ".0")}
		}
		p.Report(f)
	},
})

// comesToZero reports whether the evaluator finds that an expression is the integer 0.
func comesToZero(p *rules.Pass, n ast.Node) bool {
	if n.Is(ast.Int) || n.Is(ast.Float) || !p.MayBe(n, eval.Int) {
		return false
	}
	i, ok := p.Value(n).Int()
	return ok && i == 0
}

// integer returns the value of an integer literal, with or without a minus.
func integer(n ast.Node) (int64, bool) {
	if n.Is(ast.Unary) && n.Op() == ast.OpNeg {
		v, ok := ast.IntValue(n.FirstChild().Unparen())
		return -v, ok
	}
	return ast.IntValue(n)
}

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
