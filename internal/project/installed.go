package project

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// packageLists are the options that put packages into the PATH of people.
var packageLists = []string{"systemPackages", "packages", "defaultPackages", "corePackages"}

var installed = declare(fact[string, map[string]bool]{
	raises:  raisers{names: packageLists},
	collect: installedIn,
	index:   asSet,
})

// ForInstalls are the facts that Installs answers from.
var ForInstalls = installed.facts()

// Installs reports whether some file of the project has a package of the name among environment.systemPackages, home.packages or
// their kin, wherever in the list the name stands.
func (a *Answers) Installs(name string) bool {
	if a.deps != nil {
		return noted(a.View, question{"installs", name, ""}, func(a *Answers) bool { return a.Installs(name) })
	}
	return installed.in(a)[name]
}

// installedIn returns the names in the lists of packages of a file.
func installedIn(t *ast.Tree) []string {
	found := map[string]bool{}
	eachBinding(t, func(b ast.BindingNode) {
		if !slices.Contains(packageLists, b.Attrpath().LastName()) {
			return
		}
		for n := range b.Value().Descendants() {
			if n.Is(ast.Ident) || n.Is(ast.Select) {
				if name := ast.LastName(n); name != "" {
					found[strings.Clone(name)] = true
				}
			}
		}
	})
	return sortedNames(found)
}
