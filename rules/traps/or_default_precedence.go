package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "or-default-precedence", Family: family, Since: "0.1.0",
	Summary: "A call stands behind a default without parentheses: the selected value is what is called",
	Doc: "The default of a selection binds tighter than a call: `a.b or f x` is `(a.b or f) x`. Where `a` has a `b`, that is\n" +
		"called with `x`; mostly `a.b or (f x)` was meant. With `throw` as the default there is no doubt, and the\n" +
		"one fix is to put the call in parentheses. Selections from `builtins` and `lib`, and those with a default such as\n" +
		"`lib.id` or `(x: x)`, are meant to be called.\n" +
		"\n" +
		"No fix is applied without being asked for: to write down what Nix reads would keep a mistake and hide it.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixAlways, SafeFix: rules.SameParse,
	On: []ast.Kind{ast.Apply},
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		s, ok := ast.AsSelect(call.Func())
		if !ok || !s.Default().IsValid() || !n.Is(ast.Apply) { // nobody reads a pipe otherwise
			return
		}
		def := s.Default()
		for range maxSteps {
			next, ok := ast.AsSelect(def)
			if !ok || !next.Default().IsValid() {
				break
			}
			def = next.Default() // a.b or c.d or f x: the default of a default
		}
		if selectsFunction(p, s, def) {
			return
		}
		outer := n
		for range maxSteps {
			if up := outer.Parent(); up.Is(ast.Apply) && up.FirstChild() == outer {
				outer = up
				continue
			}
			break
		}
		f := diag.Finding{
			Span:    source.Span{Start: def.Start(), End: outer.End()},
			Message: "the default is `" + short(def) + "` alone: what is selected, or the default, is called with what follows",
			Help:    "put parentheses around the selection, or around the call",
		}
		whole := diag.Fix{Title: "put the call in parentheses, as the default", Edits: parens(f.Span)}
		selection := diag.Fix{Title: "put the selection in parentheses, as Nix reads it", Safety: diag.Display, Edits: parens(s.Span())}
		f.Fixes = []diag.Fix{whole, selection}
		switch nixlang.Builtin(p.Names(), def) {
		case "throw", "abort":
			f.Message = "`" + short(def) + "` alone is the default: where the selection succeeds, its value is called with what follows"
			f.Help = "put the call in parentheses"
			f.Fixes = []diag.Fix{whole}
		}
		p.Report(f)
	},
})

// selectsFunction reports whether a selection with a default is meant to give a function: from builtins or lib,
// or with a last default that is one by its text, or that does nothing.
func selectsFunction(p *rules.Pass, s ast.SelectExpr, def ast.Node) bool {
	if operand := s.Operand().Unparen(); operand.Is(ast.Ident) && (operand.Text() == "builtins" || operand.Text() == "lib") {
		return true
	}
	switch def = def.Unparen(); def.Form() {
	case ast.Lambda:
		return true
	case ast.Apply:
		return nixlang.Lib(p.Names(), (ast.ApplyExpr{Node: def}).Func()) == "const"
	case ast.Ident, ast.Select:
		return nixlang.Lib(p.Names(), def) == "id" || def.Is(ast.Ident) && def.Text() == "id"
	}
	return false
}

// parens puts a span in parentheses.
func parens(s source.Span) []diag.Edit {
	return []diag.Edit{{Span: source.Span{Start: s.Start, End: s.Start}, Text: "("}, {Span: source.Span{Start: s.End, End: s.End}, Text: ")"}}
}

// short returns the text of an expression, cut where it is long.
func short(n ast.Node) string {
	text := n.Text()
	for i, c := range text {
		if i > 40 || c == '\n' {
			return text[:i] + "…"
		}
	}
	return text
}
