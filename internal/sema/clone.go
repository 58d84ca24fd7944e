package sema

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
)

// Last returns the names of a tree, if it is the one that Resolve resolved last; else nil.
func (r *Resolver) Last(t *ast.Tree) *Info {
	if t.Stamp() == 0 || r.tree != t || r.stamp != t.Stamp() {
		return nil
	}
	return &r.Info
}

// CloneFor returns a copy of the names for a copy of their tree. It lasts as long as that.
func (x *Info) CloneFor(t *ast.Tree) *Info {
	move := func(n *ast.Node) {
		if n.IsValid() {
			*n = t.Node(n.ID())
		}
	}
	c := &Info{
		tree: t, scopes: slices.Clone(x.scopes), bindings: slices.Clone(x.bindings), uses: slices.Clone(x.uses), useOf: slices.Clone(x.useOf),
		conflicts: slices.Clone(x.conflicts), undefined: slices.Clone(x.undefined),
	}
	for i := range c.scopes {
		move(&c.scopes[i].Node)
	}
	for i := range c.bindings {
		b := &c.bindings[i]
		move(&b.Node)
		move(&b.Decl)
		move(&b.Value)
	}
	for i := range c.uses {
		move(&c.uses[i].Node)
	}
	return c
}
