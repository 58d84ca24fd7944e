package module

import (
	"maps"

	"github.com/nixsift/nixsift/ast"
)

// names are those of the attributes that later operands of // surely have: they take the place of attributes before them. With
// anyName among them, not all were looked for, and any attribute may be replaced.
type names map[string]bool

const anyName = "\x00" // which no name of Nix is

// has reports whether one of them is, or may be, an attribute's first name.
func (l names) has(first ast.Node) bool {
	if len(l) == 0 {
		return false
	}
	name, static := ast.AttrName(first)
	return l[anyName] || static && l[name]
}

// laterNames returns names with those of the attributes that an operand of // surely has. What all looking for them in a file may
// cost is bounded as reading its definitions is.
func (f *File) laterNames(operand ast.Node, later names) names {
	if later[anyName] {
		return later
	}
	f.named += len(later)
	all := maps.Clone(later)
	if all == nil {
		all = names{}
	}
	f.addNames(operand, all, map[ast.NodeID]bool{}, maxNesting)
	return all
}

// addNames adds the names of what has not been seen yet.
func (f *File) addNames(n ast.Node, all names, seen map[ast.NodeID]bool, depth int) {
	if f.named++; f.named > maxDefinitions+nodeDefinitions*len(f.tree.Records()) {
		all[anyName] = true
	}
	n = f.followed(n)
	if depth == 0 || all[anyName] || seen[n.ID()] {
		return
	}
	seen[n.ID()] = true
	switch n.Kind() {
	case ast.AttrSet:
		for c := range n.Children() {
			f.named++
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
			f.addNames(n.Child(0), all, seen, depth-1)
			f.addNames(n.Child(1), all, seen, depth-1)
		}
	}
}
