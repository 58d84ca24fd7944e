// Package role tells what a Nix file is from its shape, its place and who refers to it: a flake, a module
// and of which system, a package for callPackage, an overlay, or plain Nix. Rules use it to respect the
// conventions of each.
package role

import "github.com/nixsift/nixsift/internal/modsys"

// Kind is what a file is.
type Kind uint8

// The kinds of file.
const (
	Plain   Kind = iota
	Flake        // flake.nix of a flake, template or test
	Module       // a module of the module system
	Package      // a function that callPackage fills
	Overlay      // final: prev: { … }
)

var kindNames = [...]string{"plain", "flake", "module", "package", "overlay"}

// String returns the kind's name.
func (k Kind) String() string { return kindNames[k] }

// Refs are the ways in which the files of a project refer to one.
type Refs uint8

// The ways.
const (
	// ImportedWithArgs: some file imports it with arguments of its own, so its formals are an interface, and config, pkgs
	// and lib are the caller's.
	ImportedWithArgs Refs = 1 << iota
	Called                // by callPackage and its kin
	Listed                // in a list of modules
)

// Role is what a file is, and how surely.
type Role struct {
	Kind  Kind
	Class modsys.Class // of a Module
	// Dendritic marks a flake-parts module that defines modules of other classes (flake.modules.X.y).
	Dendritic bool
	// Sure is set where the shape alone proves the kind.
	Sure bool
	// Refs are how the project refers to the file; none where they were not asked for.
	Refs Refs
}

// CallerArgs reports whether some file of the project imports this one with arguments of its own.
func (r Role) CallerArgs() bool { return r.Refs&ImportedWithArgs != 0 }

// Listed reports whether some file of the project has this one in a list of modules.
func (r Role) Listed() bool { return r.Refs&Listed != 0 }

// Shape is what a file says of its role. It refers to no tree.
type Shape struct {
	settled  bool // own is the role, however the project refers to the file
	own      Role // where nothing refers to it; for a possible module, where it is none
	function bool // callPackage would make it a package
	// module is what the file is if the project does not call it; it has to be Listed where that is set.
	module     Role
	possible   bool
	needsEntry bool
}

// Role returns the role of a file to which the project refers in the given ways.
func (s Shape) Role(refs Refs) Role {
	r := s.own
	switch {
	case s.settled:
	case s.possible && refs&(ImportedWithArgs|Called) == 0 && (!s.needsEntry || refs&Listed != 0):
		r = s.module
	case s.function && refs&Called != 0:
		r = Role{Kind: Package, Sure: true}
	}
	r.Refs = refs
	return r
}

// Kind returns the kind of the file, if that does not depend on who refers to it.
func (s Shape) Kind() (k Kind, settled bool) {
	k = s.Role(0).Kind
	for refs := Refs(1); refs < ImportedWithArgs|Called|Listed+1; refs++ {
		if s.Role(refs).Kind != k {
			return Plain, false
		}
	}
	return k, true
}
