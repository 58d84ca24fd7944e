package eval

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// Worthwhile reports whether examining a file may find anything, by its names and nodes alone: most packages take all that
// they use from arguments, and pass on literals of which nothing is asked.
func Worthwhile(t *ast.Tree, names *sema.Info) bool {
	uses := names.Uses()
	for i := range uses {
		u := &uses[i]
		switch u.Target {
		case sema.ToBinding:
			if b := names.Binding(u.Binding); b.Kind == sema.LetBinding || b.Kind == sema.RecBinding {
				return true
			}
		case sema.ToGlobal:
			switch u.Node.Text() {
			case "true", "false", "null":
			default:
				return true
			}
		}
	}
	for i, r := range t.Records() {
		n := t.Node(ast.NodeID(i))
		switch r.Kind {
		case ast.With, ast.InheritFrom, ast.Select, ast.HasAttr, ast.Apply, ast.If, ast.Assert, ast.Unary, ast.Interpolation:
			if known(n.FirstChild()) {
				return true
			}
		case ast.Binary:
			if known(n.FirstChild()) && known(n.Child(1)) || odd(r.Op, n.FirstChild()) || odd(r.Op, n.Child(1)) {
				return true
			}
		}
	}
	return false
}

// known reports whether something is known of an expression without names of let and without calls.
func known(n ast.Node) bool {
	n = n.Unparen()
	switch n.Kind() {
	case ast.Ident, ast.Apply, ast.SearchPath:
		return n.Text() == "true" || n.Text() == "false" || n.Text() == "null"
	case ast.Select:
		return false // of what is known, another node tells
	}
	return true
}

// odd reports whether an operand is of a kind that the operator surely does not take, by its form alone.
func odd(op ast.Op, n ast.Node) bool {
	n = n.Unparen()
	switch op {
	case ast.OpEq, ast.OpNeq:
		return false
	case ast.OpConcat:
		return known(n) && !n.Is(ast.List) && !n.Is(ast.Binary) && !n.Is(ast.If)
	case ast.OpUpdate:
		return known(n) && !n.Is(ast.AttrSet) && !n.Is(ast.Binary) && !n.Is(ast.If)
	case ast.OpAdd:
		return known(n) && !n.Is(ast.String) && !n.Is(ast.IndString) && !n.Is(ast.Path) && !n.Is(ast.Int) && !n.Is(ast.Binary)
	}
	return known(n) && !n.Is(ast.Binary) && !n.Is(ast.Unary) && !n.Is(ast.HasAttr) && !n.Is(ast.Int) && !n.Is(ast.String)
}
