package project

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// textFuncs take a path and do not read what it names.
var textFuncs = map[string]bool{
	"toString": true, "baseNameOf": true, "dirOf": true, "maybeMissing": true, "isPath": true, "typeOf": true, "isString": true,
	"isStringLike": true, "isAttrs": true, "isList": true, "isFunction": true, "elem": true, "remove": true, "toPretty": true,
	"escapeShellArg": true,
}

// pathFuncs are functions of lib.path, by bare names. Those of the same names in lib.strings read the path.
var pathFuncs = map[string]bool{"hasPrefix": true, "removePrefix": true, "splitRoot": true, "append": true}

// firstUnread are functions that do not read what their first argument names.
var firstUnread = map[string]bool{"trace": true, "seq": true, "deepSeq": true}

// mappers call their first argument, or the one behind a separator, with each element of a list.
var mappers = map[string]bool{
	"map": true, "filter": true, "all": true, "any": true, "partition": true, "concatMap": true, "concatMapStrings": true,
	"concatMapStringsSep": true, "groupBy": true, "sort": true, "count": true,
}

// readsNothing reports whether a function does not read what its next argument names. args are those before it.
func readsNothing(fn ast.Node, args []ast.Node) bool {
	name := ast.LastName(fn)
	return textFuncs[name] || len(args) == 0 && firstUnread[name] || ofPathLibrary(fn)
}

// ofPathLibrary reports whether a function is one of lib.path: none of them reads a file.
func ofPathLibrary(fn ast.Node) bool {
	s, ok := ast.AsSelect(fn)
	if !ok {
		return pathFuncs[ast.LastName(fn)]
	}
	holder := ast.LastName(s.Operand())
	for part := range s.Attrpath().Children() {
		if !part.NextSibling().IsValid() {
			break
		}
		holder, _ = ast.AttrName(part)
	}
	return holder == "path" || holder == "subpath"
}

// useOfList tells what becomes of the elements of a list that a function is called with, or that is its argument:
// map toString [ ./a ], elem x [ ./a ].
func useOfList(list ast.Node) use {
	at := list.OutsideParens()
	app, ok := ast.AsApply(at.Parent())
	if !ok || app.Arg() != at {
		return wanted
	}
	fn, args := ast.Call(app.Func())
	name := ast.LastName(fn)
	if name == "elem" {
		return textOnly
	}
	if !mappers[name] || len(args) == 0 {
		return wanted
	}
	mapped, given := ast.Call(args[len(args)-1].Unparen())
	switch {
	case probeFuncs[ast.LastName(mapped)]:
		return probed
	case readsNothing(mapped, given):
		return textOnly
	}
	return wanted
}

// maxCompared bounds how deep in lists and sets a path is looked for in what is compared.
const maxCompared = 16

// onlyCompared reports whether a path stands in a list or set that is compared as a whole, or in what a test of
// lib.runTests and its kin expects.
func onlyCompared(n ast.Node) bool {
	at := n.OutsideParens()
	for range maxCompared {
		up := at.Parent()
		switch up.Kind() {
		case ast.List, ast.AttrSet:
			at = up.OutsideParens()
		case ast.Binding:
			if (ast.BindingNode{Node: up}).Attrpath().IsSingle("expected") {
				if _, isTest := ast.Attr(up.Parent(), "expr"); isTest {
					return true
				}
			}
			at = up
		case ast.Binary:
			return up.Op() == ast.OpEq || up.Op() == ast.OpNeq
		default:
			return false
		}
	}
	return false
}

// textParam reports whether a path is an argument of a function of the file that asks for its existence or makes text
// of it, and no more.
func (p *paths) textParam(n ast.Node) bool {
	at := n.OutsideParens()
	app, ok := ast.AsApply(at.Parent())
	if !ok || app.Arg() != at {
		return false
	}
	fn, before := ast.Call(app.Func())
	b := p.Names().Resolve(fn.Unparen())
	if b == nil {
		return false
	}
	lambda := b.Value.Unparen()
	for range before {
		if !lambda.Is(ast.Lambda) {
			return false
		}
		lambda = (ast.LambdaExpr{Node: lambda}).Body().Unparen()
	}
	if !lambda.Is(ast.Lambda) || !(ast.LambdaExpr{Node: lambda}).Param().Is(ast.Name) {
		return false
	}
	scope, ok := p.Names().ScopeOf(lambda)
	if !ok {
		return false
	}
	param := p.Names().Scope(scope).First
	if p.Names().Binding(param).Kind != sema.ParamBinding {
		return false
	}
	used := false
	for u := range p.Names().UsesOf(param) {
		used = true
		if direct := directUse(u.Node); direct != textOnly && direct != probed {
			return false
		}
	}
	return used
}
