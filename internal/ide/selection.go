package ide

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/sema"
)

// maxSelections bounds the ranges around a place.
const maxSelections = 200

// Selections returns what may be selected around an offset, each range in the next: the word, what stands between brackets, what is
// around these, and so on up to the file. There is one at least.
func (v *View) Selections(offset uint32) []source.Span {
	offset = min(offset, uint32(len(v.Text())))
	var out []source.Span
	add := func(s source.Span) {
		if last := len(out) - 1; s.Start <= offset && offset <= s.End && (last < 0 && s.Len() > 0 || last >= 0 && s.Covers(out[last]) && s != out[last]) {
			out = append(out, s)
		}
	}
	tok := v.tokenAt(offset)
	if tok.IsValid() && (isWord(tok.Kind()) || tok.Kind().IsComment()) {
		add(tok.Span())
	}
	n := v.tree.NodeAt(source.Span{Start: offset, End: offset})
	if tok.IsValid() && tok.Span().Len() > 0 && !isTrivia(tok.Kind()) {
		n = v.tree.NodeAt(tok.Span())
	}
	for ; n.IsValid() && len(out) < maxSelections; n = n.Parent() {
		if inner, ok := v.between(n); ok {
			add(inner)
		}
		add(n.Span())
	}
	if whole := (source.Span{End: uint32(len(v.Text()))}); len(out) == 0 || out[len(out)-1] != whole {
		out = append(out, whole)
	}
	return out
}

// between returns what stands between the brackets or quotes of a node, without the blanks at both ends; ok is false where it has none.
func (v *View) between(n ast.Node) (inner source.Span, ok bool) {
	switch n.Kind() {
	case ast.AttrSet, ast.LegacyLet, ast.List, ast.Paren, ast.Interpolation, ast.Pattern, ast.String, ast.IndString:
	default:
		return inner, false
	}
	open, end := n.FirstToken(), n.LastToken()
	for open.IsValid() && (open.Kind() == ast.TokRec || open.Kind() == ast.TokLet || isTrivia(open.Kind())) {
		open = open.Next()
	}
	if !open.IsValid() || open.Index() >= end.Index() || n.Is(ast.Pattern) && (open.Kind() != ast.TokLBrace || end.Kind() != ast.TokRBrace) {
		return inner, false
	}
	inner = source.Span{Start: open.Span().End, End: end.Start()}
	if n.Is(ast.String) || n.Is(ast.IndString) {
		return inner, true
	}
	text := v.Text()
	for inner.Start < inner.End && isBlank(text[inner.Start]) {
		inner.Start++
	}
	for inner.Start < inner.End && isBlank(text[inner.End-1]) {
		inner.End--
	}
	return inner, inner.Len() > 0
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// onlyHere are the kinds of names that the file alone knows.
var onlyHere = []sema.BindingKind{sema.LetBinding, sema.ParamBinding, sema.AtBinding}

// Linked returns the places of the file that are one name with what stands at an offset, and that nothing outside of it depends on: a name
// of a let, a parameter, or a whole argument. There are none where another name would be needed, as of an inherit.
func (v *View) Linked(offset uint32) (spans []source.Span) {
	n := v.nodeAt(offset)
	if !n.IsValid() {
		return nil
	}
	b := v.binding(n)
	if b == nil || b.Decl.Is(ast.Inherit) || !ast.IsIdentifier(b.Name) || !slices.Contains(onlyHere, b.Kind) {
		return nil
	}
	for u := range v.names().UsesOf(v.idOf(b)) {
		if u.Node.Parent().Is(ast.Inherit) {
			return nil
		}
	}
	here := false
	for _, u := range v.usesOf(b) {
		if u.Span.Of(v.Text()) != b.Name {
			return nil
		}
		here = here || u.Span.Start <= offset && offset <= u.Span.End
		spans = append(spans, u.Span)
	}
	if !here || len(spans) < 2 {
		return nil
	}
	return spans
}
