package sema

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
)

// checkSet finds the attributes of a set that merge or conflict. Most sets have none: only where two paths
// clash are the bindings merged for real.
func (r *Resolver) checkSet(set ast.Node) {
	if r.opened[set.ID()] || !r.clashes(set) {
		return
	}
	m := attrs.Merge(set)
	r.conflicts = slices.Grow(r.conflicts, len(m.Conflicts))
	for _, c := range m.Conflicts {
		r.conflicts = append(r.conflicts, conflict{path: c.Path, first: c.First.ID(), second: c.Second.ID(), oldOnly: c.OldOnly})
	}
	if len(m.Opened) == 0 {
		return
	}
	if r.opened == nil {
		r.opened, r.merged = map[ast.NodeID]bool{}, map[ast.NodeID]bool{}
		r.recs, r.extra = map[ast.NodeID]*attrs.Set{}, map[ast.NodeID][]ScopeID{}
	}
	for _, literal := range m.Opened {
		r.opened[literal.ID()] = true
	}
	for s := range m.Walk() {
		for _, later := range s.Later {
			r.merged[later.ID()] = true
		}
		if s.Rec && s.Literal.IsValid() && s != &m.Set {
			r.recs[s.Literal.ID()] = s
		}
	}
}

// declareMerged adds to the scope of a rec set the names that other definitions merge into it, and lets
// their values see it.
func (r *Resolver) declareMerged(literal ast.Node) {
	s := r.recs[literal.ID()]
	if s == nil {
		return
	}
	for _, a := range s.Attrs {
		if literal.Encloses(a.Part) {
			continue
		}
		r.declare(Binding{Kind: RecBinding, Name: a.Name, Node: a.Part, Decl: statement(a.Part), Value: a.Value})
		r.seeFrom(a)
	}
	for _, later := range s.Later {
		r.extra[later.ID()] = append(r.extra[later.ID()], r.scope)
	}
}

// seeFrom makes the current scope visible in the values of an attribute that paths define. What stands in
// a merged literal sees it through that.
func (r *Resolver) seeFrom(a *attrs.Attr) {
	todo := []*attrs.Attr{a}
	for len(todo) > 0 {
		a := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if b := statement(a.Part); b.Is(ast.Binding) && !r.merged[b.Parent().ID()] {
			value := ast.BindingNode{Node: b}.Value()
			if seen := r.extra[value.ID()]; value.IsValid() && (len(seen) == 0 || seen[len(seen)-1] != r.scope) {
				r.extra[value.ID()] = append(seen, r.scope)
			}
		}
		if a.Set != nil && !a.Set.Literal.IsValid() {
			todo = append(todo, a.Set.Attrs...)
		}
	}
}

// statement returns the Binding or Inherit that a part of an attribute path, or an inherited name, is in.
func statement(part ast.Node) ast.Node {
	p := part.Parent()
	if p.Is(ast.Attrpath) {
		p = p.Parent()
	}
	return p
}
