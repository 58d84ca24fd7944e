package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "if-instead-of-mkif", Family: family, Since: "0.1.0",
	Summary: "`if` decides by `config` or `pkgs` which options a module defines",
	Doc: "The module system asks each module which options it defines before any value of `config` exists. With\n" +
		"`config = if config.x then { … } else { }` that question needs `config`: \"infinite recursion encountered\". `pkgs` is a\n" +
		"value of `config` too.\n" +
		"\n" +
		"`lib.mkIf` keeps the names in view and defers the condition. Inside the value of one option, `if` is fine.\n" +
		"\n" +
		"The two are not quite the same: under `mkIf` every option must exist, even where the condition is false.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: project.ForSpecialArg,
	File: each(ifForShape, func(file *module.File, pr module.Obstacle) diag.Finding {
		f := diag.Finding{
			Span:    pr.At,
			Message: "which options " + atPart(pr.Part) + " defines depends on " + reads(file, pr.Why) + ", but " + missing(pr.Why, "these names are known"),
			Help:    "use `lib.mkIf`, which leaves the names in view and defers the condition",
		}
		if fix, ok := toMkIf(file, pr.Why.Node); ok {
			f.Fixes = []diag.Fix{fix}
		}
		f.Related = trail(pr.Why, f)
		return f
	}),
})

// toMkIf turns if c then x else { } into mkIf c x.
func toMkIf(file *module.File, n ast.Node) (diag.Fix, bool) {
	i, ok := ast.AsIf(n)
	if !ok || n.HasError() {
		return diag.Fix{}, false
	}
	empty := i.Else().Unparen()
	joined := n.OutsideParens().Parent()
	if joined.Is(ast.Binary) && joined.Op() != ast.OpUpdate {
		return diag.Fix{}, false
	}
	if !empty.Is(ast.AttrSet) || empty.FirstChild().IsValid() || !joined.Is(ast.Binary) && tooLoose(n) {
		return diag.Fix{}, false
	}
	mkIf := file.Spell("mkIf", n)
	head := source.Span{Start: n.Start(), End: i.Cond().Start()}
	middle := source.Span{Start: i.Cond().End(), End: i.Then().Start()}
	end := source.Span{Start: i.Then().End(), End: n.End()}
	t := n.Tree()
	if mkIf == "" || t.HasComment(head) || t.HasComment(middle) || t.HasComment(end) {
		return diag.Fix{}, false
	}
	open, between, last := mkIf+" ", " ", ""
	if !atomic(i.Cond()) {
		open, between = open+"(", ") "
	}
	if !atomic(i.Then()) {
		between, last = between+"(", ")"
	}
	if joined.Is(ast.Binary) {
		fixes := joinByMerge(file, joined, map[ast.Node]string{n: "(" + open + i.Cond().Text() + between + i.Then().Text() + last + ")"})
		if len(fixes) == 0 {
			return diag.Fix{}, false
		}
		return fixes[0], true
	}
	return diag.Fix{Title: "use `" + mkIf + "`", Safety: diag.Unsafe, Edits: []diag.Edit{
		{Span: head, Text: open}, {Span: middle, Text: between}, {Span: end, Text: last},
	}}, true
}

// tooLoose reports whether an expression stands where a property would be taken for a plain set, as beside //, or
// where that cannot be seen.
func tooLoose(n ast.Node) bool {
	switch p := n.OutsideParens().Parent(); p.Kind() {
	case ast.Binding:
		return p.Parent().Is(ast.Bindings)
	case ast.List, ast.Lambda, ast.Let, ast.With, ast.Assert, ast.File:
		return n.Parent().Is(ast.List)
	case ast.Apply:
		fn, _ := ast.Call(p)
		return ast.LastName(fn) != "mkIf" || !n.Parent().Is(ast.Paren)
	}
	return true
}

// atomic reports whether an expression can be the argument of a call without parentheses.
func atomic(n ast.Node) bool {
	switch n.Kind() {
	case ast.Ident, ast.Int, ast.Float, ast.URI, ast.SearchPath, ast.String, ast.IndString, ast.Path, ast.Paren, ast.List,
		ast.AttrSet:
		return true
	case ast.Select:
		return !(ast.SelectExpr{Node: n}).Default().IsValid()
	}
	return false
}
