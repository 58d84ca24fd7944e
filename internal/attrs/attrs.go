// Package attrs merges the bindings of an attrset as Nix's parser does: attribute paths become nested
// sets, and a set literal merges with a path or with another literal of the same name. It reports the
// definitions that Nix rejects as duplicates.
//
// The facts are those of parser-state.hh (addAttr) and parser.y (binds) of Nix 2.34.
package attrs

import (
	"iter"

	"github.com/nixsift/nixsift/ast"
)

// Kind says how an attribute is defined.
type Kind uint8

// The kinds of attribute.
const (
	Plain         Kind = iota // name = value;, or a set that attribute paths make
	Inherited                 // inherit name;
	InheritedFrom             // inherit (e) name;
)

// Attr is one static attribute of a set.
type Attr struct {
	Name string
	Kind Kind
	// Part is what defines the attribute first: a part of an attribute path, or an inherited name.
	Part ast.Node
	// Value is the expression bound to exactly this attribute. It is invalid for inherited attributes and
	// for sets that only paths define.
	Value ast.Node
	// Set holds the attributes where paths or several literals define them. It is nil for every value that
	// nothing merges with, set literals included.
	Set *Set
	// From is the source of an InheritedFrom attribute.
	From *Source
}

// Dynamic is an attribute whose name is computed. Dynamic attributes never merge.
type Dynamic struct {
	Part  ast.Node // the part of an attribute path
	Value ast.Node // the value, or invalid where Set is not nil
	Set   *Set     // the set that the rest of the path makes, or nil
	// Lost is set where Nix before 2.24 drops the attribute, because its literal merges into an earlier set.
	Lost bool
}

// Source is the expression of an inherit (e) a b;.
type Source struct {
	Expr ast.Node
	// Slot is the place in Set.From that Nix 2.34 takes the source from. Merging moves it once for each name
	// of the inherit instead of once, so it may name another source, or none: Nix crashes then.
	Slot int
}

// Set is an attrset after merging.
type Set struct {
	// Literal is the set literal that the set began as: an AttrSet, LegacyLet or Bindings. It is invalid for
	// a set that began as an attribute path.
	Literal ast.Node
	// Later are the literals that were merged into the set.
	Later []ast.Node
	// Rec tells whether the set is recursive. The first definition decides for all that merge into it.
	Rec     bool
	Attrs   []*Attr // in the order in which Nix adds them
	Dynamic []Dynamic
	From    []ast.Node // the sources of inherit (e) …;

	index map[string]*Attr
}

// maxScanned is the number of attributes up to which a set is searched without an index.
const maxScanned = 8

// Attr returns the static attribute of the given name, or nil.
func (s *Set) Attr(name string) *Attr {
	if s.index != nil {
		return s.index[name]
	}
	for _, a := range s.Attrs {
		if a.Name == name {
			return a
		}
	}
	return nil
}

func (s *Set) add(a *Attr) {
	s.Attrs = append(s.Attrs, a)
	switch {
	case s.index != nil:
		s.index[a.Name] = a
	case len(s.Attrs) > maxScanned:
		s.index = make(map[string]*Attr, 2*len(s.Attrs))
		for _, a := range s.Attrs {
			s.index[a.Name] = a
		}
	}
}

// Conflict is an attribute that is defined twice where Nix allows one definition.
type Conflict struct {
	// Path is the attribute's path from the set in which the definitions meet, as Nix prints it.
	Path string
	// First and Second are the definitions: parts of attribute paths, or inherited names.
	First, Second ast.Node
	// OldOnly is set where only Nix before 2.24 rejects the file: it merges two literals one level deep.
	OldOnly bool
}

// Position returns the node at whose start Nix reports a definition: the whole attribute path that a part
// belongs to, or the inherited name itself.
func Position(definition ast.Node) ast.Node {
	if p := definition.Parent(); p.Is(ast.Attrpath) {
		return p
	}
	return definition
}

// Merged is the result of Merge.
type Merged struct {
	Set
	// Conflicts are the duplicates in the set and in the Opened literals, in the order in which Nix finds
	// them; it reports only the first that is not OldOnly. Where one merge of two literals has several, Nix
	// goes by the age of its symbols, which is nearly the order in the file.
	Conflicts []Conflict
	// Opened are the literals inside the set that other definitions merge with, in the order of opening.
	// Their conflicts are among Conflicts, so they need no Merge of their own.
	Opened []ast.Node
}

// Merge merges the bindings of an AttrSet, LegacyLet or Bindings. It is linear in their number, apart from
// the look-up of names, and does not open set literals that nothing merges with. Bindings whose path holds
// a syntax error are left out.
func Merge(set ast.Node) *Merged {
	m := merger{Merger: &Merger{}, out: &Merged{}}
	return m.run(set)
}

// Around yields the sets that a binding can take part in merging, inner before outer: the one that it stands in and,
// as long as that is a value of a binding, the one around.
func Around(b ast.BindingNode) iter.Seq[ast.Node] {
	return func(yield func(ast.Node) bool) {
		for {
			set := b.Node.Parent()
			if !yield(set) || !set.Is(ast.AttrSet) {
				return
			}
			outer, ok := ast.AsBinding(set.OutsideParens().Parent())
			if !ok {
				return
			}
			b = outer
		}
	}
}

// Walk yields the set and all sets within it that merging made, outer before inner.
func (s *Set) Walk() iter.Seq[*Set] {
	return func(yield func(*Set) bool) {
		todo := []*Set{s}
		for len(todo) > 0 {
			s := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if !yield(s) {
				return
			}
			for _, a := range s.Attrs {
				if a.Set != nil {
					todo = append(todo, a.Set)
				}
			}
			for i := range s.Dynamic {
				if d := s.Dynamic[i].Set; d != nil {
					todo = append(todo, d)
				}
			}
		}
	}
}
