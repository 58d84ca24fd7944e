package module

import "github.com/nixsift/nixsift/ast"

// pathAround returns the names of the attributes around a binding, from the outermost set literal inward, with its own at the
// end; "" stands for a name that is computed. It goes on through mkIf, mkMerge and their kin, // and let; functions and what
// else gives a set end it.
func pathAround(b ast.BindingNode) (path []string) {
	for range 32 {
		parts := b.Attrpath().Parts()
		names := make([]string, len(parts), len(parts)+len(path))
		for i, part := range parts {
			names[i], _ = ast.AttrName(part)
		}
		path = append(names, path...)
		up, ok := holder(b.Parent())
		if !ok {
			break
		}
		b = up
	}
	return path
}

// holder returns the binding whose value a set is, as it stands or as part of what properties and // make of it.
func holder(set ast.Node) (b ast.BindingNode, ok bool) {
	if !set.Is(ast.AttrSet) {
		return b, false
	}
	at := set
	for up := at.Parent(); ; up = at.Parent() {
		switch up.Kind() {
		case ast.Binding:
			b = ast.BindingNode{Node: up}
			return b, !up.Parent().Is(ast.Bindings)
		case ast.Paren:
		case ast.List:
			call, is := ast.AsApply(up.OutsideParens().Parent())
			if !is || ast.LastName(call.Func()) != "mkMerge" {
				return b, false
			}
		case ast.Binary:
			if up.Op() != ast.OpUpdate {
				return b, false
			}
		case ast.Let, ast.With, ast.Assert, ast.If:
			if up.FirstChild() == at {
				return b, false
			}
		case ast.Apply:
			fn, args := ast.Call(up)
			if name := ast.LastName(fn); propertyArity[name] == 0 && name != "optionalAttrs" || !args[len(args)-1].Encloses(set) {
				return b, false
			}
		default:
			return b, false
		}
		at = up
	}
}
