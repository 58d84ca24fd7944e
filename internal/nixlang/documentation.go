package nixlang

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/sema"
)

// maxDocumented bounds the names from one to the next, and the uses of one, that are looked at.
const maxDocumented = 16

// OnlyDocuments is modsys.Documents, also by way of names that a let binds and that nothing else uses.
func OnlyDocuments(names *sema.Info, n ast.Node) bool {
	left := maxDocumented
	return onlyDocuments(names, n, &left)
}

func onlyDocuments(names *sema.Info, n ast.Node, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	if modsys.Documents(n) {
		return true
	}
	for up := range n.Ancestors() {
		if !up.Is(ast.Binding) {
			continue
		}
		id := names.Declared(up)
		if id == 0 {
			continue
		}
		b := names.Binding(id)
		if b.Kind != sema.LetBinding || b.More || !names.IsUsed(id) {
			return false
		}
		for use := range names.UsesOf(id) {
			if !onlyDocuments(names, use.Node, left) {
				return false
			}
		}
		return true
	}
	return false
}
