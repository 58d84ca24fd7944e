package style

import (
	"maps"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/suppress"
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
	Fix: rules.FixAlways, SafeFix: rules.SameValue,
	Aliases: []string{"statix:W06", "statix:collapsible_let_in", "nix-linter:SequentialLet"},
	On:      []ast.Kind{ast.Let},
	Broken:  true, // the body may be
	Node: func(p *rules.Pass, n ast.Node) {
		if up := n.Parent(); up.Is(ast.Let) && up.FirstChild() != n {
			return // a chain is read from its head
		}
		var g letGroup
		outer := ast.LetExpr{Node: n}
		for {
			inner, ok := ast.AsLet(outer.Body())
			if !ok || outer.Bindings().HasError() || inner.Bindings().HasError() {
				return
			}
			if g.bound == nil {
				g.start(p.Names(), outer)
			}
			in := inner.FirstToken().PrevSignificant()
			if g.takes(p.Names(), inner) && !suppress.HasProse(p.Tree, between(in, inner.FirstToken())) {
				p.Report(diag.Finding{
					Span: inner.FirstToken().Span(), Message: "`let` directly in the body of a `let`", Help: "put the bindings into one `let`",
					Related: []diag.Related{{Span: outer.FirstToken().Span(), Message: "the outer `let`"}},
					Fixes:   []diag.Fix{{Title: "join the two", Safety: unlessLost(diag.Safe, p.Tree, between(in, inner.FirstToken())), Edits: joinEdits(p.Tree, g.head, outer, inner, in)}},
				})
			} else {
				g.start(p.Names(), inner)
			}
			outer = inner
		}
	},
})

// letGroup is a run of lets that can be one, as far as a chain of them has been read.
type letGroup struct {
	head   ast.LetExpr
	bound  map[string]bool // the names that they bind
	read   map[string]bool // the names that their bindings read from outside of their let
	closed bool            // nothing can be added
}

// manyUses is the number of uses in the bindings of a let from which on they are not examined.
const manyUses = 4096

func (g *letGroup) start(names *sema.Info, let ast.LetExpr) {
	*g = letGroup{head: let, bound: map[string]bool{}, read: map[string]bool{}}
	bound, ok := nixlang.AttrNames(let.Bindings())
	g.closed = !ok || len(bound) == 0 || !g.add(names, let, bound)
}

// takes adds a let to the group, if no name means something else then: it binds none that the group binds,
// and none that the group reads from outside.
func (g *letGroup) takes(names *sema.Info, let ast.LetExpr) bool {
	bound, ok := nixlang.AttrNames(let.Bindings())
	if g.closed || !ok || len(bound) == 0 {
		return false
	}
	for name := range bound {
		if g.bound[name] || g.read[name] {
			return false
		}
	}
	return g.add(names, let, bound)
}

func (g *letGroup) add(names *sema.Info, let ast.LetExpr, bound map[string]bool) bool {
	uses := nixlang.UsesIn(names, let.Bindings())
	if len(uses) > manyUses {
		g.closed = true
		return false
	}
	maps.Copy(g.bound, bound)
	for _, u := range uses {
		if nixlang.IsFree(names, u, let.Bindings()) {
			name, _ := ast.AttrName(u.Node)
			g.read[name] = true
		}
	}
	return true
}

// joinEdits removes `in let`, where lets down from head become one. Comments before `in` and behind `let` stay.
// Bindings that stand behind `let` go to a line of their own where the outer ones have theirs.
func joinEdits(t *ast.Tree, head, outer, inner ast.LetExpr, in ast.Token) []diag.Edit {
	column := nixlang.Indent(t, head.Bindings().Start())
	if !nixlang.StartsLine(head.Bindings().FirstToken()) {
		column += "    " // below the first, which stands behind let
	}
	let, last := inner.FirstToken(), in.Prev()
	gap := ""
	if last.Kind() == ast.TokSpace {
		gap, last = last.Text(), last.Prev()
	}
	cut := source.Span{Start: last.Span().End, End: let.Span().End}
	first := let.Next()
	if first.Kind() == ast.TokSpace {
		first = first.Next()
	}
	edit := diag.Edit{Span: cut}
	lines, apart := nixlang.Breaks(gap), between(in, let).Of(t.Source())
	eol := nixlang.LineBreak(gap + apart)
	switch {
	case nixlang.StartsLine(first) && lines > 0:
		// A blank line between the two stays, and one comes to stand before a comment.
		blank := nixlang.Breaks(first.Prev().Text()) > 1
		if !blank && (first.Kind().IsComment() || lines > 1 || nixlang.Breaks(apart) > 1) {
			edit.Text = eol
		}
	case lines == 0 && nixlang.StartsLine(let) && !nixlang.StartsLine(first):
		edit.Span.End = first.Start()
		edit.Text = eol + column
	case lines > 0:
		edit.Span.End = first.Start()
		edit.Text = eol + column
	default:
		edit.Text = nixlang.Splice(t, cut, "")
	}
	edits := []diag.Edit{edit}
	if nixlang.StartsLine(let) && nixlang.Movable(inner.Node) {
		rest := source.Span{Start: edit.Span.End, End: inner.End()}
		edits = append(edits, nixlang.Shift(inner.Node, rest, nixlang.Indent(t, inner.Start()), nixlang.Indent(t, outer.Start()))...)
	}
	return edits
}
