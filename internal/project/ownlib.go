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

// ForExtendsLib are the facts that ExtendsLib answers from.
var ForExtendsLib = changedLib.facts()

// ExtendsLib reports whether something in the project may put another set in the place of nixpkgs' lib, or more into it: a
// value of its own under that name, lib.extend, lib // …, or a framework that hands out a lib of its own.
func (a *Answers) ExtendsLib() bool {
	if a.deps != nil {
		return noted(a.View, question{what: "extends lib"}, func(a *Answers) bool { return a.ExtendsLib() })
	}
	return changedLib.in(a)["lib"]
}

// libFrameworks are parts of the names of flakes that give modules and packages a lib with more in it.
var libFrameworks = []string{"snowfall", "digga", "flakelight", "divnix/std", "nixos-unified", "clan-core", "nixcfg", "lib-aggregate"}

// changesLib returns "lib" if a file does one of the things that ExtendsLib tells of.
func changesLib(t *ast.Tree) []string {
	outputs := ownOutputs(t)
	for i, r := range t.Records() {
		var changes bool
		switch n := t.Node(ast.NodeID(i)); r.Kind {
		case ast.Binding:
			b := ast.BindingNode{Node: n}
			path := b.Attrpath()
			changes = path.LastName() == "lib" && path.Text() != "flake.lib" && !slices.Contains(outputs, n) && !givesLib(b.Value())
		case ast.Inherit:
			in := ast.InheritNode{Node: n}
			if from := in.From(); from.IsValid() && !packages(from) {
				for part := range in.Names() {
					name, _ := ast.AttrName(part)
					changes = changes || name == "lib"
				}
			}
		case ast.Select:
			s := ast.SelectExpr{Node: n}
			changes = ast.LastName(n) == "extend" && s.Holder() == "lib"
		case ast.Binary:
			b := ast.BinaryExpr{Node: n}
			changes = n.Op() == ast.OpUpdate && (ast.LastName(b.Left()) == "lib" || ast.LastName(b.Right()) == "lib")
		}
		if changes {
			return []string{"lib"}
		}
	}
	if isFlake(t) {
		for _, name := range libFrameworks {
			if strings.Contains(t.Source(), name) {
				return []string{"lib"}
			}
		}
	}
	return nil
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
