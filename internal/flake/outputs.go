package flake

import (
	"github.com/nixsift/nixsift/ast"
)

// OutputSet is a set of outputs as it is written in flake.nix, its attributes merged. Others may be joined with it.
type OutputSet struct {
	Attr  *Attr
	Scope OutputScope
}

// OutputScope says of what a set of outputs is.
type OutputScope uint8

// The scopes: the flake's outputs; what flake-utils' eachSystem takes for one system and puts below each name, so that
// packages.default is packages.SYSTEM.default; what the option perSystem of flake-parts takes for one.
const (
	OutputsWhole OutputScope = iota
	OutputsEachSystem
	OutputsPerSystem
)

// maxOutputSets bounds how many sets of outputs are read.
const maxOutputSets = 64

// OutputSets returns the sets of outputs that can be told by syntax, through let, with, if, //, recursiveUpdate,
// eachSystem and eachDefaultSystem, and flake-parts' mkFlake, in no particular order.
// Callers do not write to them.
func (n *Nix) OutputSets() []OutputSet { return n.outputs() }

func (n *Nix) readOutputSets() (sets []OutputSet) {
	if !n.Outputs.IsLambda {
		return nil
	}
	type step struct {
		node  ast.Node
		scope OutputScope
	}
	work := []step{{n.Outputs.Lambda.Body(), OutputsWhole}}
	add := func(scope OutputScope, nodes ...ast.Node) {
		for _, node := range nodes {
			if node.IsValid() && len(work)+len(sets) < maxOutputSets {
				work = append(work, step{node, scope})
			}
		}
	}
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		switch node := inside(s.node); node.Kind() {
		case ast.AttrSet:
			a := &Attr{}
			a.readSet(node, 0)
			sets = append(sets, OutputSet{a, s.scope})
		case ast.If:
			add(s.scope, ast.IfExpr{Node: node}.Then(), ast.IfExpr{Node: node}.Else())
		case ast.Binary:
			if node.Op() == ast.OpUpdate {
				add(s.scope, ast.BinaryExpr{Node: node}.Left(), ast.BinaryExpr{Node: node}.Right())
			}
		case ast.Apply:
			fn, args := ast.Call(node)
			switch name := ast.LastName(fn); {
			case name == "recursiveUpdate" && len(args) == 2:
				add(s.scope, args...)
			case s.scope != OutputsWhole:
			case name == "eachDefaultSystem" && len(args) == 1, name == "eachSystem" && len(args) == 2:
				if fn, ok := ast.AsLambda(args[len(args)-1].Unparen()); ok {
					add(OutputsEachSystem, fn.Body())
				}
			case name == "mkFlake" && len(args) == 2:
				module := partsModule(args[1])
				if flake := module.Sub("flake"); flake != nil {
					sets = append(sets, OutputSet{flake, OutputsWhole})
					for _, d := range flake.Defs {
						if d.Value.IsValid() && !d.Value.Is(ast.AttrSet) { // else it is merged already
							add(OutputsWhole, d.Value)
						}
					}
				}
				if value, ok := module.Sub("perSystem").Value(); ok {
					if fn, ok := ast.AsLambda(inside(value)); ok {
						value = fn.Body()
					}
					add(OutputsPerSystem, value)
				}
			}
		}
	}
	return sets
}

// inside returns what an expression comes to through parentheses, let, with and assert.
func inside(n ast.Node) ast.Node {
	for {
		switch n = n.Unparen(); n.Kind() {
		case ast.Let:
			n = ast.LetExpr{Node: n}.Body()
		case ast.With:
			n = ast.WithExpr{Node: n}.Body()
		case ast.Assert:
			n = ast.AssertExpr{Node: n}.Body()
		default:
			return n
		}
	}
}

// partsModule returns the attributes of a module of flake-parts; without any where it is none that is written out.
func partsModule(n ast.Node) *Attr {
	a := &Attr{}
	n = inside(n)
	if fn, ok := ast.AsLambda(n); ok {
		n = inside(fn.Body())
	}
	if n.Is(ast.AttrSet) {
		a.readSet(n, 0)
	}
	return a
}
