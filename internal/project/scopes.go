package project

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// scope is what one place of a file brings into the scope of other files.
type scope struct {
	names    []string
	builtins bool     // all builtins, too
	imports  []string // the literals of files whose attributes are names, too
	open     bool     // names that are not known, too
	targets  []target // the files that it is for
	anywhere bool     // files that are not known, too
}

// target is where files of a scope lie.
type target struct {
	below   string // the path literal of the file, or of a folder of files
	ofFlake bool   // below is relative to the folder of the flake
}

// scopedFrom is a scope and the file that opens it.
type scopedFrom struct {
	scope
	from string
}

// Giver is what may give a file a name that the file does not bind.
type Giver struct {
	// From is the file that opens the scope, or "" where a tool does.
	From string
	// Sure is set where the file is one of those that the scope is for, or where the scope has all names that the file
	// lacks; else the scope and its files are not known.
	Sure bool
}

// Given tells which of all names that a file does not bind the project may give it when it evaluates the file: by
// scopedImport, by the scoped loader of haumea, or by paisano, on which std builds, which gives every file inputs and
// cell. A scope whose files are not known is not for a file outside of its flake, nor for one that Nix reaches by plain
// imports, where it would refuse the file, nor for one of which it lacks a name. All Nix files of the project are needed: see Gathering.
func (p *Project) Given(path string, names []string) map[string]Giver {
	given := map[string]Giver{}
	give := func(name string, g Giver) {
		if old, ok := given[name]; !ok || g.Sure && !old.Sure {
			given[name] = g
		}
	}
	for _, sc := range p.scopes() {
		has := func(name string) bool { return p.store.has(sc, name) }
		switch {
		case p.isFor(sc, path):
			for _, name := range names {
				if sc.open || has(name) {
					give(name, Giver{sc.from, true})
				}
			}
		case sc.anywhere && p.near(sc, path) && (sc.open || !slices.ContainsFunc(names, func(name string) bool { return !has(name) })) && !p.plain(path):
			for _, name := range names {
				give(name, Giver{sc.from, has(name) && !sc.open})
			}
		}
	}
	if p.hasPaisano() {
		give("inputs", Giver{Sure: true})
		give("cell", Giver{Sure: true})
	}
	return given
}

// isFor reports whether a file is one of the known targets of a scope.
func (p *Project) isFor(sc scopedFrom, path string) bool {
	return slices.ContainsFunc(sc.targets, func(t target) bool {
		base := resolve(sc.from, t.below)
		if t.ofFlake {
			dir := p.store.For(sc.from).flakeDir
			if dir == "" {
				return false
			}
			base = filepath.Join(dir, filepath.FromSlash(t.below))
		}
		rest, ok := strings.CutPrefix(path, base)
		return ok && (rest == "" || strings.ContainsAny(rest[:1], `/\`))
	})
}

// near reports whether a file lies in the flake of the file that opens a scope: what is around it, a flake does not see.
func (p *Project) near(sc scopedFrom, path string) bool {
	dir := p.store.For(sc.from).flakeDir
	return dir == "" || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// has reports whether a scope is known to have a name.
func (s *Store) has(sc scopedFrom, name string) bool {
	if slices.Contains(sc.names, name) || sc.builtins && sema.IsBuiltin(name) {
		return true
	}
	return slices.ContainsFunc(sc.imports, func(literal string) bool { return s.attributesOf(resolve(sc.from, literal))[name] })
}

// attributesOf returns the attributes of the set that a file is, as far as they are written there.
func (s *Store) attributesOf(path string) map[string]bool {
	s.mu.Lock()
	l := s.sets[path]
	if l == nil {
		l = &lazy[map[string]bool]{}
		s.sets[path] = l
	}
	s.mu.Unlock()
	return l.get(func() map[string]bool {
		b, err := s.fs.ReadFile(path)
		if err != nil {
			b, err = s.fs.ReadFile(filepath.Join(path, "default.nix"))
		}
		if err != nil {
			return nil
		}
		t := parser.Parse(string(b))
		var sc scope
		scopeReader{names: sema.Resolve(t)}.set(t.Expr(), &sc, maxSteps)
		names := map[string]bool{}
		for _, name := range sc.names {
			names[name] = true
		}
		return names
	})
}

// plain reports whether Nix evaluates a file for flake.nix, or for default.nix, shell.nix or release.nix of the root, by
// imports that bring nothing into its scope.
func (p *Project) plain(path string) bool {
	x, s, root := p.references(), p.store, p.Root()
	s.mu.Lock()
	l := s.plains[root]
	if l == nil {
		l = &lazy[map[string]bool]{}
		s.plains[root] = l
	}
	s.mu.Unlock()
	return l.get(func() map[string]bool {
		return x.closure(func(path string) bool {
			switch filepath.Base(path) {
			case "flake.nix":
				return true
			case "default.nix", "shell.nix", "release.nix":
				return filepath.Dir(path) == root
			}
			return false
		})
	})[path]
}

func (p *Project) scopes() []scopedFrom {
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
	return l.get(func() []scopedFrom { return s.scopesIn(root) })
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
	scopes := make([][]scope, len(files))
	var mu sync.Mutex
	s.eachNoted(files, "scoped", func(i int, n noted) {
		mu.Lock()
		defer mu.Unlock()
		scopes[i] = n.scopes
	})
	for i, f := range files {
		for _, sc := range scopes[i] {
			found = append(found, scopedFrom{sc, f.Path})
		}
	}
	return found
}

// scopesOf returns what a file brings into the scope of others.
func scopesOf(t *ast.Tree) (scopes []scope) {
	r := scopeReader{names: sema.Resolve(t)}
	for i, rec := range t.Records() {
		if rec.Kind != ast.Ident && rec.Kind != ast.Select {
			continue
		}
		n := t.Node(ast.NodeID(i))
		switch calleeName(n) {
		case "scopedImport":
			scopes = append(scopes, r.scopedImport(n.OutsideParens()))
		case "scoped":
			if sel, ok := ast.AsSelect(n); ok && strings.HasSuffix(sel.Text(), "loaders.scoped") {
				sc := scope{open: true}
				if src := sourceAround(n); src.IsValid() {
					r.target(src, &sc, maxSteps)
				} else {
					sc.anywhere = true
				}
				scopes = append(scopes, sc)
			}
		}
	}
	return scopes
}

// maxAround bounds how far up the arguments of a loader are looked for.
const maxAround = 64

// sourceAround returns what the nearest set around a node calls src.
func sourceAround(n ast.Node) ast.Node {
	left := maxAround
	for up := range n.Ancestors() {
		if left--; left == 0 {
			break
		}
		if !up.Is(ast.AttrSet) {
			continue
		}
		if src, ok := ast.Attr(up, "src"); ok {
			return src.Value()
		}
	}
	return ast.Node{}
}
