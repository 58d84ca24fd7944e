package project

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/libtable"
)

var ownLib = declare(fact[string, map[string]bool]{
	raises: func(kind ast.Kind, text string) bool {
		return (kind == ast.Name || kind == ast.String) && libtable.IsDeprecatedName(strings.Trim(text, `"`))
	},
	collect: libNames,
	index:   asSet,
})

// DefinesLibName reports whether some file of the project defines a function that is called like a deprecated one of
// nixpkgs' lib: a lib of the project's own, or nixpkgs' with additions, may have it.
func (a *Answers) DefinesLibName(name string) bool {
	if a.deps != nil {
		return noted(a.View, question{"lib name", name, ""}, func(a *Answers) bool { return a.DefinesLibName(name) })
	}
	return ownLib.in(a.snapshot, a.Root())[name]
}

// libNames returns the functions that a file defines and that are called like deprecated ones of nixpkgs' lib.
func libNames(t *ast.Tree) []string {
	found := map[string]bool{}
	eachBinding(t, func(b ast.BindingNode) {
		if name := b.Attrpath().LastName(); libtable.IsDeprecatedName(name) && mayCall(b.Value().Unparen()) {
			found[name] = true
		}
	})
	return sortedNames(found)
}

// mayCall reports whether a value looks like a function of a library: one that is written out, imported or has another
// name. What a call gives is more likely an option called imap.
func mayCall(value ast.Node) bool {
	switch value.Kind() {
	case ast.Lambda, ast.Select:
		return true
	case ast.Ident:
		return value.Text() != "true" && value.Text() != "false" && value.Text() != "null"
	case ast.Apply:
		return ast.LastName((ast.ApplyExpr{Node: value}).Func()) == "import"
	}
	return false
}
