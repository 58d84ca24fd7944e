package nixlang

import (
	"github.com/nixsift/nixsift/ast"
)

// ReadExpansion returns what Nix reads where an interpolation of a string is rather an expansion of a shell, such as
// ${name:-word} or ${1}: "the URL literal `name:-word`". It is empty where the interpolation may be meant as one.
func ReadExpansion(interp ast.Node) string {
	if str := interp.Parent(); !interp.Is(ast.Interpolation) || !str.Is(ast.String) && !str.Is(ast.IndString) {
		return ""
	}
	if n := ast.ShellExpansion(interp.Text()); n == 0 || n != int(interp.End()-interp.Start()) {
		return ""
	}
	value := interp.FirstChild()
	switch value.Kind() {
	case ast.URI:
		if IsURL(value.Text()) {
			return ""
		}
		return "a URL literal, so the string has the text `" + value.Text() + "`"
	case ast.Int:
		return "an integer, which is no text"
	case ast.Unary, ast.HasAttr:
		return "a Boolean, which is no text"
	case ast.Lambda:
		return "a function, which is no text"
	case ast.Apply:
		if (ast.ApplyExpr{Node: value}).Func().Is(ast.URI) {
			return "a call of a URL literal"
		}
	case ast.Binary:
		switch right := value.Child(1); {
		case value.Op() == ast.OpUpdate && right.Is(ast.Path):
			return "`//`, which joins sets, and a path"
		case value.Op() == ast.OpDiv && right.Is(ast.Path):
			return "a quotient of a path"
		}
	}
	return ""
}
