package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "useless-has-attr", Family: family, Since: "0.1.0",
	Summary: "An attribute is tested for where a default would do",
	Doc: "`if x ? a then x.a else d` is `x.a or d`, also for a path of attributes and for an `x` that is no set.\n" +
		"\n" +
		"Nothing is said where the default is another test, for a chain of tests reads better, or takes several lines and is no\n" +
		"literal or call.\n" +
		"\n" +
		"In `if x.y ? a then x.y.a else d` a missing `y` is an error, while `x.y.a or d` gives `d` for it; so is an `x` that is\n" +
		"no set in `if builtins.hasAttr \"a\" x then x.a else d`. These fixes are not applied without being asked for.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixAlways, SafeFix: rules.SameValue,
	Aliases:  []string{"statix:W19", "statix:useless_has_attr"},
	ByTokens: true,
	On:       []ast.Kind{ast.If},
	Node: func(p *rules.Pass, n ast.Node) {
		i := ast.IfExpr{Node: n}
		cond, found, missing := i.Cond().Unparen(), i.Then().Unparen(), i.Else().Unparen()
		if cond.Is(ast.Unary) && cond.Op() == ast.OpNot {
			cond, found, missing = cond.FirstChild().Unparen(), missing, found
		}
		sel, ok := ast.AsSelect(found)
		if !ok || sel.Default().IsValid() {
			return
		}
		safety, ok := tests(p, cond, sel)
		if !ok || tooLong(n) || !fitsAsDefault(missing) || inChain(n) {
			return
		}
		text := onLineOf(n, missing)
		if nixlang.LevelOf(missing) < nixlang.LevelSelect {
			text = "(" + text + ")"
		}
		shown := "write " + diag.Code(short(sel.Text())+" or "+short(text))
		text = sel.Text() + " or " + text
		kept := []ast.Node{found, missing}
		if missing.Start() < found.Start() {
			kept[0], kept[1] = missing, found
		}
		p.Report(diag.Finding{
			Span: cond.Span(), Message: "test for an attribute that a default can replace", Help: shown,
			Fixes: []diag.Fix{swap(shown, safety, n, text, nixlang.LevelSelect, kept...)},
		})
	},
})

// inChain reports whether a test is the last of a chain: if … else if x ? a then x.a else d.
func inChain(n ast.Node) bool {
	up := n.Parent()
	return up.Is(ast.If) && (ast.IfExpr{Node: up}).Else() == n
}

// fitsAsDefault reports whether an expression reads well behind or.
func fitsAsDefault(n ast.Node) bool {
	switch n.Kind() {
	case ast.If:
		return false
	case ast.String, ast.IndString, ast.List, ast.AttrSet, ast.Apply:
		return true
	}
	return !nixlang.HasBreak(n.Text())
}

// tests reports whether a condition asks for the attribute that a selection takes, and how safe a default is in
// its place.
func tests(p *rules.Pass, cond ast.Node, sel ast.SelectExpr) (diag.Safety, bool) {
	if has, ok := ast.AsHasAttr(cond); ok {
		if nixlang.Same(has.Operand(), sel.Operand()) && samePath(sel, has.Attrpath()) {
			return diag.Safe, true
		}
		inner, ok := ast.AsSelect(has.Operand().Unparen())
		return diag.Unsafe, ok && !inner.Default().IsValid() && nixlang.Same(inner.Operand(), sel.Operand()) && samePath(sel, inner.Attrpath(), has.Attrpath())
	}
	fn, args := ast.Call(cond)
	if len(args) != 2 || !nixlang.Same(args[1], sel.Operand()) || nixlang.Function(p.Names(), fn) != "hasAttr" {
		return diag.Unsafe, false
	}
	name, static := ast.StringValue(args[0].Unparen())
	part := sel.Attrpath().FirstChild()
	have, ok := ast.AttrName(part)
	return diag.Unsafe, static && ok && name == have && !part.NextSibling().IsValid()
}

// samePath reports whether a selection takes the path that others make together.
func samePath(sel ast.SelectExpr, paths ...ast.AttrpathNode) bool {
	part := sel.Attrpath().FirstChild()
	for _, path := range paths {
		for want := range path.Children() {
			if !part.IsValid() || !samePart(want, part) {
				return false
			}
			part = part.NextSibling()
		}
	}
	return !part.IsValid()
}

// samePart reports whether two parts of paths name the same attribute.
func samePart(a, b ast.Node) bool {
	nameA, okA := ast.AttrName(a)
	nameB, okB := ast.AttrName(b)
	if okA || okB {
		return okA && okB && nameA == nameB
	}
	return nixlang.SameTokens(a.FirstToken(), a.LastToken(), b.FirstToken(), b.LastToken())
}
