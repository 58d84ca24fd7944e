package project

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/libtable"
)

var (
	ownDeprecated = declare(fact[string, map[string]bool]{
		raises:  raisers{names: libtable.DeprecatedNames()},
		collect: func(t *ast.Tree) []string { return libNames(t, libtable.IsDeprecatedName) },
		index:   asSet,
	})
	ownParts = declare(fact[string, map[string]bool]{
		raises: raisers{names: libtable.OnlyInParts()},
		collect: func(t *ast.Tree) []string {
			return libNames(t, func(name string) bool { return libtable.InPart(name) != "" })
		},
		index: asSet,
	})
)

// ForDefinesLibName are the facts that DefinesLibName answers from where the name is deprecated.
var ForDefinesLibName = ownDeprecated.facts()

// ForDefinesPartName are the facts that it answers from where only a part of lib has the name.
var ForDefinesPartName = ownParts.facts()

// isLibName reports whether one of the facts tells of a name.
func isLibName(name string) bool {
	return libtable.IsDeprecatedName(name) || libtable.InPart(name) != ""
}

// DefinesLibName reports whether some file of the project defines a function that is called like a deprecated one of
// nixpkgs' lib, or like one that only a part of it has: a lib of the project's own, or nixpkgs' with additions, may have it.
func (a *Answers) DefinesLibName(name string) bool {
	if a.deps != nil {
		return noted(a.View, question{"lib name", name, ""}, func(a *Answers) bool { return a.DefinesLibName(name) })
	}
	if libtable.IsDeprecatedName(name) {
		return ownDeprecated.in(a)[name]
	}
	return ownParts.in(a)[name]
}

// libNames returns the functions of some names that a file defines, or takes into a set from elsewhere than nixpkgs' lib.
func libNames(t *ast.Tree, of func(name string) bool) []string {
	found := map[string]bool{}
	for i, r := range t.Records() {
		switch n := t.Node(ast.NodeID(i)); r.Kind {
		case ast.Binding:
			b := ast.BindingNode{Node: n}
			if name := b.Attrpath().LastName(); of(name) && mayCall(b.Value()) && !takesOfLib(b.Value(), name) {
				found[name] = true
			}
		case ast.Inherit:
			in := ast.InheritNode{Node: n}
			if from := in.From(); !n.Parent().Is(ast.AttrSet) || !from.IsValid() || ofLib[ast.LastName(from)] {
				continue
			}
			for part := range in.Names() {
				if name, ok := ast.AttrName(part); ok && of(name) {
					found[name] = true
				}
			}
		}
	}
	return sortedNames(found)
}

// takesOfLib reports whether a value is what nixpkgs' lib, or a part of it, has under a name.
func takesOfLib(value ast.Node, name string) bool {
	s, ok := ast.AsSelect(value.Unparen())
	return ok && !s.Default().IsValid() && s.Attrpath().LastName() == name && ofLib[s.Holder()]
}

// ofLib are the names of nixpkgs' lib and its parts that have deprecated functions, and of lib in an overlay of it.
var ofLib = map[string]bool{
	"lib": true, "attrsets": true, "cli": true, "filesystem": true, "lists": true, "modules": true, "options": true, "sources": true,
	"strings": true, "trivial": true, "types": true, "versions": true, "prev": true, "super": true,
}

// returnsFunctions are functions that people make functions of a library with.
var returnsFunctions = map[string]bool{
	"import": true, "flip": true, "flow": true, "compose": true, "const": true, "makeOverridable": true, "setFunctionArgs": true,
	"mirrorFunctionArgs": true, "warn": true, "warnIf": true, "warnIfNot": true, "throwIf": true, "throwIfNot": true, "trace": true,
	"throw": true, "abort": true,
}

// mayCall reports whether a value looks like a function of a library: one that is written out, imported, made of others
// or has another name. What a call gives otherwise is more likely an option called imap.
func mayCall(value ast.Node) bool {
	for value = value.Unparen(); ; value = value.Unparen() {
		switch value.Kind() {
		case ast.Lambda, ast.Select:
			return true
		case ast.Ident:
			return value.Text() != "true" && value.Text() != "false" && value.Text() != "null"
		case ast.Apply:
			fn, _ := ast.Call(value)
			return returnsFunctions[ast.LastName(fn)] || isLibName(ast.LastName(fn))
		case ast.Let:
			value = ast.LetExpr{Node: value}.Body()
		case ast.With, ast.Assert:
			value = value.Child(1)
		case ast.If:
			value = ast.IfExpr{Node: value}.Then()
		default:
			return false
		}
	}
}
