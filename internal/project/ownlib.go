package project

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/nixlang"
)

var changedLib = declare(fact[string, map[string]bool]{
	raises:  raisers{names: []string{"lib", "inputs", "outputs"}}, // a flake may have the library in its URL only
	collect: changesLib,
	index:   asSet,
})

// ForExtendsLib are the facts that ExtendsLib and ReplacesLib answer from.
var ForExtendsLib = changedLib.facts()

// ExtendsLib reports whether something in the project may put another set in the place of nixpkgs' lib, or more into it: a
// value of its own under that name, lib.extend, lib // …, or a framework that hands out a lib of its own.
func (a *Answers) ExtendsLib() bool {
	if a.deps != nil {
		return noted(a.View, question{what: "extends lib"}, func(a *Answers) bool { return a.ExtendsLib() })
	}
	return changedLib.in(a)[libChanged]
}

// ReplacesLib reports whether something in the project may put another set in the place of nixpkgs' lib than that with more in it.
func (a *Answers) ReplacesLib() bool {
	if a.deps != nil {
		return noted(a.View, question{what: "replaces lib"}, func(a *Answers) bool { return a.ReplacesLib() })
	}
	return changedLib.in(a)[libReplaced]
}

// What changesLib tells of a file.
const libChanged, libReplaced = "changed", "replaced"

// libFrameworks are parts of the names of flakes that give modules and packages a lib with more in it.
var libFrameworks = []string{"snowfall", "digga", "flakelight", "divnix/std", "nixos-unified", "clan-core", "nixcfg", "lib-aggregate"}

// changesLib returns libChanged if a file does one of the things that ExtendsLib tells of, and libReplaced if it does one of those
// that ReplacesLib tells of.
func changesLib(t *ast.Tree) (found []string) {
	outputs := ownOutputs(t)
	changes := false
	for i, r := range t.Records() {
		replaces := false
		switch n := t.Node(ast.NodeID(i)); r.Kind {
		case ast.Binding:
			b := ast.BindingNode{Node: n}
			if path := b.Attrpath(); path.LastName() == "lib" && path.Text() != "flake.lib" && !slices.Contains(outputs, n) && !givesLib(b.Value()) {
				changes, replaces = true, !extendsLib(boundIn(t, b.Value()))
			}
		case ast.Inherit:
			in := ast.InheritNode{Node: n}
			if from := in.From(); from.IsValid() && !packages(from) {
				for part := range in.Names() {
					name, _ := ast.AttrName(part)
					replaces = replaces || name == "lib"
				}
			}
		case ast.Select:
			s := ast.SelectExpr{Node: n}
			changes = changes || ast.LastName(n) == "extend" && s.Holder() == "lib"
		case ast.Binary:
			b := ast.BinaryExpr{Node: n}
			changes = changes || n.Op() == ast.OpUpdate && (ast.LastName(b.Left()) == "lib" || ast.LastName(b.Right()) == "lib")
		}
		if replaces {
			return []string{libChanged, libReplaced}
		}
	}
	if isFlake(t) && !changes {
		changes = slices.ContainsFunc(libFrameworks, func(name string) bool { return strings.Contains(t.Source(), name) })
	}
	if changes {
		return []string{libChanged}
	}
	return nil
}

// boundIn returns what a file binds to the name that a value is, or the value.
func boundIn(t *ast.Tree, value ast.Node) ast.Node {
	if value = value.Unparen(); !value.Is(ast.Ident) {
		return value
	}
	for i, r := range t.Records() {
		if r.Kind != ast.Binding {
			continue
		}
		if b := (ast.BindingNode{Node: t.Node(ast.NodeID(i))}); b.Attrpath().Text() == value.Text() {
			return b.Value()
		}
	}
	return value
}

// extendsLib reports whether a value is made of nixpkgs' lib: by extend, by //, or by a function that gets it; or is something else
// of that name, an option or the functions that a flake or module offers under it.
func extendsLib(value ast.Node) bool {
	value = value.Tail()
	switch value.Kind() {
	case ast.AttrSet:
		return true
	case ast.Binary:
		b := ast.BinaryExpr{Node: value}
		return value.Op() == ast.OpUpdate && (givesLib(b.Left()) || extendsLib(b.Left()) || givesLib(b.Right()))
	case ast.Apply:
		fn, args := ast.Call(value)
		if s, ok := ast.AsSelect(fn); ok && ast.LastName(fn) == "extend" {
			return s.Holder() == "lib"
		}
		if ast.LastName(fn) == "mkOption" {
			return true
		}
		return slices.ContainsFunc(args, func(arg ast.Node) bool { return givesLib(arg) || passesLib(arg.Unparen()) })
	}
	return false
}

// passesLib reports whether a set literal has an attribute lib.
func passesLib(set ast.Node) bool {
	if !set.Is(ast.AttrSet) {
		return false
	}
	for n := range set.Children() {
		if b, ok := ast.AsBinding(n); ok && b.Attrpath().Text() == "lib" {
			return true
		}
		if in, ok := ast.AsInherit(n); ok {
			for name := range in.Names() {
				if name.Text() == "lib" {
					return true
				}
			}
		}
	}
	return false
}

// ownOutputs returns the bindings of a flake's output lib: others have it as self.lib, or as that of an input.
func ownOutputs(t *ast.Tree) (bindings []ast.Node) {
	if !isFlake(t) {
		return nil
	}
	for _, set := range flake.ReadNix(t).OutputSets() {
		if a := set.Attr.Sub("lib"); a != nil {
			for _, def := range a.Defs {
				bindings = append(bindings, def.Binding)
			}
		}
	}
	return bindings
}

// isFlake reports whether a file is a set with inputs or outputs, where the names of other flakes stand.
func isFlake(t *ast.Tree) bool {
	top := t.Expr().Unparen()
	if !top.Is(ast.AttrSet) {
		return false
	}
	for n := range top.Children() {
		if b, ok := ast.AsBinding(n); ok && (b.Attrpath().FirstName() == "inputs" || b.Attrpath().FirstName() == "outputs") {
			return true
		}
	}
	return false
}

// givesLib reports whether a value is nixpkgs' lib, or a variable of that name.
func givesLib(value ast.Node) bool {
	value = value.Unparen()
	switch value.Kind() {
	case ast.Ident:
		return value.Text() == "lib"
	case ast.Select:
		s := ast.SelectExpr{Node: value}
		if ast.LastName(value) != "lib" || s.Default().IsValid() {
			return false
		}
		if holder := s.Holder(); nixlang.NamesPackages(holder) || holder == "stdenv" || ofOverlay[holder] {
			return true
		}
		_, single := s.Attrpath().Single()
		return single && packages(s.Operand())
	case ast.Apply:
		fn, args := ast.Call(value)
		return len(args) == 1 && ast.LastName(fn) == "import" && nixlang.IsLibSource(args[0])
	}
	return false
}

// packages reports whether an expression is a set of the packages of nixpkgs, or its flake.
func packages(n ast.Node) bool {
	n = n.Unparen()
	if fn, args := ast.Call(n); n.Is(ast.Apply) && len(args) > 0 {
		return ast.LastName(fn) == "import" && nixlang.IsNixpkgs(args[0])
	}
	name := ast.LastName(n)
	return nixlang.NamesPackages(name) || name == "stdenv" || ofOverlay[name]
}

// ofOverlay are names that overlays give to the packages.
var ofOverlay = map[string]bool{"final": true, "prev": true, "super": true, "_final": true, "_prev": true, "_super": true}
