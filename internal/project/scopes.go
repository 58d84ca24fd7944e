package project

import (
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/sema"
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

var scopes = declare(fact[scope, []scopedFrom]{
	raises:  raisers{names: []string{"scoped", "scopedImport"}},
	analyze: scopesOf,
	index: func(files iter.Seq2[string, []scope]) (found []scopedFrom) {
		for path, list := range files {
			for _, sc := range list {
				found = append(found, scopedFrom{sc, path})
			}
		}
		return found
	},
})

// ForGiven are the facts that Given answers from.
var ForGiven = scopes.facts()

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
// imports, where it would refuse the file, nor for one of which it lacks a name.
func (a *Answers) Given(path string, names []string) map[string]Giver {
	if a.deps != nil {
		q := question{"given", path, strings.Join(names, " ")}
		return notedBy(a.View, q, maps.Equal[map[string]Giver], func(a *Answers) map[string]Giver { return a.Given(path, names) })
	}
	given := map[string]Giver{}
	give := func(name string, g Giver) {
		if old, ok := given[name]; !ok || g.Sure && !old.Sure {
			given[name] = g
		}
	}
	for _, sc := range scopes.in(a) {
		has := func(name string) bool { return a.snapshot.has(sc, name) }
		switch {
		case a.isFor(sc, path):
			for _, name := range names {
				if sc.open || has(name) {
					give(name, Giver{sc.from, true})
				}
			}
		case sc.anywhere && a.near(sc, path) && (sc.open || !slices.ContainsFunc(names, func(name string) bool { return !has(name) })) && !a.plain(path):
			for _, name := range names {
				give(name, Giver{sc.from, has(name) && !sc.open})
			}
		}
	}
	if a.hasPaisano() {
		give("inputs", Giver{Sure: true})
		give("cell", Giver{Sure: true})
	}
	return given
}

// isFor reports whether a file is one of the known targets of a scope.
func (a *Answers) isFor(sc scopedFrom, path string) bool {
	return slices.ContainsFunc(sc.targets, func(t target) bool {
		base := resolve(sc.from, t.below)
		if t.ofFlake {
			dir := a.snapshot.View(sc.from).FlakeDir()
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
func (a *Answers) near(sc scopedFrom, path string) bool {
	dir := a.snapshot.View(sc.from).FlakeDir()
	return dir == "" || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// has reports whether a scope is known to have a name.
func (s *Snapshot) has(sc scopedFrom, name string) bool {
	if slices.Contains(sc.names, name) || sc.builtins && sema.IsBuiltin(name) {
		return true
	}
	return slices.ContainsFunc(sc.imports, func(literal string) bool { return s.attributesOf(resolve(sc.from, literal))[name] })
}

// attributesOf returns the attributes of the set that a file is, as far as they are written there.
func (s *Snapshot) attributesOf(path string) map[string]bool {
	return s.sets.get(path, func() map[string]bool {
		f := s.File(path)
		if f == nil {
			f = s.File(filepath.Join(path, "default.nix"))
		}
		if f == nil {
			return nil
		}
		var sc scope
		scopeReader{names: f.Names()}.set(f.Tree().Expr(), &sc, maxSteps)
		names := map[string]bool{}
		for _, name := range sc.names {
			names[name] = true
		}
		return names
	})
}

// plain reports whether Nix evaluates a file for flake.nix, or for default.nix, shell.nix or release.nix of the root, by
// imports that bring nothing into its scope.
func (a *Answers) plain(path string) bool {
	x, root := a.references(), a.Root()
	return x.plain.get(func() fileSet {
		return x.closure(a.snapshot.nixFilesOf(root), func(path string) bool {
			switch filepath.Base(path) {
			case "flake.nix":
				return true
			case "default.nix", "shell.nix", "release.nix":
				return filepath.Dir(path) == root
			}
			return false
		})
	}).has(path)
}

// hasPaisano reports whether the flake of the folder locks paisano.
func (a *Answers) hasPaisano() bool {
	f := a.Flake()
	return f != nil && f.Lock != nil && slices.ContainsFunc(f.Lock.Nodes, func(n *flake.LockNode) bool {
		return n.Locked != nil && n.Locked.Get("owner") == "paisano-nix" && n.Locked.Get("repo") == "core"
	})
}

// scopesOf returns what a file brings into the scope of others.
func scopesOf(t *ast.Tree, f *module.File) (scopes []scope) {
	r := scopeReader{names: f.Names()}
	for i, rec := range t.Records() {
		if rec.Kind != ast.Ident && rec.Kind != ast.Select {
			continue
		}
		n := t.Node(ast.NodeID(i))
		switch ast.LastName(n) {
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
