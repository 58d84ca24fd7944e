package sema

import (
	"slices"
	"strings"
)

// NixVersion is a release of Nix without its patch number. The zero value stands for 2.3 and all before.
type NixVersion struct{ Major, Minor uint8 }

// Builtin is what is known of one attribute of builtins.
type Builtin struct {
	Name string
	// Global builtins are bound in every file by their name; all others with two underscores before it.
	Global bool
	// Args is the number of arguments that a call takes; 0 for constants and where it is not known.
	Args uint8
	// Since is the release that brought it, Until the last one that had it; zero where it is still there.
	Since, Until NixVersion
	// Feature is the experimental feature or setting without which it is, or was, absent.
	Feature string
	// Only names the implementation or plugin that has it where Nix itself has not.
	Only string
}

// Builtins returns all builtins that some Nix has or had, those of forks and known plugins included, sorted
// by name. It must not be changed.
func Builtins() []Builtin { return builtinTable[:] }

// LookupBuiltin returns what is known of builtins.NAME, or nil.
func LookupBuiltin(name string) *Builtin {
	i, ok := slices.BinarySearchFunc(builtinTable[:], name, func(b Builtin, name string) int { return strings.Compare(b.Name, name) })
	if !ok {
		return nil
	}
	return &builtinTable[i]
}

// IsGlobal reports whether some Nix binds the name in every file: map, import, __add.
func IsGlobal(name string) bool {
	if rest, ok := strings.CutPrefix(name, "__"); ok {
		b := LookupBuiltin(rest)
		return b != nil && !b.Global || rest == "curPos"
	}
	return isGlobal(name)
}

// IsBuiltin reports whether some Nix has builtins.NAME.
func IsBuiltin(name string) bool { return LookupBuiltin(name) != nil }

// Globals returns the names that are bound in every file without a prefix, sorted; those with "__" are left
// out.
func Globals() []string {
	var names []string
	for i := range builtinTable {
		if builtinTable[i].Global {
			names = append(names, builtinTable[i].Name)
		}
	}
	return names
}
