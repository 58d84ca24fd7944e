package project

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/module"
)

// OptionUse says what a project does with an option that it declares.
type OptionUse uint8

// The uses.
const (
	OptionRead    OptionUse = iota // it is read, or may be, in the project or elsewhere
	OptionDefined                  // it is defined, and nothing reads it
	OptionUnused                   // it is neither
)

// UseOfOption returns what the project does with an option. Only a project that has configurations, and no modules for others,
// reads its own options alone.
func (a *Answers) UseOfOption(path []string) OptionUse {
	if a.deps != nil {
		q := question{"use of option", strings.Join(path, "\x00"), ""}
		return noted(a.View, q, func(a *Answers) OptionUse { return a.UseOfOption(path) })
	}
	x := a.moduleIndex()
	if a.folder.fragment() || !x.complete() || !x.owns(path[0]) && !x.ownsAround(path) || strings.HasPrefix(path[0], "${") {
		return OptionRead
	}
	u := x.used()
	switch {
	case u.read.touches(path) || u.asked.touches(path) || x.isTarget(path):
		return OptionRead
	case u.defined.touches(path):
		return OptionDefined
	}
	return OptionUnused
}

// ownsAround reports whether the project alone declares a set that an option is in, though others declare options beside that. One that takes
// modules out may have a set in place of nixpkgs' own, which other modules there read.
func (x *moduleIndex) ownsAround(path []string) bool {
	root := x.options()
	for n := 2; n < len(path); n++ {
		if root.ownsSet(path[:n]) {
			return !slices.ContainsFunc(x.paths, func(path string) bool { return x.said[path].Disables })
		}
	}
	return false
}

// complete reports whether all that reads the options of the project is in it.
func (x *moduleIndex) complete() bool {
	return x.whole.get(func() bool {
		hosts := false
		for _, s := range x.said {
			if s.Exports {
				return false
			}
			hosts = hosts || s.Hosts
		}
		return hosts
	})
}

// isTarget reports whether an option has taken the place of another, or is taken from one: then it is read under that name.
func (x *moduleIndex) isTarget(path []string) bool {
	renames := x.renames.get(func() map[string][][]string {
		by := map[string][][]string{}
		for _, s := range x.said {
			for i := range s.Declared {
				if d := &s.Declared[i]; d.How >= module.Renamed {
					for _, name := range [][]string{d.New, d.Path} {
						if len(name) > 0 {
							by[name[0]] = append(by[name[0]], name)
						}
					}
				}
			}
		}
		return by
	})
	return slices.ContainsFunc(renames[path[0]], func(name []string) bool { return isPrefix(name, path) })
}

// isPrefix reports whether a path that has names begins another.
func isPrefix(prefix, path []string) bool {
	if len(prefix) == 0 || len(prefix) > len(path) {
		return false
	}
	for i, name := range prefix {
		if path[i] != name {
			return false
		}
	}
	return true
}
