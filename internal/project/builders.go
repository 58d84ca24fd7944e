package project

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
)

var ownBuilders = declare(fact[string, map[string]bool]{
	raises:  raisers{names: eval.Builders()},
	collect: builderNames,
	index:   asSet,
})

// builderNames returns the names of builders of nixpkgs that a file gives to attributes of its own, or takes from elsewhere.
func builderNames(t *ast.Tree) []string {
	found := map[string]bool{}
	for i, r := range t.Records() {
		switch n := t.Node(ast.NodeID(i)); r.Kind {
		case ast.Binding:
			if n.Parent().Is(ast.AttrSet) {
				note(found, ast.BindingNode{Node: n}.Attrpath().LastName())
			}
		case ast.Inherit:
			in := ast.InheritNode{Node: n}
			if from := in.From(); !n.Parent().Is(ast.AttrSet) || from.IsValid() && nixlang.NamesPackages(ast.LastName(from)) {
				continue
			}
			for part := range in.Names() {
				if name, ok := ast.AttrName(part); ok {
					note(found, name)
				}
			}
		}
	}
	return sortedNames(found)
}

func note(found map[string]bool, name string) {
	if eval.IsBuilder(name) {
		found[name] = true
	}
}

// ForDefinesBuilder are the facts that DefinesBuilder answers from.
var ForDefinesBuilder = ownBuilders.facts()

// DefinesBuilder reports whether some file of the project gives an attribute the name of a builder of nixpkgs: what has that
// name elsewhere may be it.
func (a *Answers) DefinesBuilder(name string) bool {
	if a.deps != nil {
		return noted(a.View, question{"defines builder", name, ""}, func(a *Answers) bool { return a.DefinesBuilder(name) })
	}
	return ownBuilders.in(a)[name]
}
