package project

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// eachCompleted calls check for paths of the project that are put together of a path literal, or the flake itself, and text, and
// that are read where they stand: import (./. + "/x.nix"), readFile "${self}/x".
func (p *paths) eachCompleted(check func(l literal)) {
	for i, r := range p.Tree.Records() {
		if r.Kind != ast.Path && r.Kind != ast.Ident {
			continue
		}
		n := p.Tree.Node(ast.NodeID(i))
		if n.HasError() || r.Kind == ast.Ident && !p.isParameter(n) {
			continue
		}
		if l, ok := p.completion(n); ok {
			if p.told == nil {
				p.told = map[ast.NodeID]bool{}
			}
			p.told[l.node.ID()] = true
			check(l)
		}
	}
}

// isParameter reports whether a variable is an argument of some function, as self and inputs of a flake are.
func (p *paths) isParameter(n ast.Node) bool {
	if name := n.Text(); name != "self" && name != "inputs" {
		return false
	}
	b := p.Names().Resolve(n)
	return b != nil && (b.Kind == sema.FormalBinding || b.Kind == sema.ParamBinding || b.Kind == sema.AtBinding)
}

// completion examines what puts text behind a path, or the flake itself.
func (p *paths) completion(n ast.Node) (l literal, ok bool) {
	c, ok := project.Completed(n)
	if !ok {
		return l, false
	}
	target, ok := p.Project.Completion(p.Path, c)
	if !ok || outOfTree(p.Project.Rel(target)) || !p.Project.Within(target) {
		return l, false
	}
	l = literal{node: c.At, target: target}
	switch directUse(c.At) {
	case probed:
		l.probe = true
	case imported:
		l.folder = true
	case textOnly:
		return l, false
	default:
		l.listed = listIn(c.At) != ""
		if c.IsString() && !l.listed && !readsFile(c.At) {
			return l, false // nobody reads it here
		}
	}
	return l, !documentation(c.At)
}
