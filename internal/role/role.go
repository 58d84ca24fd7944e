// Package role tells what a Nix file is from its shape, its place and who refers to it: a flake, a module
// and of which system, a package for callPackage, an overlay, or plain Nix. Rules use it to respect the
// conventions of each.
package role

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

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

// Class is the module system's class of a module, as _class names it; empty where it is not known.
type Class string

// The classes that can be told apart.
const (
	NixOS       Class = "nixos"
	HomeManager Class = "homeManager"
	Darwin      Class = "darwin"
	Nixvim      Class = "nixvim"
	FlakeParts  Class = "flake"
)

// Role is what a file is, and how surely.
type Role struct {
	Kind  Kind
	Class Class // of a Module
	// Dendritic marks a flake-parts module that defines modules of other classes (flake.modules.X.y).
	Dendritic bool
	// Sure is set where the shape alone proves the kind.
	Sure bool

	uses *uses
}

// CallerArgs reports whether some file of the project imports this one with arguments of its own: then its
// formals are an interface, and config, pkgs and lib are the caller's. It reads the whole project, once.
func (r Role) CallerArgs() bool { return r.uses.has(project.ImportWithArgs) }

// Listed reports whether some file of the project has this one in a list of modules. It reads the whole
// project, once.
func (r Role) Listed() bool { return r.uses.has(project.InList) }

// Classify tells the role of a file.
func Classify(path string, t *ast.Tree, names *sema.Info, p *project.Project) Role {
	return classify(path, t, names, p)
}
