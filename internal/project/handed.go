package project

import (
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/ast"
)

// handedNames are the names under which files hand a flake, and its inputs, on to others.
var handedNames = []string{"self", "inputs"}

var rebound = declare(fact[string, map[string]bool]{
	raises:  raisers{names: handedNames},
	collect: reboundNames,
	index:   asSet,
})

// ForHanding are the facts that Rebound, Handed, Reach and SpecialArg answer from.
var ForHanding = rebound.facts() | steps.facts() | references.facts() | moduleArgs.facts()

// Rebound reports whether some file of the project gives something else than the flake, or its inputs, the name self, or inputs: then
// an argument of that name may be anything.
func (a *Answers) Rebound(name string) bool {
	if a.deps != nil {
		return noted(a.View, question{"rebound", name, ""}, func(a *Answers) bool { return a.Rebound(name) })
	}
	return rebound.in(a)[name]
}

// reboundNames returns those of handedNames that a file gives other values, in a set or in a let from which it hands them on. What
// flake.nix declares as inputs is none.
func reboundNames(t *ast.Tree) []string {
	found, local, passed := map[string]bool{}, map[string]bool{}, map[string]bool{}
	root := t.Expr().Unparen()
	note := func(statement ast.Node, name string) {
		if statement.Parent().Is(ast.AttrSet) {
			found[name] = true
		} else {
			local[name] = true
		}
	}
	for i, r := range t.Records() {
		switch r.Kind {
		case ast.Binding:
			b := ast.BindingNode{Node: t.Node(ast.NodeID(i))}
			name := b.Attrpath().LastName()
			switch {
			case !slices.Contains(handedNames, name), b.Value().Unparen().Is(ast.Lambda), name == "inputs" && isDeclaration(root, b.Node):
			case isHanded(b.Value(), name):
				passed[name] = true
			default:
				note(b.Node, name)
			}
		case ast.Inherit:
			in := ast.InheritNode{Node: t.Node(ast.NodeID(i))}
			for part := range in.Names() {
				name, _ := ast.AttrName(part)
				switch {
				case !slices.Contains(handedNames, name):
				case !in.From().IsValid():
					passed[name] = true
				case !slices.Contains(handedNames, in.From().Unparen().Text()):
					note(in.Node, name)
				}
			}
		}
	}
	for name := range local {
		if passed[name] {
			found[name] = true
		}
	}
	return sortedNames(found)
}

// isHanded reports whether a value is what has the name already, or what self and inputs have of each other.
func isHanded(value ast.Node, name string) bool {
	switch text := value.Unparen().Text(); name {
	case "self":
		return text == "self" || text == "inputs.self"
	default:
		return text == "inputs" || text == "self.inputs"
	}
}

// isDeclaration reports whether a binding lies in the inputs that a flake declares: in the set that the file is, and not in outputs.
func isDeclaration(root, binding ast.Node) bool {
	for up := binding; up.IsValid(); up = up.Parent() {
		if up.Is(ast.Binding) && up.Parent() == root {
			return (ast.BindingNode{Node: up}).Attrpath().FirstName() == "inputs"
		}
	}
	return false
}

// Flakes returns the folders of the project that have a flake.nix, sorted. They must not be changed.
func (a *Answers) Flakes() []string {
	if a.deps != nil {
		return notedBy(a.View, question{what: "flakes"}, slices.Equal[[]string], func(a *Answers) []string { return a.Flakes() })
	}
	var dirs []string
	for _, f := range a.snapshot.nixFilesOf(a.Root()) {
		if filepath.Base(f.Path) == "flake.nix" {
			dirs = append(dirs, filepath.Dir(f.Path))
		}
	}
	return dirs
}

// Handed reports whether a file is imported and called with an argument of a name: with self, by a flake.nix, since that is the name of
// other things, too.
func (a *Answers) Handed(path, name string) bool {
	if a.deps != nil {
		return noted(a.View, question{"handed", path, name}, func(a *Answers) bool { return a.Handed(path, name) })
	}
	targets := []string{path}
	if filepath.Base(path) == "default.nix" {
		targets = append(targets, filepath.Dir(path))
	}
	for _, target := range targets {
		for _, c := range a.callers()[target] {
			if slices.Contains(c.names, name) && (name != "self" || filepath.Base(c.file) == "flake.nix") {
				return true
			}
		}
	}
	return false
}
