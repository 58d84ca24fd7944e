package nixlang

import "github.com/nixsift/nixsift/ast"

// maxForcing bounds the expressions around a name that are looked at.
const maxForcing = 64

// MayForce reports whether evaluating the expression e to a value may evaluate n, which lies in it, without a function, a
// set or a list in between.
func MayForce(e, n ast.Node) bool {
	for range maxForcing {
		if n == e {
			return true
		}
		up := n.Parent()
		first := up.FirstChild() == n
		switch up.Form() {
		case ast.Paren, ast.Unary, ast.Binary, ast.Select, ast.HasAttr, ast.If, ast.Assert, ast.String, ast.IndString, ast.Path, ast.Interpolation, ast.Attrpath:
		case ast.Apply:
			if (ast.ApplyExpr{Node: up}).Func() != n {
				return false
			}
		case ast.Binding:
			if !first {
				return false
			}
		case ast.Let, ast.With:
			if first {
				return false
			}
		case ast.AttrSet:
			if (ast.BindingNode{Node: n}).Attrpath().FirstChild().Is(ast.Name) {
				return false
			}
		default:
			return false
		}
		n = up
	}
	return false
}
