package project

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// maxAsked bounds how far lists, calls and names are followed to where a path is asked for existence.
const maxAsked = 8

// asked reports whether a path goes, as an element of lists and sets and through names, to a call with a function that asks for
// the existence of what it is given: findFirst (p: pathExists p) null [ ./a ]. What is missing is provided for there.
func (p *paths) asked(n ast.Node, left int) bool {
	for at := n.OutsideParens(); left > 0; left-- {
		up := at.Parent()
		switch up.Form() {
		case ast.List, ast.AttrSet:
		case ast.Binary:
			if up.Op() != ast.OpConcat {
				return false
			}
		case ast.Apply:
			for outer := up.OutsideParens().Parent(); outer.IsCall() && (ast.ApplyExpr{Node: outer}).Func().Unparen() == up; outer = outer.OutsideParens().Parent() {
				up = outer
			}
			fn, args := ast.Call(up)
			return slices.ContainsFunc(append(args, fn), func(part ast.Node) bool { return part.Unparen() != at.Unparen() && p.asking(part, left-1) })
		case ast.Binding:
			if up.Parent().Is(ast.AttrSet) && !up.Parent().IsRec() {
				break // of an element
			}
			return p.variableAsked(at, left-1)
		default:
			return false
		}
		at = up.OutsideParens()
	}
	return false
}

// variableAsked is asked for the variable whose value an expression is.
func (p *paths) variableAsked(value ast.Node, left int) bool {
	id := p.variable(value)
	if id == 0 {
		return false
	}
	is, known := p.askedOf[id]
	if known {
		return is
	}
	if p.askedOf == nil {
		p.askedOf = map[sema.BindingID]bool{}
	}
	p.askedOf[id] = false // a name that is used for itself
	for u := range p.Names().UsesOf(id) {
		if is = p.asked(u.Node, left); is {
			break
		}
	}
	p.askedOf[id] = is
	return is
}

// asking reports whether a function asks for the existence of what it is given: pathExists, a function of the file, one that is
// given such a function, a list of functions.
func (p *paths) asking(fn ast.Node, left int) bool {
	fn = fn.Unparen()
	if left <= 0 {
		return false
	}
	switch fn.Form() {
	case ast.Ident, ast.Select:
		if probeFuncs[ast.LastName(fn)] {
			return true
		}
		b := p.Names().Resolve(fn)
		return b != nil && b.Value.Unparen().Is(ast.Lambda) && p.asking(b.Value, left-1)
	case ast.Apply:
		_, args := ast.Call(fn)
		return slices.ContainsFunc(args, func(arg ast.Node) bool { return p.asking(arg, left-1) })
	case ast.List:
		for e := range fn.Children() {
			if p.asking(e, left-1) {
				return true
			}
		}
	case ast.Lambda:
		asks, known := p.lambdas[fn.ID()]
		if !known {
			asks = p.lambdaAsks(fn)
			if p.lambdas == nil {
				p.lambdas = map[ast.NodeID]bool{}
			}
			p.lambdas[fn.ID()] = asks
		}
		return asks
	}
	return false
}

// lambdaAsks reports whether a lambda calls a function that asks for existence, or one that is given such a function, with what
// has one of its arguments in it.
func (p *paths) lambdaAsks(lambda ast.Node) bool {
	scope, ok := p.Names().ScopeOf(lambda)
	if !ok {
		return false
	}
	for id := p.Names().Scope(scope).First; id <= p.Names().Scope(scope).Last; id++ {
		for u := range p.Names().UsesOf(id) {
			left := maxAsked
			for up := u.Node.Parent(); left > 0 && up.IsValid() && up != lambda; up, left = up.Parent(), left-1 {
				if !up.IsCall() {
					continue
				}
				fn, args := ast.Call(up)
				if slices.ContainsFunc(append(args, fn), func(part ast.Node) bool { return probeFuncs[ast.LastName(part)] }) {
					return true
				}
			}
		}
	}
	return false
}
