package project

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// joiners make a text of a list: a path in it is copied, and named by the text.
var joiners = []string{"toString", "concatStrings", "concatLines", "concatStringsSep", "escapeShellArgs"}

// ofBuilder reports whether a binding is an attribute of a derivation, which its builder has as a text: runCommand "x" { expr = ./x.nix; }.
func ofBuilder(binding ast.Node) bool {
	set := binding.Parent().OutsideParens()
	call, ok := ast.AsApply(set.Parent())
	if !ok || call.Arg() != set {
		return false
	}
	name, single := (ast.BindingNode{Node: binding}).Attrpath().Single()
	if attr, _ := ast.AttrName(name); !single || attr == "passthru" || attr == "meta" {
		return false
	}
	fn, _ := ast.Call(call.Func())
	switch name := ast.LastName(fn); name {
	case "derivation", "mkDerivation", "mkShell", "mkShellNoCC":
		return true
	default:
		return strings.HasPrefix(name, "runCommand")
	}
}

// textNames tells which names of let a file only puts into texts.
type textNames struct {
	tree *ast.Tree
	read bool
	// other are the names that are used in another way, too, be it for another variable.
	other map[string]bool
}

// hold reports whether a path is the value of a name in a let that is only put into texts: it reaches them as a file that is copied.
func (x *textNames) hold(at ast.Node) bool {
	b, ok := ast.AsBinding(at.OutsideParens().Parent())
	if !ok || !b.Parent().Is(ast.Bindings) {
		return false
	}
	name, single := b.Attrpath().Single()
	if !single || !name.Is(ast.Name) {
		return false
	}
	if !x.read {
		x.read, x.other = true, map[string]bool{}
		x.collect()
	}
	return !x.other[name.Text()]
}

func (x *textNames) collect() {
	for i, r := range x.tree.Records() {
		n := x.tree.Node(ast.NodeID(i))
		switch r.Kind {
		case ast.Ident:
			if !becomesText(n) {
				x.other[n.Text()] = true
			}
		case ast.Inherit:
			if in := (ast.InheritNode{Node: n}); !in.From().IsValid() {
				for part := range in.Names() {
					name, _ := ast.AttrName(part)
					x.other[name] = true
				}
			}
		}
	}
}

// becomesText reports whether what a name stands for becomes part of a text there, or names what is copied.
func becomesText(use ast.Node) bool {
	switch up := use.OutsideParens().Parent(); up.Kind() {
	case ast.Interpolation:
		text := up.Parent()
		return (text.Is(ast.String) || text.Is(ast.IndString)) && !refKind(text).evaluates()
	case ast.Binary, ast.Formal:
		return false
	}
	return refKind(use) == Copied || isData(use)
}
