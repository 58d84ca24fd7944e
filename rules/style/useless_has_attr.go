package style

import (
	"strings"

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
		"Nothing is said where the default takes more than a line, or is another test: a chain of tests reads better.\n" +
		"\n" +
		"In `if x.y ? a then x.y.a else d` a missing `y` is an error, while `x.y.a or d` gives `d` for it; that fix is not\n" +
		"applied without being asked for.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix:     rules.FixAlways,
	Aliases: []string{"statix:W19", "statix:useless_has_attr"},
	On:      []ast.Kind{ast.If},
	Node: func(p *rules.Pass, n ast.Node) {
		i := ast.IfExpr{Node: n}
		cond, found, missing := i.Cond().Unparen(), i.Then().Unparen(), i.Else().Unparen()
		if cond.Is(ast.Unary) && cond.Op() == ast.OpNot {
			cond, found, missing = cond.FirstChild().Unparen(), missing, found
		}
		has, ok := ast.AsHasAttr(cond)
		if !ok {
			return
		}
		sel, ok := ast.AsSelect(found)
		if !ok || sel.Default().IsValid() {
			return
		}
		if tooLong(n) || missing.Is(ast.If) || strings.Contains(missing.Text(), "\n") || inChain(n) {
			return
		}
		safety := diag.Safe
		if !nixlang.Same(has.Operand(), sel.Operand()) || !samePath(has, sel) {
			if !prefixed(has, sel) {
				return
			}
			safety = diag.Unsafe
		}
		text := sel.Text() + " or " + missing.Text()
		if nixlang.LevelOf(missing) < nixlang.LevelSelect {
			text = sel.Text() + " or (" + missing.Text() + ")"
		}
		kept := []ast.Node{found, missing}
		if missing.Start() < found.Start() {
			kept[0], kept[1] = missing, found
		}
		p.Report(diag.Finding{
			Span: cond.Span(), Message: "test for an attribute that a default can replace", Help: "write `" + short(text) + "`",
			Fixes: []diag.Fix{swap("write `"+short(text)+"`", safety, n, text, nixlang.LevelSelect, kept...)},
		})
	},
})

// inChain reports whether a test is the last of a chain: if … else if x ? a then x.a else d.
func inChain(n ast.Node) bool {
	up := n.Parent()
	return up.Is(ast.If) && (ast.IfExpr{Node: up}).Else() == n
}

// samePath reports whether a test and a selection name the same path.
func samePath(has ast.HasAttrExpr, sel ast.SelectExpr) bool {
	a, b := has.Attrpath(), sel.Attrpath()
	return nixlang.SameTokens(a.FirstToken(), a.LastToken(), b.FirstToken(), b.LastToken())
}

// prefixed reports whether a test x.y ? a and a selection x.y.a are about the same attribute.
func prefixed(has ast.HasAttrExpr, sel ast.SelectExpr) bool {
	inner, ok := ast.AsSelect(has.Operand().Unparen())
	if !ok || inner.Default().IsValid() || !nixlang.Same(inner.Operand(), sel.Operand()) {
		return false
	}
	part := sel.Attrpath().FirstChild()
	for _, path := range []ast.AttrpathNode{inner.Attrpath(), has.Attrpath()} {
		for want := range path.Children() {
			if !part.IsValid() || !nixlang.SameTokens(want.FirstToken(), want.LastToken(), part.FirstToken(), part.LastToken()) {
				return false
			}
			part = part.NextSibling()
		}
	}
	return !part.IsValid()
}
