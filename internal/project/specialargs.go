package project

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
)

// SpecialArg reports whether some file of the project passes an argument of the given name to modules by
// specialArgs or extraSpecialArgs, written as a set, or by a set of names that a let binds. The first call
// needs all Nix files of the project: see Gathering.
func (p *Project) SpecialArg(name string) bool {
	root := p.Root()
	s := p.store
	s.needAll()
	s.mu.Lock()
	l := s.special[root]
	if l == nil {
		l = &lazy[map[string]bool]{}
		s.special[root] = l
	}
	s.mu.Unlock()
	return l.get(func() map[string]bool { return s.specialArgs(root) })[name]
}

func (s *Store) specialArgs(root string) map[string]bool {
	files := s.nixFiles(root)
	found := map[string]bool{}
	var mu sync.Mutex
	s.eachNoted(files, "Args", func(_ int, n noted) {
		mu.Lock()
		defer mu.Unlock()
		for _, name := range n.args {
			found[name] = true
		}
	})
	return found
}

// specialArgs returns the names that a file passes to modules.
func specialArgs(t *ast.Tree) []string {
	found := map[string]bool{}
	for i, r := range t.Records() {
		if r.Kind != ast.Binding {
			continue
		}
		b := ast.BindingNode{Node: t.Node(ast.NodeID(i))}
		for part := range b.Attrpath().Children() {
			if name, _ := ast.AttrName(part); !strings.HasSuffix(name, "pecialArgs") {
				continue
			}
			if arg, ok := ast.AttrName(part.NextSibling()); ok {
				found[arg] = true
			} else if !part.NextSibling().IsValid() {
				passedArgs(t, b.Value(), found)
			}
		}
	}
	return slices.Collect(maps.Keys(found))
}

// passedArgs adds the names of all sets in an expression, and of those that names in it stand for; the sets
// inside them are values of arguments.
func passedArgs(t *ast.Tree, n ast.Node, found map[string]bool) {
	uses := map[string]bool{}
	outerSets(n, func(set ast.Node) { addNames(set, found) }, func(name string) { uses[name] = true })
	if len(uses) == 0 {
		return
	}
	for i, r := range t.Records() {
		if r.Kind != ast.Binding {
			continue
		}
		b := ast.BindingNode{Node: t.Node(ast.NodeID(i))}
		if path := b.Attrpath(); path.FirstChild().Is(ast.Name) && path.IsSingle(path.FirstChild().Text()) && uses[path.FirstChild().Text()] {
			outerSets(b.Value(), func(set ast.Node) { addNames(set, found) }, func(string) {})
		}
	}
}

// outerSets yields the set literals and the names in an expression that do not lie in a set.
func outerSets(n ast.Node, yield func(set ast.Node), name func(string)) {
	end := ast.NodeID(0)
	for d := range n.Descendants() {
		switch {
		case d.ID() < end:
		case d.Is(ast.AttrSet):
			end = d.SubtreeEnd()
			yield(d)
		case d.Is(ast.Ident):
			name(d.Text())
		}
	}
}

func addNames(set ast.Node, found map[string]bool) {
	for c := range set.Children() {
		switch c.Kind() {
		case ast.Binding:
			name, _ := ast.AttrName((ast.BindingNode{Node: c}).Attrpath().FirstChild())
			found[name] = true
		case ast.Inherit:
			for part := range (ast.InheritNode{Node: c}).Names() {
				name, _ := ast.AttrName(part)
				found[name] = true
			}
		}
	}
}
