package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unfortunate-arg-name", Family: family, Since: "0.1.0",
	Summary: "An argument that only becomes an attribute has another name than it",
	Doc: "In `x: { name = x; }` the argument could be called `name`, and the attribute inherited.\n" +
		"\n" +
		"Reported where the attribute is the only use of the argument and its name is free in the function. `final`, `prev`,\n" +
		"`self` and `super` are what the arguments of overlays and fixed points are called.",
	Severity: diag.Hint,
	Aliases:  []string{"nix-linter:UnfortunateArgName"},
	On:       []ast.Kind{ast.Lambda},
	Node: func(p *rules.Pass, n ast.Node) {
		l := ast.LambdaExpr{Node: n}
		param := l.Param()
		if !param.Is(ast.Name) {
			return
		}
		switch strings.TrimRight(param.Text(), "'") {
		case "final", "prev", "self", "super":
			return
		}
		names := p.Names()
		scope, ok := names.ScopeOf(n)
		if !ok {
			return
		}
		var only ast.Node
		for u := range names.UsesOf(names.Scope(scope).First) {
			if only.IsValid() {
				return
			}
			only = u.Node
		}
		b, ok := ast.AsBinding(only.OutsideParens().Parent())
		if !ok || b.Value().Unparen() != only || !b.Parent().Is(ast.AttrSet) || b.Parent().IsRec() {
			return
		}
		key := b.Attrpath().FirstChild()
		if !key.Is(ast.Name) || key.NextSibling().IsValid() || key.Text() == param.Text() || taken(names, l, only, key.Text()) {
			return
		}
		p.Report(diag.Finding{
			Span: param.Span(), Message: "argument `" + param.Text() + "` only becomes the attribute `" + key.Text() + "`",
			Help: "call it `" + key.Text() + "` and inherit it", Related: []diag.Related{{Span: b.Span(), Message: "the attribute"}},
		})
	},
})

// taken reports whether a parameter of that name would change the function: its body uses another variable of
// the name, or binds the name between the parameter and its use.
func taken(names *sema.Info, l ast.LambdaExpr, use ast.Node, name string) bool {
	if sema.IsGlobal(name) || len(nixlang.UsesIn(names, l.Body())) > manyUses || nixlang.MentionsFree(names, l.Body(), name) {
		return true
	}
	u, _ := names.Use(use)
	left := 256
	for id := u.Scope; id != 0 && names.Scope(id).Node != l.Node; id = names.Scope(id).Parent {
		if left--; left == 0 {
			return true
		}
		s := names.Scope(id)
		if s.Node.Is(ast.With) {
			continue
		}
		for b := s.First; b <= s.Last; b++ {
			if names.Binding(b).Name == name {
				return true
			}
		}
	}
	return false
}
