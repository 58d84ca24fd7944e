package project

import "github.com/nixsift/nixsift/ast"

var ownCallPackage = declare(fact[string, map[string]bool]{
	raises: raisers{names: []string{"callPackage", "callPackages"}},
	collect: func(t *ast.Tree) []string {
		found := map[string]bool{}
		eachBinding(t, func(b ast.BindingNode) {
			name, single := b.Attrpath().Single()
			if single && b.Parent().Is(ast.AttrSet) && b.Value().Unparen().Is(ast.Lambda) && (name.Text() == "callPackage" || name.Text() == "callPackages") {
				found[name.Text()] = true
			}
		})
		return sortedNames(found)
	},
	index: asSet,
})

// ForDefinesCallPackage are the facts that DefinesCallPackage answers from.
var ForDefinesCallPackage = ownCallPackage.facts()

// DefinesCallPackage reports whether some file of the project defines a function as an attribute callPackage or callPackages:
// what has that name elsewhere may be it.
func (a *Answers) DefinesCallPackage() bool {
	if a.deps != nil {
		return noted(a.View, question{what: "defines callPackage"}, func(a *Answers) bool { return a.DefinesCallPackage() })
	}
	return len(ownCallPackage.in(a)) > 0
}
