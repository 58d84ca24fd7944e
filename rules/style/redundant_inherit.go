package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "redundant-inherit", Family: family, Since: "0.1.0",
	Summary: "A `let` inherits a name that is in scope anyway",
	Doc: "In `let inherit a; in …` the name `a` means what it means around the `let`, so the `inherit` changes nothing.\n" +
		"\n" +
		"That is not so for a name which only a `with` provides: there the `inherit` fixes its meaning for inner `with`s, and\n" +
		"nothing is said. Nor about `inherit` in a set, which gives the set an attribute.",
	Severity: diag.Info, Presets: rules.Recommended, Tags: diag.Unnecessary,
	Fix: rules.FixAlways, SafeFix: rules.FewerTokens,
	Aliases: []string{"tvix:W002"},
	On:      []ast.Kind{ast.Bindings},
	Broken:  true,
	Node: func(p *rules.Pass, n ast.Node) {
		for c := range n.Children() {
			in, ok := ast.AsInherit(c)
			if !ok || in.HasError() || in.From().IsValid() {
				continue
			}
			var found []ast.Node
			total := 0
			for name := range in.Names() {
				total++
				u, ok := p.Names().Use(name)
				if ok && (u.Target == sema.ToBinding || u.Target == sema.ToGlobal) && !name.Is(ast.Interpolation) {
					found = append(found, name)
				}
			}
			if len(found) > 0 {
				reportRedundant(p, in, found, len(found) == total)
			}
		}
	},
})

func reportRedundant(p *rules.Pass, in ast.InheritNode, found []ast.Node, all bool) {
	var names []string
	var runs []source.Span // of names without others or comments between them
	fix := diag.Fix{Safety: diag.Safe}
	for i, n := range found {
		name, _ := ast.AttrName(n)
		names = append(names, strings.Clone(name))
		if i > 0 && n.FirstToken().PrevSignificant() == found[i-1].LastToken() && !p.Tree.HasComment(between(found[i-1].LastToken(), n.FirstToken())) {
			runs[len(runs)-1].End = n.End()
			continue
		}
		runs = append(runs, n.Span())
	}
	for _, span := range runs {
		fix.Edits = append(fix.Edits, nixlang.Cut(p.Tree, span))
	}
	if all {
		fix.Edits = []diag.Edit{nixlang.Cut(p.Tree, in.Span())}
		fix.Safety = unlessLost(diag.Safe, p.Tree, in.Span())
	}
	verb, them := " is in scope without it", "it"
	if len(names) > 1 {
		verb, them = " are in scope without it", "them"
	}
	fix.Title = "remove " + list(names)
	p.Report(diag.Finding{
		Span: source.Span{Start: in.Start(), End: in.End()}, Message: "`inherit` in a `let`: " + list(names) + verb,
		Subjects: names, Anywhere: true,
		Help: "remove " + them, Fixes: []diag.Fix{fix},
	})
}
