package module

import "github.com/nixsift/nixsift/ast"

// pathAround returns the names of the attributes around a binding, from the outermost set literal inward, with its own at the
// end; "" stands for a name that is computed. Functions and what else is no set literal end it.
func pathAround(b ast.BindingNode) (path []string) {
	for range 32 {
		parts := b.Attrpath().Parts()
		names := make([]string, len(parts), len(parts)+len(path))
		for i, part := range parts {
			names[i], _ = ast.AttrName(part)
		}
		path = append(names, path...)
		set := b.Parent()
		if !set.Is(ast.AttrSet) {
			break
		}
		up, ok := ast.AsBinding(set.OutsideParens().Parent())
		if !ok {
			break
		}
		b = up
	}
	return path
}
