package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "empty-inherit", Family: family, Since: "0.1.0",
	Summary: "An `inherit` names nothing",
	Doc: "`inherit;` and `inherit (set);` add nothing. Nix does not even evaluate the set in parentheses.\n" +
		"\n" +
		"An `inherit` with a comment in it is left alone: names are meant to stand there.",
	Severity: diag.Info, Presets: rules.Recommended, Tags: diag.Unnecessary,
	Fix: rules.FixAlways, SafeFix: rules.FewerTokens,
	Aliases: []string{
		"statix:W14", "statix:empty_inherit", "nixf:empty-inherit", "nil:empty_inherit", "nix-linter:EmptyInherit", "tvix:W009",
	},
	On: []ast.Kind{ast.Inherit},
	Node: func(p *rules.Pass, n ast.Node) {
		in := ast.InheritNode{Node: n}
		for range in.Names() {
			return
		}
		if suppress.HasProse(p.Tree, n.Span()) || afterBroken(n) {
			return
		}
		safety := unlessLost(diag.Safe, p.Tree, n.Span())
		if from := in.From(); from.IsValid() {
			for _, u := range nixlang.UsesIn(p.Names(), from) {
				if u.Target == sema.ToNothing {
					safety = diag.Unsafe // Nix refuses the file for the unbound name
				}
			}
		}
		p.Report(diag.Finding{
			Span: n.Span(), Message: "`inherit` without names", Help: "remove it",
			Fixes: []diag.Fix{{Title: "remove it", Safety: safety, Edits: []diag.Edit{nixlang.Cut(p.Tree, n.Span())}}},
		})
	},
})

// afterBroken reports whether a broken binding stands before a statement, which may be part of it: a = inherit;.
func afterBroken(n ast.Node) bool {
	prev := n.FirstToken().PrevSignificant()
	return prev.IsValid() && prev.Kind() != ast.TokSemi && prev.Kind() != ast.TokLBrace && prev.Kind() != ast.TokLet
}
