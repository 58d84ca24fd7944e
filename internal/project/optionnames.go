package project

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// OptionName is a name that stands below a set of options.
type OptionName struct {
	Name string
	// Declared is where the option of the name is declared; empty for a set of options.
	Declared []DeclaredOption
}

// OptionsBelow returns the options, and sets of options, that the project and inputs whose sources count declare right below a path,
// those of submodules among them, sorted by name. It is for editors, and not recorded.
func (a *Answers) OptionsBelow(path []string) []OptionName {
	out := a.moduleIndex().options().below(path)
	if a.LooksIntoSources() {
		for _, in := range a.inputSources().of {
			out = append(out, in.index.options().below(path)...)
		}
		slices.SortStableFunc(out, func(a, b OptionName) int { return strings.Compare(a.Name, b.Name) })
		out = slices.CompactFunc(out, func(a, b OptionName) bool { return a.Name == b.Name })
	}
	return out
}

// below returns what is declared right below a path.
func (n *optionNode) below(path []string) []OptionName {
	for len(path) > 0 {
		child := n.children[path[0]]
		if child == nil {
			return nil
		}
		path, n = path[1:], child
		if n.inner != nil {
			if n.namesSets() {
				if len(path) == 0 {
					return nil // the name is the user's
				}
				path = path[1:]
			}
			n = n.inner
		}
	}
	out := make([]OptionName, 0, len(n.names))
	for _, name := range n.names {
		out = append(out, OptionName{name, n.children[name].declared})
	}
	return out
}

// namesSets reports whether the option is a set whose names are those of the user, and whose values are submodules.
func (n *optionNode) namesSets() bool {
	t := &n.declared[0].Type
	for (t.Name == "nullOr" || t.Name == "uniq") && len(t.Of) == 1 {
		t = &t.Of[0]
	}
	return t.Name == "attrsOf" || t.Name == "lazyAttrsOf"
}

// OptionPlace is a place that defines an option, or reads it.
type OptionPlace struct {
	File    string
	Span    source.Span // of the last name of its path
	Defined bool
}

// AnyName stands in the path of an option for a name that definitions choose, as in sets of submodules.
const AnyName = "<name>"

// OptionPlaces returns the places in the project that define or read the option of a path, or something in it, by file and place.
// Places that do not name the option in one piece are left out. It is for editors, and not recorded.
func (a *Answers) OptionPlaces(path []string) (places []OptionPlace) {
	x := a.moduleIndex()
	for _, file := range x.paths {
		for _, use := range x.said[file].Uses.Each() {
			if len(use.Path) < len(path) || !slices.EqualFunc(path, use.Path[:len(path)], func(want, got string) bool { return want == got || want == AnyName }) {
				continue
			}
			if at := use.Spans[len(path)-1]; at.Len() > 0 {
				places = append(places, OptionPlace{file, at, use.Defined})
			}
		}
	}
	return places
}

// OptionPaths yields the paths of the options that the project declares, with where they are declared, in no order. It is for
// editors, and not recorded.
func (a *Answers) OptionPaths(yield func(path []string, d DeclaredOption) bool) {
	x := a.moduleIndex()
	for _, file := range x.paths {
		for _, d := range x.said[file].Declared {
			if !yield(d.Path, declaredIn(file, &d)) {
				return
			}
		}
	}
}

// NixFiles returns the absolute paths of the Nix files of the project, sorted.
func (a *Answers) NixFiles() (paths []string) {
	for _, f := range a.snapshot.nixFilesOf(a.folder.root) {
		paths = append(paths, f.Path)
	}
	return paths
}
