package project

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// substituterSettings are the settings of Nix, and the options of NixOS, that name binary caches.
var substituterSettings = map[string]bool{
	"substituters": true, "extra-substituters": true, "trusted-substituters": true, "extra-trusted-substituters": true,
	"binaryCaches": true, "trustedBinaryCaches": true,
}

var caches = declare(fact[string, []string]{
	raises: raisers{names: slices.Collect(maps.Keys(substituterSettings))},
	collect: func(t *ast.Tree) []string {
		found := map[string]bool{}
		eachBinding(t, func(b ast.BindingNode) {
			if !substituterSettings[b.Attrpath().LastName()] || !b.Value().IsValid() {
				return
			}
			for n := range b.Value().Descendants() {
				if text, ok := ast.StringValue(n); ok {
					for url := range strings.FieldsSeq(text) {
						found[url] = true
					}
				}
			}
		})
		return sortedNames(found)
	},
	index: func(files iter.Seq2[string, []string]) []string { return sortedNames(asSet(files)) },
})

// ForSubstituters are the facts that Substituters answers from.
var ForSubstituters = caches.facts()

// Substituters returns the binary caches that the Nix files of the project name in settings, sorted.
func (a *Answers) Substituters() []string {
	if a.deps != nil {
		return notedBy(a.View, question{what: "substituters"}, slices.Equal[[]string], func(a *Answers) []string { return a.Substituters() })
	}
	return caches.in(a)
}
