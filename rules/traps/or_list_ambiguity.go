package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "or-list-ambiguity", Family: family, Since: "0.1.0",
	Summary: "A variable named `or` is taken as an argument of what stands before it",
	Doc: "Behind anything but a selection, `or` is the name of a variable, and Nix applies its left neighbour to it: `[ f or g ]`\n" +
		"has two elements, `(f or)` and `g`, and `f x or` is `f (x or)`. Since version 2.26 Nix warns that this will change.\n" +
		"Parentheses keep the meaning; another name than `or` is better.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixAlways, SafeFix: rules.SameParse,
	On: []ast.Kind{ast.Apply},
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		word := call.Arg()
		if !n.Is(ast.Apply) || !word.Is(ast.Ident) || word.LastToken().Kind() != ast.TokOrKw {
			return
		}
		up := n.Parent()
		if !up.Is(ast.List) && (!up.Is(ast.Apply) || up.FirstChild() == n) {
			return
		}
		if u, ok := p.Names().Use(word); !ok || u.Target == sema.ToNothing {
			return // or-not-operator speaks
		}
		p.Report(diag.Finding{
			Span:    n.Span(),
			Message: "`or` is an argument of `" + short(call.Func()) + "` here, and Nix warns that this will change",
			Help:    "write `(" + short(call.Func()) + " or)`, or call the variable something else",
			Fixes:   []diag.Fix{{Title: "put the call in parentheses", Safety: diag.Safe, Edits: parens(n.Span())}},
		})
	},
})
