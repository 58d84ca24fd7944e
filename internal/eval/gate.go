package eval

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// Worthwhile reports whether examining a file may find anything, by its names and nodes alone: most packages take all that
// they use from arguments, and pass on literals of which nothing is asked.
func Worthwhile(t *ast.Tree, names *sema.Info) bool {
	prepare()
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
		case ast.Lambda:
			if isSelf(ast.LambdaExpr{Node: n}.Param().Text()) {
				return true
			}
		case ast.With, ast.InheritFrom, ast.Select, ast.HasAttr:
			if known(n.FirstChild()) || libCall(n.FirstChild(), Set) {
				return true
			}
		case ast.If, ast.Assert, ast.Unary:
			if known(n.FirstChild()) || libCall(n.FirstChild(), Bool) {
				return true
			}
		case ast.Interpolation:
			if known(n.FirstChild()) || libCall(n.FirstChild(), String) {
				return true
			}
		case ast.Apply:
			if known(n.FirstChild()) || fills(n) || libCall(n, 0) && asksArgument(n) {
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

// libCall reports whether an expression may be a function of nixpkgs' lib, or a call of one, that gives something other than
// a kind.
func libCall(n ast.Node, gives Kinds) bool {
	n = n.Unparen()
	fn, args := n, 0
	for fn.Is(ast.Apply) {
		fn, args = fn.FirstChild().Unparen(), args+1
	}
	f, ok := libIndex[ast.LastName(fn)]
	return ok && (f.gives == 0 || f.gives != gives || f.shaped || args != builtinTable[f.index].arity)
}

// fills reports whether a call of callPackage, or one of its kin, passes something, or is asked for an attribute of the result.
func fills(n ast.Node) bool {
	if up := n.OutsideParens().Parent(); up.Is(ast.Apply) && up.FirstChild().Unparen() == n {
		return false // the rest of the call
	}
	fn, args := ast.Call(n)
	if byName[ast.LastName(fn)] == 0 || len(args) < 2 {
		return false
	}
	last := args[len(args)-1].Unparen()
	up := n.OutsideParens().Parent()
	return !last.Is(ast.AttrSet) || last.FirstChild().IsValid() || up.Is(ast.Select) || up.Is(ast.InheritFrom)
}

// odd reports whether an operand is perhaps of a kind that the operator does not take, by its form alone.
func odd(op ast.Op, n ast.Node) bool {
	n = n.Unparen()
	switch op {
	case ast.OpEq, ast.OpNeq:
		return false
	case ast.OpConcat:
		return libCall(n, List) || known(n) && !n.Is(ast.List) && !n.Is(ast.Binary) && !n.Is(ast.If)
	case ast.OpUpdate:
		return libCall(n, Set) || known(n) && !n.Is(ast.AttrSet) && !n.Is(ast.Binary) && !n.Is(ast.If)
	case ast.OpAdd:
		return libCall(n, String) || known(n) && !n.Is(ast.String) && !n.Is(ast.IndString) && !n.Is(ast.Path) && !n.Is(ast.Int) && !n.Is(ast.Binary)
	}
	gives := Bool
	switch op {
	case ast.OpSub, ast.OpMul, ast.OpDiv, ast.OpLess, ast.OpLessEq, ast.OpGreater, ast.OpGreaterEq:
		gives = Int
	}
	return libCall(n, gives) || known(n) && !n.Is(ast.Binary) && !n.Is(ast.Unary) && !n.Is(ast.HasAttr) && !n.Is(ast.Int) && !n.Is(ast.String)
}
