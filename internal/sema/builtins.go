package sema

import (
	"slices"
	"strconv"
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

// IsZero reports whether the version is not known.
func (v NixVersion) IsZero() bool { return v == NixVersion{} }

// Before reports whether v is older than o.
func (v NixVersion) Before(o NixVersion) bool {
	return v.Major < o.Major || v.Major == o.Major && v.Minor < o.Minor
}

// String returns the version as people write it.
func (v NixVersion) String() string {
	return strconv.Itoa(int(v.Major)) + "." + strconv.Itoa(int(v.Minor))
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

// curPos as an expression is syntax for where it stands, whatever binds the name; elsewhere it is a name like others,
// which no Nix binds.
const curPos = "__curPos"

// IsGlobal reports whether some Nix binds the name in every file: map, import, __add.
func IsGlobal(name string) bool {
	if rest, ok := strings.CutPrefix(name, "__"); ok {
		b := LookupBuiltin(rest)
		return b != nil && !b.Global
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

// Availability says whether the Nix in use has a builtin.
type Availability uint8

// The answers of BuiltinIn.
const (
	Available Availability = iota
	Unknown                // no Nix is known that has it
	Elsewhere              // only a fork or a plugin has it
	Gone                   // it was dropped before the oldest Nix in use
	Newer                  // it came after the oldest Nix in use
)

// BuiltinIn tells whether every Nix from a version on has builtins.NAME, and what is known of it, if anything.
func BuiltinIn(name string, oldest NixVersion) (Availability, *Builtin) {
	b := LookupBuiltin(name)
	switch {
	case b == nil:
		return Unknown, nil
	case b.Only != "":
		return Elsewhere, b
	case !b.Until.IsZero() && b.Until.Before(oldest):
		return Gone, b
	case oldest.Before(b.Since):
		return Newer, b
	}
	return Available, b
}
