package project

import (
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/flake"
)

// scope is what one place of a file brings into the scope of other files.
type scope struct {
	names []string
	open  bool   // names that are not known, too
	below string // the path literal of the file, or of the folder of files, that it is for; "" where that is not known
}

// scopedFrom is a scope and the file that opens it.
type scopedFrom struct {
	scope
	from string
}

// InScope reports whether the project may evaluate a file with a name in scope that the file does not bind: by
// scopedImport, by the scoped loader of haumea, or by paisano, on which std builds, which gives every file inputs
// and cell. The first call needs all Nix files of the project: see Gathering.
func (p *Project) InScope(path, name string) bool {
	root := p.Root()
	s := p.store
	s.needAll()
	s.mu.Lock()
	l := s.scopes[root]
	if l == nil {
		l = &lazy[[]scopedFrom]{}
		s.scopes[root] = l
	}
	s.mu.Unlock()
	for _, sc := range l.get(func() []scopedFrom { return s.scopesIn(root) }) {
		if !sc.open && !slices.Contains(sc.names, name) {
			continue
		}
		if sc.below == "" {
			return true
		}
		if rest, ok := strings.CutPrefix(path, resolve(sc.from, sc.below)); ok && (rest == "" || strings.ContainsAny(rest[:1], `/\`)) {
			return true
		}
	}
	return (name == "inputs" || name == "cell") && p.hasPaisano()
}

// hasPaisano reports whether the flake of the folder locks paisano.
func (p *Project) hasPaisano() bool {
	f := p.Flake()
	return f != nil && f.Lock != nil && slices.ContainsFunc(f.Lock.Nodes, func(n *flake.LockNode) bool {
		return n.Locked != nil && n.Locked.Get("owner") == "paisano-nix" && n.Locked.Get("repo") == "core"
	})
}

func (s *Store) scopesIn(root string) (found []scopedFrom) {
	files := s.nixFiles(root)
	var mu sync.Mutex
	s.eachNoted(files, "scoped", func(i int, n noted) {
		mu.Lock()
		defer mu.Unlock()
		for _, sc := range n.scopes {
			found = append(found, scopedFrom{sc, files[i].Path})
		}
	})
	return found
}

// scopesOf returns what a file brings into the scope of others.
func scopesOf(t *ast.Tree) (scopes []scope) {
	for i, r := range t.Records() {
		if r.Kind != ast.Ident && r.Kind != ast.Select {
			continue
		}
		n := t.Node(ast.NodeID(i))
		switch calleeName(n) {
		case "scopedImport":
			if call, ok := ast.AsApply(n.OutsideParens().Parent()); ok && call.Func() == n.OutsideParens() {
				scopes = append(scopes, importedScope(t, call))
			} else {
				scopes = append(scopes, scope{open: true})
			}
		case "scoped":
			if sel, ok := ast.AsSelect(n); ok && strings.HasSuffix(sel.Text(), "loaders.scoped") {
				scopes = append(scopes, scope{open: true, below: sourceAround(n)})
			}
		}
	}
	return scopes
}

// importedScope reads a call of scopedImport.
func importedScope(t *ast.Tree, call ast.ApplyExpr) (sc scope) {
	if outer, ok := ast.AsApply(call.OutsideParens().Parent()); ok && outer.Func() == call.OutsideParens() {
		sc.below = literalPath(outer.Arg())
	}
	set := call.Arg().Unparen()
	if set.Is(ast.Ident) {
		set = boundSet(t, set.Text())
	}
	if !set.Is(ast.AttrSet) {
		sc.open = true
		return sc
	}
	names := map[string]bool{}
	addNames(set, names)
	for name := range names {
		sc.names = append(sc.names, strings.Clone(name))
		sc.open = sc.open || name == "" // a key that is computed
	}
	return sc
}

// boundSet returns the set literal that a file binds a name to, or an invalid node: there is none, or several.
func boundSet(t *ast.Tree, name string) (set ast.Node) {
	for i, r := range t.Records() {
		if r.Kind != ast.Binding {
			continue
		}
		b := ast.BindingNode{Node: t.Node(ast.NodeID(i))}
		if !b.Attrpath().IsSingle(name) {
			continue
		}
		if set.IsValid() || !b.Value().Unparen().Is(ast.AttrSet) {
			return ast.Node{}
		}
		set = b.Value().Unparen()
	}
	return set
}

// maxAround bounds how far up the arguments of a loader are looked for.
const maxAround = 64

// sourceAround returns the path literal that the nearest set around a node calls src.
func sourceAround(n ast.Node) string {
	left := maxAround
	for up := range n.Ancestors() {
		if left--; left == 0 {
			break
		}
		if !up.Is(ast.AttrSet) {
			continue
		}
		if src, ok := ast.Attr(up, "src"); ok {
			return literalPath(src.Value())
		}
	}
	return ""
}

// literalPath returns the text of a path literal without interpolation, or "".
func literalPath(n ast.Node) string {
	n = n.Unparen()
	if !n.Is(ast.Path) || n.FirstChild().IsValid() || n.HasError() || strings.HasPrefix(n.Text(), "~") {
		return ""
	}
	return strings.Clone(n.Text())
}
