package nixlang

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// BehindFirst returns the part of the name of a definition behind the first.
func BehindFirst(b ast.Node) ast.Node { return b.FirstChild().FirstChild().NextSibling() }

// Gather returns the edit that puts neighbouring bindings, whose names begin with the same part, into a set: that part goes away from
// each, and their lines move one level in, with the comments between them and the one that ends the line of the last.
func Gather(group []ast.Node) diag.Edit {
	t := group[0].Tree()
	first, last := group[0], group[len(group)-1]
	end := last.LastToken()
	if next := end.Next(); next.Kind() == ast.TokSpace && !HasBreak(next.Text()) && next.Next().Kind().IsComment() && EndsLine(next.Next()) {
		end = next.Next()
	}
	span := source.Span{Start: first.Start(), End: end.Span().End}
	indent, multi := Indent(t, first.Start()), HasBreak(span.Of(t.Source())) || end.Kind().IsComment()
	eol, step := LineBreak(t.Source()[first.Start():]), "  "
	if strings.HasPrefix(indent, "\t") {
		step = "\t"
	}
	var b strings.Builder
	b.WriteString(first.FirstChild().FirstChild().Text() + " = {")
	if multi {
		b.WriteString(eol + indent + step)
	} else {
		b.WriteByte(' ')
	}
	gap := func(from, to ast.Token) {
		for tok := from; tok != to; tok = tok.Next() {
			text := tok.Text()
			if tok.Kind() == ast.TokSpace && HasBreak(text) {
				at := LastLine(text)
				text = text[:at] + step + text[at:]
			}
			b.WriteString(text)
		}
	}
	for i, n := range group {
		if i > 0 {
			gap(group[i-1].LastToken().Next(), n.FirstToken())
		}
		b.WriteString(ShiftedSpan(n, source.Span{Start: BehindFirst(n).Start(), End: n.End()}, indent, indent+step))
	}
	gap(last.LastToken().Next(), end.Next())
	if multi {
		b.WriteString(eol + indent + "};")
	} else {
		b.WriteString(" };")
	}
	return diag.Edit{Span: span, Text: b.String()}
}
