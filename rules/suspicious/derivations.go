package suspicious

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// isBuilder reports whether a function of the name takes the attributes of a derivation as its last argument.
func isBuilder(name string) bool {
	switch name {
	case "mkDerivation", "mkShell", "mkShellNoCC", "overrideAttrs", "overridePythonAttrs":
		return true
	}
	return strings.HasPrefix(name, "build") &&
		(strings.HasSuffix(name, "Package") || strings.HasSuffix(name, "Module") || strings.HasSuffix(name, "Application"))
}

// callee returns the function of an application and the number of arguments up to and including its own; of a long
// chain of applications, an inner one.
func callee(n ast.Node) (fn ast.Node, args int) {
	for fn = n; fn.IsCall() && args < 4; args++ {
		fn = (ast.ApplyExpr{Node: fn}).Func().Unparen()
	}
	return fn, args
}

// callsBuilder reports whether an application passes the attributes of a derivation: to a function that is known
// by its name, unless the file defines that itself.
func callsBuilder(names *sema.Info, call ast.ApplyExpr) bool {
	fn := call.Func().Unparen()
	if !isBuilder(ast.LastName(fn)) {
		return false
	}
	b := names.Resolve(fn)
	return b == nil || !b.Value.Unparen().Is(ast.Lambda)
}

// maxSets bounds the literals that are taken for one derivation.
const maxSets = 64

// derivationSets returns the set literals that an argument of a builder consists of: itself, the result of
// finalAttrs: …, the operands of //, the sets of optionalAttrs.
func derivationSets(arg ast.Node) (sets []ast.Node) {
	todo := []ast.Node{arg}
	for steps := 0; len(todo) > 0 && steps < 4*maxSets && len(sets) < maxSets; steps++ {
		n := todo[len(todo)-1].Unparen()
		todo = todo[:len(todo)-1]
		switch n.Form() {
		case ast.AttrSet:
			sets = append(sets, n)
		case ast.Lambda, ast.Let, ast.With, ast.Assert:
			todo = append(todo, n.Child(1))
		case ast.Binary:
			if n.Op() == ast.OpUpdate {
				todo = append(todo, n.Child(1), n.FirstChild())
			}
		case ast.If:
			todo = append(todo, n.Child(2), n.Child(1))
		case ast.Apply:
			a := ast.ApplyExpr{Node: n}
			if inner, ok := ast.AsApply(a.Func().Unparen()); ok && ast.LastName(inner.Func()) == "optionalAttrs" {
				todo = append(todo, a.Arg())
			}
		}
	}
	return sets
}

// builderCall returns the application of a builder whose argument a set literal is, or belongs to.
func builderCall(names *sema.Info, set ast.Node) (call ast.ApplyExpr, ok bool) {
	n := set
	for range maxSets {
		n = n.OutsideParens()
		up := n.Parent()
		switch up.Form() {
		case ast.Lambda, ast.Let, ast.With, ast.Assert:
			if up.FirstChild() == n {
				return call, false
			}
		case ast.Binary:
			if up.Op() != ast.OpUpdate {
				return call, false
			}
		case ast.If:
			if up.FirstChild() == n {
				return call, false
			}
		case ast.Apply:
			a := ast.ApplyExpr{Node: up}
			if a.Arg() != n {
				return call, false
			}
			if callsBuilder(names, a) {
				return a, true
			}
			inner, ok := ast.AsApply(a.Func().Unparen())
			if !ok || ast.LastName(inner.Func()) != "optionalAttrs" {
				return call, false
			}
		default:
			return call, false
		}
		n = up
	}
	return call, false
}

// structured reports whether a derivation may have structured attributes, with which lists reach the builder as
// they are: where one of its sets says so, and where it changes a derivation made elsewhere.
func structured(names *sema.Info, call ast.ApplyExpr) bool {
	if strings.HasPrefix(ast.LastName(call.Func()), "override") {
		return true
	}
	for _, set := range derivationSets(call.Arg()) {
		if b, ok := ast.Attr(set, "__structuredAttrs"); ok && !names.IsGlobal(b.Value().Unparen(), "false") {
			return true
		}
	}
	return false
}
