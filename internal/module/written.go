package module

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/sema"
)

// Written returns what an expression is by the way it is written: a literal, or a name that a let binds to one.
func (f *File) Written(n ast.Node) Value { return f.written(n, maxAliases) }

func (f *File) written(n ast.Node, depth int) (v Value) {
	if depth == 0 || !n.IsValid() || n.HasError() {
		return Value{}
	}
	n = f.followed(n)
	switch n.Kind() {
	case ast.String, ast.IndString:
		v.Kinds = eval.String
		v.Literal, v.Exact = ast.StringValue(n)
		v.Literal = strings.Clone(v.Literal)
	case ast.URI:
		v.Kinds = eval.String
	case ast.Int:
		v.Kinds, v.Literal, v.Exact = eval.Int, strings.Clone(n.Text()), true
	case ast.Float:
		v.Kinds, v.Literal, v.Exact = eval.Float, strings.Clone(n.Text()), true
	case ast.Path:
		v.Kinds = eval.Path
	case ast.List:
		v.Kinds, v.Elements = eval.List, []Value{}
		for c := range n.Children() {
			if len(v.Elements) == maxElements {
				break
			}
			v.Elements = append(v.Elements, f.written(c, depth-1))
		}
	case ast.AttrSet:
		if _, property := ast.Attr(n, "_type"); !property {
			v.Kinds = eval.Set
		}
	case ast.Lambda:
		v.Kinds = eval.Function
	case ast.Unary:
		if i := n.FirstChild().Unparen(); n.Op() == ast.OpNot {
			v.Kinds = eval.Bool
		} else if i.Is(ast.Int) {
			v.Kinds, v.Literal, v.Exact = eval.Int, "-"+i.Text(), true
		}
	case ast.HasAttr:
		v.Kinds = eval.Bool
	case ast.Binary:
		switch n.Op() {
		case ast.OpAnd, ast.OpOr, ast.OpImpl, ast.OpEq, ast.OpNeq, ast.OpLess, ast.OpLessEq, ast.OpGreater, ast.OpGreaterEq:
			v.Kinds = eval.Bool
		case ast.OpConcat:
			v.Kinds = eval.List
		}
	case ast.Ident:
		if u, ok := f.names.Use(n); ok && u.Target == sema.ToGlobal {
			switch text := n.Text(); text {
			case "true", "false":
				v = Value{Kinds: eval.Bool, Literal: strings.Clone(text), Exact: true}
			case "null":
				v = Value{Kinds: eval.Null, Literal: "null", Exact: true}
			}
		}
	}
	return v
}
