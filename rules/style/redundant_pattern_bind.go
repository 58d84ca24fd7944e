package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "redundant-pattern-bind", Family: family, Since: "0.1.0",
	Summary: "A pattern takes nothing and only names the whole argument",
	Doc: "`args@{ ... }: e` is `args: e`, but for one thing: the pattern fails for an argument that is no attrset. The fix drops\n" +
		"that check and is not applied without being asked for.\n" +
		"\n" +
		"Modules are written with a pattern by convention. So nothing is said about a function that is a module, or a whole\n" +
		"file that gives a set.",
	Severity: diag.Hint,
	Fix:      rules.FixAlways, SafeFix: rules.NoSafeFix,
	Aliases: []string{"statix:W11", "statix:redundant_pattern_bind"},
	On:      []ast.Kind{ast.AtName},
	Node: func(p *rules.Pass, n ast.Node) {
		pattern := n.Parent()
		for c := range pattern.Children() {
			if c != n && !c.Is(ast.Ellipsis) {
				return
			}
		}
		if !(ast.PatternNode{Node: pattern}).HasEllipsis() {
			return // args@{ }: takes the empty set only
		}
		l := ast.LambdaExpr{Node: pattern.Parent()}
		switch outer := l.OutsideParens().Parent(); outer.Kind() {
		case ast.File, ast.List:
			if givesSet(l.Body()) {
				return
			}
		}
		if p.Modules().ModuleOf(l.Node) != nil {
			return
		}
		name := n.Text()
		p.Report(diag.Finding{
			Span: pattern.Span(), Message: "pattern that only names the argument `" + name + "`", Help: "write `" + name + ":`",
			Fixes: []diag.Fix{rename(pattern, name)},
		})
	},
})
