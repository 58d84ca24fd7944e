package refactor

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
)

// flatten makes a.b = 1; a.c = 2; of a = { b = 1; c = 2; };.
func (p *place) flatten() []Change {
	b, ok := p.named()
	if !ok {
		return nil
	}
	set := b.Value()
	if !set.Is(ast.AttrSet) || set.IsRec() || set.HasError() || !set.FirstChild().IsValid() || p.isWhole(b) {
		return nil
	}
	path := b.Attrpath().Text()
	if nixlang.HasBreak(path) || p.Tree.HasComment(source.Span{Start: b.Start(), End: set.Start()}) || p.Tree.HasComment(source.Span{Start: set.End(), End: b.End()}) {
		return nil
	}
	open, end := set.FirstToken(), set.LastToken()
	first, last := behind(open), before(end)
	if last.Kind() == ast.TokLineComment && !nixlang.EndsLine(b.LastToken()) {
		return nil
	}
	head, tail := source.Span{Start: b.Start(), End: first.Start()}, source.Span{Start: last.Span().End, End: b.End()}
	edits := []diag.Edit{{Span: head}, {Span: tail}}
	covered := []source.Span{head, tail}
	for c := range set.Children() {
		if in, ok := ast.AsInherit(c); ok {
			var all []string
			for name := range in.Names() {
				text, static := ast.AttrName(name)
				if !static || name.Is(ast.Interpolation) || !in.From().IsValid() && (!ast.IsIdentifier(text) || text == "or") || p.Tree.HasComment(in.Span()) {
					return nil
				}
				all = append(all, path+"."+name.Text()+" = "+definition(in.From(), name)+";")
			}
			if len(all) == 0 {
				return nil
			}
			text := ""
			for i, s := range all {
				switch {
				case i == 0:
				case nixlang.StartsLine(in.FirstToken()):
					text += nixlang.LineBreak(p.Tree.Source()) + nixlang.Indent(p.Tree, b.Start())
				default:
					text += " "
				}
				text += s
			}
			edits = append(edits, diag.Edit{Span: in.Span(), Text: text})
			covered = append(covered, in.Span())
			continue
		}
		inner, ok := ast.AsBinding(c)
		if !ok || inner.Attrpath().First().Is(ast.Interpolation) {
			return nil
		}
		edits = append(edits, diag.Edit{Span: source.Span{Start: c.Start(), End: c.Start()}, Text: path + "."})
	}
	if nixlang.StartsLine(first) && nixlang.StartsLine(b.FirstToken()) {
		for _, e := range nixlang.Shift(set, source.Span{Start: first.Start(), End: last.Span().End}, nixlang.Indent(p.Tree, first.Start()), nixlang.Indent(p.Tree, b.Start())) {
			if !within(e.Span, covered) {
				edits = append(edits, e)
			}
		}
	}
	return []Change{{Title: "write `" + path + "` as paths", Kind: Rewrite, Edits: sorted(edits)}}
}

// isWhole reports whether another definition beside a binding gives a set for the whole or a part of its path, as in a = rec { … }: what
// both are merged to depends on their order.
func (p *place) isWhole(b ast.BindingNode) bool {
	name := b.Attrpath().FirstName()
	for c := range b.Parent().Children() {
		switch {
		case c == b.Node:
		case c.Is(ast.Inherit):
			for n := range (ast.InheritNode{Node: c}).Names() {
				if text, ok := ast.AttrName(n); !ok || text == name {
					return true
				}
			}
		case c.Is(ast.Binding):
			other := ast.BindingNode{Node: c}
			first, static := ast.AttrName(other.Attrpath().First())
			if static && first == name && other.Value().Is(ast.AttrSet) {
				return true
			}
		}
	}
	return isInMerged(b.Parent())
}

// behind and before return the token next to one that is no blank.
func behind(tok ast.Token) ast.Token {
	if tok = tok.Next(); tok.Kind() == ast.TokSpace {
		tok = tok.Next()
	}
	return tok
}

func before(tok ast.Token) ast.Token {
	if tok = tok.Prev(); tok.Kind() == ast.TokSpace {
		tok = tok.Prev()
	}
	return tok
}

// within reports whether a span touches one of others.
func within(s source.Span, others []source.Span) bool {
	for _, o := range others {
		if s.Start <= o.End && o.Start <= s.End {
			return true
		}
	}
	return false
}

// pack makes a = { b = 1; c = 2; }; of a.b = 1; a.c = 2; where all definitions of a stand beside each other.
func (p *place) pack() []Change {
	b, ok := p.named()
	if !ok {
		return nil
	}
	first := b.Attrpath().First()
	name, static := ast.AttrName(first)
	if !static || first.Is(ast.Interpolation) || !first.NextSibling().IsValid() || b.Parent().HasError() {
		return nil
	}
	var group []ast.Node
	for c := range b.Parent().Children() {
		if in, ok := ast.AsInherit(c); ok {
			for n := range in.Names() {
				if text, ok := ast.AttrName(n); !ok || text == name {
					return nil
				}
			}
			continue
		}
		other := ast.BindingNode{Node: c}
		got, static := ast.AttrName(other.Attrpath().First())
		switch {
		case !static && !b.Parent().Is(ast.Bindings):
			return nil // it may turn out to be the same name
		case got != name:
			continue
		case !other.Attrpath().First().NextSibling().IsValid():
			return nil
		case len(group) > 0 && group[len(group)-1].NextSibling() != c:
			return nil
		}
		if p.Tree.HasComment(source.Span{Start: c.Start(), End: nixlang.BehindFirst(c).Start()}) {
			return nil
		}
		group = append(group, c)
	}
	if isInMerged(b.Parent()) || nixlang.BehindFirst(group[0]).Is(ast.Interpolation) && b.Parent().Is(ast.Bindings) {
		return nil
	}
	return []Change{{Title: "put `" + first.Text() + ".…` into one set", Kind: Rewrite, Edits: []diag.Edit{nixlang.Gather(group)}}}
}
