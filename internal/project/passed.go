package project

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
)

// MayPass reports whether some file of the project may pass an argument of the given name to the package in a file,
// without naming the file: callPackage with a path that is computed, or override of a package that is called like the
// file. A scope, as newScope and callPackageWith make it, passes only what a package takes (nixpkgs,
// lib/customisation.nix). The first call needs all Nix files of the project: see Gathering.
func (p *Project) MayPass(path, name string) bool {
	root := p.Root()
	s := p.store
	s.needAll()
	s.mu.Lock()
	l := s.passed[root]
	if l == nil {
		l = &lazy[map[string]bool]{}
		s.passed[root] = l
	}
	s.mu.Unlock()
	found := l.get(func() map[string]bool { return s.passedArgs(root) })
	pkg := strings.TrimSuffix(filepath.Base(path), ".nix")
	if pkg == "default" || pkg == "package" {
		pkg = filepath.Base(filepath.Dir(path))
	}
	return found[name] || found[pkg+"."+name]
}

func (s *Store) passedArgs(root string) map[string]bool {
	found := map[string]bool{}
	var mu sync.Mutex
	s.eachNoted(s.nixFiles(root), "{", func(_ int, n noted) {
		mu.Lock()
		defer mu.Unlock()
		for _, name := range n.passed {
			found[name] = true
		}
	})
	return found
}

// passesArgs reports whether a function of that name may pass arguments to packages.
func passesArgs(name string) bool {
	return strings.HasPrefix(name, "callPackage") || name == "override"
}

// passedArgs returns the names of the arguments that a file passes to packages that it does not name by their path, and
// those that it overrides, behind the name of the package and a dot.
func passedArgs(t *ast.Tree) []string {
	found, uses := map[string]bool{}, map[string]bool{}
	for i, r := range t.Records() {
		if r.Kind != ast.Apply {
			continue
		}
		app := ast.ApplyExpr{Node: t.Node(ast.NodeID(i))}
		prefix, ok := passesTo(app)
		if !ok {
			continue
		}
		args := map[string]bool{}
		outerSets(app.Arg(), func(set ast.Node) { addNames(set, args) }, func(name string) {
			if prefix == "" {
				uses[name] = true
			}
		})
		for name := range args {
			found[prefix+name] = true
		}
	}
	if len(uses) > 0 {
		eachBinding(t, func(b ast.BindingNode) {
			if path := b.Attrpath(); path.FirstChild().Is(ast.Name) && path.IsSingle(path.FirstChild().Text()) && uses[path.FirstChild().Text()] {
				outerSets(b.Value(), func(set ast.Node) { addNames(set, found) }, func(string) {})
			}
		})
	}
	return slices.Collect(maps.Keys(found))
}

// passesTo reports whether a call passes arguments to packages that it does not name by their path; prefix is the name
// of the package and a dot where it overrides one.
func passesTo(app ast.ApplyExpr) (prefix string, ok bool) {
	fn := app.Func().Unparen()
	if calleeName(fn) == "override" {
		s, ok := ast.AsSelect(fn)
		if !ok {
			return "", false
		}
		holder := calleeName(s.Operand())
		for part := range s.Attrpath().Children() {
			if !part.NextSibling().IsValid() {
				break
			}
			holder, _ = ast.AttrName(part)
		}
		if holder == "" {
			return "", true // what is overridden is not known
		}
		return holder + ".", true
	}
	inner, ok := ast.AsApply(fn)
	if !ok {
		return "", false
	}
	if calleeName(inner.Func()) == "flip" {
		return "", strings.HasPrefix(calleeName(inner.Arg()), "callPackage")
	}
	path := inner.Arg().Unparen()
	literal := path.Is(ast.Path) && !path.FirstChild().IsValid()
	return "", strings.HasPrefix(calleeName(inner.Func()), "callPackage") && !literal
}
