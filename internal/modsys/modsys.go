// Package modsys holds the names that the module system and the projects that build on it give a meaning: attributes
// whose lists hold modules, those under which flakes export modules, the classes of modules and the namespaces of their
// options. Models and rules ask it, so that what one of them takes for a module is one for all.
//
// Facts: lib/modules.nix of nixpkgs; the option trees of NixOS, home-manager, nix-darwin, flake-parts and nixvim.
package modsys

import (
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// lists are the attributes and arguments whose lists hold modules: those of evalModules and of the module system itself,
// of NixOS' eval-config.nix and of home-manager, and names that projects give to lists which they pass on.
var lists = words(`imports require modules sharedModules extraModules baseModules
	defaultModules commonModules hostModules`)

// IsList reports whether an attribute of the name holds a list of modules.
func IsList(name string) bool { return lists[name] }

// Lists returns the names for which IsList holds, sorted.
func Lists() []string { return slices.Sorted(maps.Keys(lists)) }

// Shared is the option of home-manager that lists modules of all users.
const Shared = "sharedModules"

// Given are the arguments of the functions that evaluate modules, such as nixosSystem, that hold modules.
var Given = []string{"modules", "extraModules", "configuration"}

// HasArguments reports whether an attribute path leads into the arguments of modules, of which each module takes what it names.
func HasArguments(path []string) bool {
	return slices.Contains(path, "specialArgs") || slices.Contains(path, "extraSpecialArgs") || len(path) > 1 && path[0] == "_module" && path[1] == "args"
}

// Imports reports whether a module system imports what a list of the name holds, wherever a module defines it: imports, and
// sharedModules of home-manager.
func Imports(name string) bool { return name == "imports" || name == Shared }

// exports are the attributes of flakes whose values are modules by name.
var exports = words(`nixosModules darwinModules homeModules homeManagerModules flakeModules nixvimModules nixOnDroidModules`)

// IsExport reports whether a flake exports modules by name under an attribute.
func IsExport(name string) bool { return exports[name] }

// Exports returns the names for which IsExport or IsExportOfOne holds, sorted.
func Exports() []string {
	names := slices.Collect(maps.Keys(exports))
	for name := range exports {
		names = append(names, strings.TrimSuffix(name, "s"))
	}
	slices.Sort(names)
	return names
}

// IsExportOfOne reports whether a flake exports one module as an attribute of the name: nixosModule.
func IsExportOfOne(name string) bool { return strings.HasSuffix(name, "Module") && exports[name+"s"] }

// classes are the names by which flake.modules orders modules.
var classes = words("nixos darwin homeManager home nixvim flake generic nixOnDroid")

// IsClass reports whether flake.modules has modules of a class under the name.
func IsClass(name string) bool { return classes[name] }

// arguments are what module systems pass to modules: evalModules, NixOS, home-manager, nix-darwin, flake-parts with
// perSystem, colmena and NixOps.
var arguments = words(`config options lib pkgs modulesPath specialArgs name utils osConfig nixosConfig darwinConfig
	inputs self inputs' self' system final withSystem moduleWithSystem getSystem flake-parts-lib nodes resources`)

// IsArgument reports whether a name is that of an argument that some module system passes to modules.
func IsArgument(name string) bool { return arguments[name] }

// keepElements are functions whose list has the elements of the list they are given, or some of them.
var keepElements = words("optional optionals singleton flatten filter unique reverseList mkIf mkMerge mkBefore mkAfter mkForce mkDefault mkOrder mkOverride")

// maxListed bounds how far Listed looks for the attribute around a list: the lists of a long `a ++ b ++ …` lie all in each other.
const maxListed = 1000

// Listed returns the name of the list of modules that a list literal is, or is a part of, or "". It is direct where its
// elements are those of that list as they stand, and not what some function makes of them.
//
// Of a list in more than maxListed operations, calls and conditions within each other it says "".
func Listed(list ast.Node) (name string, direct bool) {
	direct = true
	at, left := list, maxListed
	for up := range list.Ancestors() {
		if left--; left < 0 {
			return "", false
		}
		switch up.Form() {
		case ast.Paren:
		case ast.Binary:
			if up.Op() != ast.OpConcat {
				return "", false
			}
		case ast.If, ast.Let, ast.With, ast.Assert:
			if up.FirstChild() == at {
				return "", false
			}
		case ast.Apply:
			fn, _ := ast.Call(up)
			direct = direct && keepElements[ast.LastName(fn)]
		case ast.Binding:
			if name = (ast.BindingNode{Node: up}).Attrpath().LastName(); IsList(name) {
				return name, direct
			}
			return "", false
		default:
			return "", false
		}
		at = up
	}
	return "", false
}
