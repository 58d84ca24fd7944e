package project

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

var moduleArgs = declare(fact[string, map[string]bool]{
	raises:  raisers{names: []string{"extraArgs"}, ends: []string{"pecialArgs"}},
	collect: specialArgs,
	index:   asSet,
})

// ForSpecialArg are the facts that SpecialArg answers from.
var ForSpecialArg = moduleArgs.facts()

// SpecialArg reports whether some file of the project passes an argument of the given name to modules by
// specialArgs, extraSpecialArgs or, to a function of its own, extraArgs, written as a set, or by a set of names that a let binds.
func (a *Answers) SpecialArg(name string) bool {
	if a.deps != nil {
		return noted(a.View, question{"special arg", name, ""}, func(a *Answers) bool { return a.SpecialArg(name) })
	}
	return moduleArgs.in(a)[name]
}

// argsName reports whether an attribute of that name holds arguments for modules: specialArgs, extraSpecialArgs, or
// extraArgs as functions of a project's own call them.
func argsName(name string) bool { return strings.HasSuffix(name, "pecialArgs") || name == "extraArgs" }

// specialArgs returns the names that a file passes to modules.
func specialArgs(t *ast.Tree) []string {
	found, uses := map[string]bool{}, map[string]bool{}
	addSet := func(set ast.Node) { addNames(set, found) }
	eachBinding(t, func(b ast.BindingNode) {
		for part := range b.Attrpath().Children() {
			name, _ := ast.AttrName(part)
			if !argsName(name) || name == "extraArgs" && ofNixOS(b.Node) {
				continue
			}
			if arg, ok := ast.AttrName(part.NextSibling()); ok {
				found[arg] = true
			} else if !part.NextSibling().IsValid() {
				// All sets in the value count, and those that names in it stand for; the sets inside them are values of
				// arguments.
				outerSets(b.Value(), addSet, func(name string) { uses[name] = true })
			}
		}
	})
	if len(uses) > 0 {
		eachBinding(t, func(b ast.BindingNode) {
			if name, ok := b.Attrpath().Single(); ok && name.Is(ast.Name) && uses[name.Text()] {
				outerSets(b.Value(), addSet, func(string) {})
			}
		})
	}
	return sortedNames(found)
}

func eachBinding(t *ast.Tree, yield func(ast.BindingNode)) {
	for i, r := range t.Records() {
		if r.Kind == ast.Binding {
			yield(ast.BindingNode{Node: t.Node(ast.NodeID(i))})
		}
	}
}

// ofNixOS reports whether a binding is an argument of NixOS' own eval-config.nix or nixosSystem, which make
// _module.args of extraArgs.
func ofNixOS(b ast.Node) bool {
	up := b.Parent().OutsideParens().Parent()
	if !up.Is(ast.Apply) {
		return false
	}
	fn, _ := ast.Call(up)
	text := (ast.ApplyExpr{Node: up}).Func().Text()
	return strings.Contains(text, "nixos/lib/eval-config") || strings.HasSuffix(fn.Unparen().Text(), "nixosSystem")
}

// outerSets yields the set literals and the names in an expression that do not lie in a set.
func outerSets(n ast.Node, yield func(set ast.Node), name func(string)) {
	end := ast.NodeID(0)
	for d := range n.Descendants() {
		switch {
		case d.ID() < end:
		case d.Is(ast.AttrSet):
			end = d.SubtreeEnd()
			yield(d)
		case d.Is(ast.Ident):
			name(d.Text())
		}
	}
}

func addNames(set ast.Node, found map[string]bool) {
	for c := range set.Children() {
		switch c.Kind() {
		case ast.Binding:
			found[(ast.BindingNode{Node: c}).Attrpath().FirstName()] = true
		case ast.Inherit:
			for part := range (ast.InheritNode{Node: c}).Names() {
				name, _ := ast.AttrName(part)
				found[name] = true
			}
		}
	}
}
