package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "or-not-operator", Family: family, Since: "0.1.0",
	Summary: "The word `or` is used as if it were an operator",
	Doc: "`or` is no operator: it gives a selection its default, as in `set.name or default`, right behind the path. Anywhere\n" +
		"else it is a name like any other, and `a or b` calls `a` with a variable `or`. Where nothing binds that variable,\n" +
		"Nix refuses the file. The Boolean operator is `||`.\n" +
		"\n" +
		"A default behind parentheses, `(set.name) or default`, is none either: the parentheses have to go.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nixf:parse-kw-or-isnot-binary-op"},
	Asks:    project.ForGiven,
	File: undefinedAs(wordOr, func(_ *rules.Pass, u sema.Use, _ int) presented {
		f := diag.Finding{
			Span:    u.Node.Span(),
			Message: "`or` is no operator: Nix takes it for a variable here, and nothing binds it",
			Help:    "write `||` for a Boolean or; a default stands right behind a selection, as in `a.b or c`",
		}
		call := ast.ApplyExpr{Node: u.Node.Parent()}
		if !call.Is(ast.Apply) || !hasRight(call.Node) {
			return presented{Finding: f}
		}
		if left := call.Func(); left.Is(ast.Paren) && left.Unparen().Is(ast.Select) && !(ast.SelectExpr{Node: left.Unparen()}).Default().IsValid() {
			inner := left.Unparen()
			f.Help = "a default stands right behind the selection: remove the parentheses"
			f.Fixes = append(f.Fixes, diag.Fix{Title: "remove the parentheses", Edits: []diag.Edit{
				{Span: source.Span{Start: left.Start(), End: inner.Start()}},
				{Span: source.Span{Start: inner.End(), End: left.End()}},
			}})
		} else {
			f.Fixes = append(f.Fixes, rules.Replace("write `||`", diag.Unsafe, u.Node.Span(), "||"))
		}
		return presented{Finding: f}
	}),
})

// hasRight reports whether something stands to the right of the application of or: b in a or b.
func hasRight(n ast.Node) bool {
	for range 64 {
		up := n.Parent()
		if !up.Is(ast.Apply) {
			return false
		}
		if up.FirstChild() == n {
			return true
		}
		n = up
	}
	return false
}
