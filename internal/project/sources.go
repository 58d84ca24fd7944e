package project

import (
	"path"
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/internal/flake"
)

// Sources says which sources of inputs count beside those that lie in a flake's own project. The zero value says none.
type Sources struct {
	// Store allows what lies in the Nix store; StoreRoot is the folder in which nix/store is, empty for that of the system.
	Store     bool
	StoreRoot string
	// Places are absolute folders by the names of inputs.
	Places map[string]string
	// Given are the absolute paths that are checked together.
	Given []string
}

// Origin tells why a source is at hand.
type Origin uint8

// The origins, the one that counts first: a place that the configuration names, a folder of the same project, one that is
// checked in the same run, the Nix store.
const (
	OriginNamed Origin = iota
	OriginBeside
	OriginGiven
	OriginStore
)

// Source is where the source of an input lies on this machine.
type Source struct {
	Dir    string // the folder that the input is: that of its flake.nix, where it has one
	Tree   string // the folder that Nix copies to its store: Dir, or one above it
	Origin Origin
}

// Whole reports whether what the source lacks surely is not there for Nix: it is what flake.lock pins, not a checkout that
// may be of another version.
func (s Source) Whole() bool { return s.Origin == OriginStore || s.Origin == OriginBeside }

// Name says in a message where a file of the source is, given by its path from Dir.
func (s Source) Name(v *View, file string) string {
	switch s.Origin {
	case OriginBeside:
		return "its `" + file + "`"
	case OriginStore:
		return "`" + file + "` of its source in the Nix store"
	}
	return "`" + v.Rel(filepath.Join(s.Dir, filepath.FromSlash(file))) + "`"
}

// With returns the view as one for which sources count.
func (v *View) With(s *Sources) *View {
	w := *v
	w.sources = s
	return &w
}

// LooksIntoSources reports whether sources of inputs count that lie outside of the project.
func (v *View) LooksIntoSources() bool {
	return v.sources != nil && (v.sources.Store || len(v.sources.Places) > 0 || len(v.sources.Given) > 0)
}

// found is what InputSource answers.
type found struct {
	Source
	ok bool
}

// InputSource returns where the source of an input of the flake in a folder lies on this machine. ok is false where it is
// not at hand or must not be looked at. Callers read it through the view, as any other file: it may be gone the next moment.
func (v *View) InputSource(dir, name string) (s Source, ok bool) {
	if v.deps != nil {
		sources := v.sources
		f := noted(v, question{"source", dir, name}, func(a *Answers) found {
			s, ok := a.With(sources).InputSource(dir, name)
			return found{s, ok}
		})
		return f.Source, f.ok
	}
	f := v.snapshot.Flake(dir)
	if f == nil || f.Nix == nil {
		return Source{}, false
	}
	in := f.Nix.Input(name)
	if in == nil || !in.Literal || in.RefErr != nil || len(in.Faults) > 0 {
		return Source{}, false
	}
	for _, look := range []func(*flake.Flake, *flake.Input) (Source, bool){v.namedSource, v.besideSource, v.givenSource, v.storeSource} {
		if s, ok := look(f, in); ok {
			return s, ok
		}
	}
	return Source{}, false
}

// InputSources yields the inputs of the flake around the file, declared or not, each with its source: nil where that is not at hand.
func (v *View) InputSources(yield func(in *flake.Input, s *Source) bool) {
	f := v.Flake()
	if f == nil || f.Nix == nil {
		return
	}
	for _, in := range f.Nix.AllInputs() {
		var at *Source
		if s, ok := v.InputSource(f.Dir, in.Name); ok {
			at = &s
		}
		if !yield(in, at) {
			return
		}
	}
}

// InputFlake returns the flake of an input of the flake in a folder, where its source is at hand and can be read.
func (v *View) InputFlake(dir, name string) (f *flake.Flake, s Source, ok bool) {
	if s, ok = v.InputSource(dir, name); !ok {
		return nil, s, false
	}
	if f = v.FlakeIn(s.Dir); f == nil || f.Nix == nil || len(f.Nix.Tree.Errors()) > 0 {
		return nil, s, false
	}
	return f, s, true
}

