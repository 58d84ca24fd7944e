package module

import (
	"maps"

	"github.com/nixsift/nixsift/ast"
)

// names are those of the attributes that later operands of // surely have: they take the place of attributes before them.
type names map[string]bool

// has reports whether one of them is an attribute's first name.
func (l names) has(first ast.Node) bool {
	if len(l) == 0 {
		return false
	}
	name, static := ast.AttrName(first)
	return static && l[name]
}

// laterNames returns names with those of the attributes that an operand of // surely has.
func (f *File) laterNames(operand ast.Node, later names) names {
	all := maps.Clone(later)
	if all == nil {
		all = names{}
	}
	f.addNames(operand, all, maxNesting)
	return all
}

func (f *File) addNames(n ast.Node, all names, depth int) {
	if depth == 0 {
		return
	}
	switch n = f.followed(n); n.Kind() {
	case ast.AttrSet:
		for c := range n.Children() {
			if b, ok := ast.AsBinding(c); ok {
				if name, static := ast.AttrName(b.Attrpath().First()); static {
					all[name] = true
				}
				continue
			}
			for part := range (ast.InheritNode{Node: c}).Names() {
				if name, static := ast.AttrName(part); static {
					all[name] = true
				}
			}
		}
	case ast.Binary:
		if n.Op() == ast.OpUpdate {
			f.addNames(n.Child(0), all, depth-1)
			f.addNames(n.Child(1), all, depth-1)
		}
	}
}
