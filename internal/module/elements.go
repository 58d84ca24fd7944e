package module

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
)

// Element stands in the path of an option for any element of a list. No name is written so.
const Element = "\x01"

// maxElementSets is the number of sets in lists that are looked at in a file.
const maxElementSets = 4096

// DefinedElements returns what sets define that are elements of lists with which the modules of the file define options, as submodules
// have it: the path goes on with Element. They are those of DefinedOptions, one list after the other. Elements that are more than sets
// of options, functions and such with imports or options of their own, are left out.
func (f *File) DefinedElements() []Defined {
	w := definedWalk{f: f, left: maxDefinitions + nodeDefinitions*len(f.tree.Records())}
	sets := 0
	todo := f.DefinedOptions()
	for len(todo) > 0 && sets < maxElementSets {
		d := todo[0]
		todo = todo[1:]
		if d.Cut || d.User || len(d.Path) > maxPath {
			continue
		}
		before := len(w.found)
		f.elementSets(d.Value, maxNesting, func(set ast.Node) {
			if sets++; sets > maxElementSets {
				return
			}
			w.of = d.Of
			w.value(state{
				path: append(slices.Clip(d.Path), Element), parts: append(slices.Clip(d.Parts), set), at: set, priority: d.Priority,
				overrides: d.Overrides, conditional: d.Conditional, ordered: d.Ordered,
			}, set)
		})
		todo = append(todo, slices.Clone(w.found[before:])...) // lists in them
	}
	return w.found
}

// elementSets yields the sets of options in a list that is written out, or joined of such.
func (f *File) elementSets(n ast.Node, depth int, yield func(set ast.Node)) {
	if depth == 0 || !n.IsValid() || n.HasError() {
		return
	}
	n = f.followed(n)
	switch n.Kind() {
	case ast.Binary:
		if n.Op() == ast.OpConcat {
			f.elementSets(n.Child(0), depth-1, yield)
			f.elementSets(n.Child(1), depth-1, yield)
		}
	case ast.List:
		for c := range n.Children() {
			if set := c.Unparen(); set.Is(ast.AttrSet) && isPlainElement(set) {
				yield(set)
			}
		}
	}
}

// isPlainElement reports whether a set has nothing but definitions of options, be it under config.
func isPlainElement(set ast.Node) bool {
	for c := range set.Children() {
		if b, ok := ast.AsBinding(c); ok {
			if first := b.Attrpath().FirstName(); reservedKeys[first] && first != "config" {
				return false
			}
			continue
		}
		for name := range (ast.InheritNode{Node: c}).Names() {
			if text, _ := ast.AttrName(name); reservedKeys[text] {
				return false
			}
		}
	}
	return set.FirstChild().IsValid()
}
