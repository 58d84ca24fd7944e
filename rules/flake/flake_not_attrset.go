package flake

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-not-attrset", Family: family, Since: "0.1.0",
	Summary: "A flake.nix is no attrset literal",
	Doc: "Nix reads the inputs of a flake before it evaluates anything, so the file has to be a set as it is written:\n" +
		"\"file 'flake.nix' must be an attribute set\". `let`, `with`, `//` or a function around it are refused. Move what they\n" +
		"define into `outputs`. `rec { }` and parentheses are accepted.",
	Severity: diag.Error, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		expr := f.Nix.Tree.Expr().Unparen()
		if f.Nix.Set.IsValid() || !expr.IsValid() || expr.Is(ast.Error) {
			return
		}
		set := insideOf(expr)
		if !set.IsValid() {
			return
		}
		ifFlake(p, f, set, func(report func(diag.Finding)) {
			what, ok := wrappers[expr.Kind()]
			if !ok {
				what = "an expression"
			}
			if expr.Is(ast.Binary) {
				what = "an operator"
			}
			first := expr.FirstToken()
			report(diag.Finding{
				Span:    source.Span{Start: expr.Start(), End: first.Span().End},
				Message: fmt.Sprintf("a flake has to be a set as it is written, but %s is around it", what),
				Help:    "move what it defines into `outputs`",
			})
		})
	},
})

// wrappers names the expressions that people put around a flake.
var wrappers = map[ast.Kind]string{
	ast.Let: "`let`", ast.LegacyLet: "`let`", ast.With: "`with`", ast.Assert: "`assert`", ast.If: "`if`",
	ast.Lambda: "a function", ast.Apply: "a call",
}

// insideOf returns the attrset that an expression comes to, through what may stand around it, or an
// invalid node.
func insideOf(n ast.Node) ast.Node {
	for {
		switch n = n.Unparen(); n.Kind() {
		case ast.AttrSet:
			return n
		case ast.Let:
			n = ast.LetExpr{Node: n}.Body()
		case ast.With:
			n = ast.WithExpr{Node: n}.Body()
		case ast.Assert:
			n = ast.AssertExpr{Node: n}.Body()
		case ast.Lambda:
			n = ast.LambdaExpr{Node: n}.Body()
		case ast.Binary:
			if n.Op() != ast.OpUpdate {
				return ast.Node{}
			}
			n = ast.BinaryExpr{Node: n}.Left()
		default:
			return ast.Node{}
		}
	}
}
