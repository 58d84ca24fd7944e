package traps

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "rec-shadow-recursion", Family: family, Since: "0.1.0",
	Summary: "A name hides the outer one that its own value is meant to read",
	Doc: "In `let a = 1; in rec { a = a; }` the inner `a` hides the outer one also in its own value: Nix stops with \"infinite\n" +
		"recursion encountered\" as soon as it is used. The same goes for `let a = a + 1;` and for a formal's default,\n" +
		"`{ a ? a }:`, which is a warning, as callers may all pass `a`. `inherit a;` takes the outer name; a changed value\n" +
		"needs another name, or a set without `rec`." + rules.Failing,
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: rules.ForComes,
	File: func(p *rules.Pass) {
		names := p.Names()
		var come map[source.Span]rules.Comes
		for own := range ownUses(names) {
			if !own.outer || !own.needsItself(p) || own.arm {
				continue
			}
			b := names.Binding(own.id)
			f := diag.Finding{
				Span:    own.use.Span(),
				Message: "`" + b.Name + "` is the one that is bound here, not the outer one: infinite recursion as soon as it is used",
				Related: []diag.Related{{Span: b.Node.Span(), Message: "bound here, also in its own value"}},
			}
			if own.outerNode.IsValid() {
				f.Related = append(f.Related, diag.Related{Span: own.outerNode.Span(), Message: "the outer one, hidden here"})
			}
			if come == nil {
				come = recursions(p)
			}
			comes := come[b.Node.Span()]
			switch {
			case b.Kind == sema.FormalBinding:
				comes = rules.Perhaps // callers may all pass it
				f.Message = "the default of `" + b.Name + "` reads `" + b.Name + "` itself, not the outer one: infinite recursion where it is not passed"
				f.Help = "a default sees the formals of its own function; give it another name"
			case own.bare:
				f.Help = "write `inherit " + ast.QuoteAttr(b.Name) + ";` for the outer one"
				if !p.Tree.HasComment(b.Decl.Span()) {
					f.Fixes = []diag.Fix{rules.Replace("inherit the outer `"+b.Name+"`", diag.Unsafe, b.Decl.Span(), "inherit "+ast.QuoteAttr(b.Name)+";")}
				}
			default:
				f.Help = "give the new value another name"
			}
			p.ReportFailing(f, rules.NoEnding, comes, nil)
		}
	},
})
