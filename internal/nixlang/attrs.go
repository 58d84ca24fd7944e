package nixlang

import "github.com/nixsift/nixsift/ast"

// AttrNames returns the first names of what a set, or a let, defines; ok is false where one is computed, or broken.
func AttrNames(set ast.Node) (names map[string]bool, ok bool) {
	names = map[string]bool{}
	for c := range set.Children() {
		switch c.Kind() {
		case ast.Binding:
			name, static := ast.AttrName(ast.BindingNode{Node: c}.Attrpath().FirstChild())
			if !static {
				return nil, false
			}
			names[name] = true
		case ast.Inherit:
			for part := range (ast.InheritNode{Node: c}).Names() {
				name, static := ast.AttrName(part)
				if !static {
					return nil, false
				}
				names[name] = true
			}
		default:
			return nil, false
		}
	}
	return names, true
}