// namedSource is the place that the configuration gives for an input.
func (v *View) namedSource(_ *flake.Flake, in *flake.Input) (Source, bool) {
	if v.sources == nil || v.sources.Places[in.Name] == "" || in.Follows != nil {
		return Source{}, false
	}
	tree := v.sources.Places[in.Name]
	return v.source(tree, in.Ref.Dir, OriginNamed)
}

// besideSource is the folder of a relative path in the same project. One that a link leads to is none: Nix copies the link.
func (v *View) besideSource(f *flake.Flake, in *flake.Input) (Source, bool) {
	if !in.Ref.IsRelative() || in.Ref.Type != flake.TypePath {
		return Source{}, false
	}
	tree := filepath.Join(f.Dir, filepath.FromSlash(in.Ref.Path))
	own := v.snapshot.ViewOf(f.Dir)
	if !own.Within(tree) || own.folder.unbound() {
		return Source{}, false
	}
	s, ok := v.source(tree, in.Ref.Dir, OriginBeside)
	if !ok {
		return s, false
	}
	root, ok := v.RealPath(own.Root())
	if !ok {
		return s, false
	}
	rel, err := filepath.Rel(own.Root(), s.Dir)
	if err != nil {
		return s, false
	}
	resolved, ok := v.RealPath(s.Dir)
	return s, ok && resolved == filepath.Join(root, rel)
}

// givenSource is a flake that is checked in the same run: the one that a reference to files names, or a clone of the
// repository.
func (v *View) givenSource(f *flake.Flake, in *flake.Input) (Source, bool) {
	if v.sources == nil || in.Follows != nil {
		return Source{}, false
	}
	if name, ok := in.Ref.LocalPath(); ok {
		tree := filepath.FromSlash(name)
		if !filepath.IsAbs(tree) {
			tree = filepath.Join(f.Dir, tree)
			if v.snapshot.ViewOf(f.Dir).Within(tree) {
				return Source{}, false // besideSource knows
			}
		}
		for _, given := range v.sources.Given {
			if isIn(tree, given) {
				return v.source(tree, in.Ref.Dir, OriginGiven)
			}
		}
		return Source{}, false
	}
	repository := in.Ref.Repository()
	if repository == "" || len(v.sources.Given) < 2 {
		return Source{}, false
	}
	for _, given := range v.sources.Given {
		at := v.snapshot.ViewOf(given)
		if repo := at.folder.repo; repo == nil || at.folder.repoErr != nil || repo.Root() != given || given == v.snapshot.ViewOf(f.Dir).Root() ||
			!slices.ContainsFunc(repo.Remotes(), func(url string) bool { return flake.RemoteRepository(url) == repository }) {
			continue
		}
		if s, ok := v.source(given, in.Ref.Dir, OriginGiven); ok {
			return s, true
		}
	}
	return Source{}, false
}

// storeSource is what Nix has fetched for an input as it is locked.
func (v *View) storeSource(f *flake.Flake, in *flake.Input) (Source, bool) {
	if v.sources == nil || !v.sources.Store {
		return Source{}, false
	}
	node, ok := f.NodeOf(in)
	if !ok {
		return Source{}, false
	}
	tree, ok := node.StorePath(flake.StoreDir)
	if !ok {
		return Source{}, false
	}
	return v.source(filepath.Join(v.sources.StoreRoot, filepath.FromSlash(tree)), node.Locked.Get("dir"), OriginStore)
}

// source returns the folder of an input in its tree, if there is one.
func (v *View) source(tree, dir string, origin Origin) (Source, bool) {
	s := Source{Dir: filepath.Join(tree, filepath.FromSlash(path.Clean("/"+dir))), Tree: tree, Origin: origin}
	return s, v.snapshot.kindOf(s.Dir) == Folder
}
