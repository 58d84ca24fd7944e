package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "collapsible-let", Family: family, Since: "0.1.0",
	Summary: "The body of a `let` is another `let`",
	Doc: "The bindings of one `let` see each other in any order, so two in a row can be one.\n" +
		"\n" +
		"Nothing is said where that would change what a name means: both bind the same name, the inner one inherits a name from\n" +
		"outside that the outer one binds, or a binding of the outer one reads a name that the inner one binds anew. Nor where\n" +
		"a comment stands between the two: it heads the second.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix:     rules.FixAlways,
	Aliases: []string{"statix:W06", "statix:collapsible_let_in", "nix-linter:SequentialLet"},
	On:      []ast.Kind{ast.Let},
	Node: func(p *rules.Pass, n ast.Node) {
		outer := ast.LetExpr{Node: n}
		inner, ok := ast.AsLet(outer.Body())
		if !ok || !outer.Bindings().FirstChild().IsValid() || !inner.Bindings().FirstChild().IsValid() || !independent(p.Names(), outer, inner) {
			return
		}
		in := inner.FirstToken().PrevSignificant()
		if p.Tree.HasComment(between(in, inner.FirstToken())) {
			return
		}
		p.Report(diag.Finding{
			Span: inner.FirstToken().Span(), Message: "`let` directly in the body of a `let`",
			Help:    "put the bindings into one `let`",
			Related: []diag.Related{{Span: n.FirstToken().Span(), Message: "the outer `let`"}},
			Fixes:   []diag.Fix{{Title: "join the two", Safety: diag.Safe, Edits: joinEdits(p.Tree, outer, in, inner.FirstToken())}},
		})
	},
})

// joinEdits removes `in let`. Comments around the two words stay.
func joinEdits(t *ast.Tree, outer ast.LetExpr, in, let ast.Token) []diag.Edit {
	last := outer.Bindings().LastToken()
	if !t.HasComment(source.Span{Start: last.Span().End, End: let.Span().End}) {
		cut := source.Span{Start: last.Span().End, End: let.Span().End}
		return []diag.Edit{{Span: cut, Text: nixlang.Splice(t, cut, "")}}
	}
	return []diag.Edit{{Span: in.Span()}, {Span: let.Span()}}
}

// manyUses is the number of uses in the outer bindings from which on they are not examined.
const manyUses = 4096

// independent reports whether no name means something else when the bindings of two lets become one.
func independent(names *sema.Info, outer, inner ast.LetExpr) bool {
	inside, ok := boundNames(inner.Bindings())
	if !ok {
		return false
	}
	outside, ok := boundNames(outer.Bindings())
	if !ok {
		return false
	}
	for name := range outside {
		if inside[name] {
			return false
		}
	}
	uses := nixlang.UsesIn(names, outer.Bindings())
	if len(uses) > manyUses {
		return false
	}
	for _, u := range uses {
		if name, _ := ast.AttrName(u.Node); inside[name] && nixlang.IsFree(names, u, outer.Bindings()) {
			return false
		}
	}
	return true
}

// boundNames returns the first names of the bindings of a let; ok is false where one is not plain.
func boundNames(bindings ast.Node) (names map[string]bool, ok bool) {
	names = map[string]bool{}
	for c := range bindings.Children() {
		switch c.Kind() {
		case ast.Binding:
			name, static := ast.AttrName(ast.BindingNode{Node: c}.Attrpath().FirstChild())
			if !static {
				return nil, false
			}
			names[name] = true
		case ast.Inherit:
			for part := range (ast.InheritNode{Node: c}).Names() {
				name, static := ast.AttrName(part)
				if !static {
					return nil, false
				}
				names[name] = true
			}
		default:
			return nil, false
		}
	}
	return names, true
}
