package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkmerge-single", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A `mkMerge` has a list with one element",
	Doc: "`lib.mkMerge` makes one definition of several. With one element there is nothing to merge: `lib.mkMerge [ x ]` defines what\n" +
		"`x` defines, at the same priority. It is mostly what is left when the other elements went, or was meant for more to come.\n" +
		"\n" +
		"Where `mkMerge` is not the definition itself, as beside `//`, under `mkForce` or in a list of values, other rules tell what is wrong with it.",
	Severity: diag.Info, Presets: rules.Strict, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On:    []ast.Kind{ast.Apply},
	Names: []string{"mkMerge"},
	Node: func(p *rules.Pass, n ast.Node) {
		fn, args := shortCall(n)
		if args != 1 || ast.LastName(fn) != "mkMerge" || moduleFunction(p.Names(), fn) != "mkMerge" || n.HasError() {
			return
		}
		list := (ast.ApplyExpr{Node: n}).Arg().Unparen()
		if !list.Is(ast.List) || list.NumChildren() != 1 || !isDefined(p, n) {
			return
		}
		p.Report(diag.Finding{
			Span: fn.Span(), Message: "`mkMerge` of one element: there is nothing to merge", Help: "leave the element alone",
			Fixes: unmerged(n, list.FirstChild()),
		})
	},
})

// isDefined reports whether what a property says is taken as it stands: as the value of an attribute, as what a function or a let
// comes to, or under a mkIf or mkMerge.
func isDefined(p *rules.Pass, n ast.Node) bool {
	up := n.OutsideParens().Parent()
	switch up.Kind() {
	case ast.Binding, ast.Let, ast.With, ast.Assert, ast.Lambda, ast.If, ast.File:
		return true
	case ast.List:
		up = up.OutsideParens().Parent()
		for up.Is(ast.Binary) && up.Op() == ast.OpConcat {
			up = up.OutsideParens().Parent()
		}
		fn, args := shortCall(up)
		return up.Is(ast.Apply) && args == 1 && moduleFunction(p.Names(), fn) == "mkMerge"
	case ast.Apply:
		fn, args := shortCall(up)
		return args == 2 && moduleFunction(p.Names(), fn) == "mkIf"
	}
	return false
}

// unmerged returns the fix that puts the only element in the place of a mkMerge, unless a comment around it would be lost.
func unmerged(n, element ast.Node) []diag.Fix {
	t, inner, place := n.Tree(), element.Unparen(), n
	for up := place.Parent(); up.Is(ast.Paren) && nixlang.Fits(inner, up); up = place.Parent() {
		place = up
	}
	before, behind := source.Span{Start: place.Start(), End: inner.Start()}, source.Span{Start: inner.End(), End: place.End()}
	if t.HasComment(before) || t.HasComment(behind) || !nixlang.Movable(n) {
		return nil
	}
	text := nixlang.Shifted(inner, nixlang.Indent(t, inner.Start()), nixlang.Indent(t, place.Start()))
	text = nixlang.Splice(t, place.Span(), nixlang.Wrap(text, nixlang.LevelOf(inner), place))
	return []diag.Fix{rules.Replace("leave `mkMerge` out", diag.Unsafe, place.Span(), text)}
}
