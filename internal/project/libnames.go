package project

import (
	"maps"
	"slices"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/libtable"
)

// DefinesLibName reports whether some file of the project defines a function that is called like a deprecated one of
// nixpkgs' lib: a lib of the project's own, or nixpkgs' with additions, may have it. The first call needs all Nix files
// of the project: see Gathering.
func (p *Project) DefinesLibName(name string) bool {
	root := p.Root()
	s := p.store
	s.needAll()
	s.mu.Lock()
	l := s.libNames[root]
	if l == nil {
		l = &lazy[map[string]bool]{}
		s.libNames[root] = l
	}
	s.mu.Unlock()
	return l.get(func() map[string]bool {
		found := map[string]bool{}
		var mu sync.Mutex
		s.eachNoted(s.nixFiles(root), "=", func(_ int, n noted) {
			mu.Lock()
			defer mu.Unlock()
			for _, name := range n.libNames {
				found[name] = true
			}
		})
		return found
	})[name]
}

// libNames returns the functions that a file defines and that are called like deprecated ones of nixpkgs' lib.
func libNames(t *ast.Tree) []string {
	found := map[string]bool{}
	eachBinding(t, func(b ast.BindingNode) {
		if name := lastAttr(b); libtable.IsDeprecatedName(name) && mayCall(b.Value().Unparen()) {
			found[name] = true
		}
	})
	return slices.Collect(maps.Keys(found))
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
		return calleeName((ast.ApplyExpr{Node: value}).Func()) == "import"
	}
	return false
}
