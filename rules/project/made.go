package project

import (
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/project"
)

// eachMade calls check for paths that are put together of more than literals, ./hosts/${name} or ./. + "/${name}.nix", for what the
// outputs of the flake are evaluated to read there: of a list that is known, each element counts. sure tells that no condition that
// is not known decides whether it is read.
func (p *paths) eachMade(check func(l literal, sure bool)) {
	if p.Project.FlakeDir() == "" || !p.makesPaths() {
		return
	}
	for _, made := range p.MadePaths() {
		n := p.Tree.NodeAt(made.Span)
		if !n.IsValid() || n.Span() != made.Span || p.told[n.ID()] || n.HasError() || !p.Project.Within(made.Target) || documentation(n) {
			continue
		}
		if rel := p.Project.Rel(made.Target); outOfTree(filepath.ToSlash(rel)) {
			continue
		}
		check(literal{
			node: n, target: made.Target, folder: made.How == project.AsCode || made.How == project.AsModule, probe: made.How == project.AsExistence,
			output: made.Output,
		}, made.Sure)
	}
}

// makesPaths reports whether something in the file may put a path together.
func (p *paths) makesPaths() bool {
	for i, r := range p.Tree.Records() {
		switch r.Kind {
		case ast.Path:
			if p.Tree.Node(ast.NodeID(i)).FirstChild().IsValid() {
				return true
			}
		case ast.Binary:
			if n := p.Tree.Node(ast.NodeID(i)); n.Op() == ast.OpAdd && isBase(n.Child(0)) {
				return true
			}
		case ast.String:
			if first := p.Tree.Node(ast.NodeID(i)).FirstChild(); first.Is(ast.Interpolation) && first.Start() == p.Tree.Node(ast.NodeID(i)).Start()+1 &&
				strings.HasPrefix(p.Tree.Source()[first.End():], "/") {
				return true
			}
		case ast.Ident, ast.Select:
			if ast.LastName(p.Tree.Node(ast.NodeID(i))) == "append" {
				return true
			}
		}
	}
	return false
}

// isBase reports whether an expression may be a path, or a text that is one, to which something is added.
func isBase(n ast.Node) bool {
	switch n = n.Unparen(); n.Kind() {
	case ast.Path, ast.Ident, ast.Select, ast.Apply, ast.Binary:
		return true
	case ast.String:
		return n.FirstChild().Is(ast.Interpolation)
	}
	return false
}
