package rules

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/suppress"
)

// Live tells which bindings the file needs. What a suppression comment stands before is pinned: the user
// wants to keep it, so what it uses is needed.
func (p *Pass) Live() *sema.Live {
	p.whole()
	if p.live == nil {
		p.live = p.Names().Live(pins(p.Tree))
	}
	return p.live
}

// pins returns a function that tells whether a declared name stands on a line that a suppression comment may
// cover, or nil where no comment is one.
func pins(t *ast.Tree) func(name ast.Node) bool {
	covered := suppress.Covered(t)
	if len(covered) == 0 {
		return nil
	}
	holds := func(at uint32) bool { return suppress.Covers(covered, at) }
	return func(name ast.Node) bool {
		if holds(name.Start()) {
			return true
		}
		up := name.Parent()
		return up.Is(ast.Inherit) && holds(up.Start())
	}
}
