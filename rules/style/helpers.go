package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// constant returns true or false where an expression is one of the two, or nothing.
func constant(names func() *sema.Info, n ast.Node) string {
	word := nixlang.Constant(names, n)
	if word == "null" {
		return ""
	}
	return word
}

// losesComment reports whether a comment stands in a span outside of the nodes that are kept. The nodes are
// given in source order.
func losesComment(t *ast.Tree, span source.Span, kept ...ast.Node) bool {
	at := span.Start
	for _, k := range kept {
		if t.HasComment(source.Span{Start: at, End: k.Start()}) {
			return true
		}
		at = k.End()
	}
	return at < span.End && t.HasComment(source.Span{Start: at, End: span.End})
}

// unlessLost returns the safety, or Unsafe where a comment outside of the kept nodes goes with the span.
func unlessLost(safety diag.Safety, t *ast.Tree, span source.Span, kept ...ast.Node) diag.Safety {
	if losesComment(t, span, kept...) {
		return diag.Unsafe
	}
	return safety
}

// maxReplaced is the size in bytes of code up to which a fix writes it anew. In nested code, where each
// level has a finding, longer texts add up.
const maxReplaced = 1 << 13

// tooLong reports whether a node is longer than fixes write.
func tooLong(n ast.Node) bool { return n.Span().Len() > maxReplaced }

// put returns the fix that puts n in the place of at. It adds parentheses where the place needs them, and
// takes those around the place away where n is one that nobody needs them around.
func put(title string, safety diag.Safety, at, n ast.Node) diag.Fix {
	place := at
	if simple(n) != "" {
		for p := place.Parent(); p.Is(ast.Paren) && nixlang.Fits(n, p) && !losesComment(at.Tree(), p.Span(), at); p = place.Parent() {
			place = p
		}
	}
	return replaced(title, safety, at, place, nixlang.At(n, place), n)
}

// swap returns the fix that puts text, an expression of a level, in the place of n, in parentheses where the
// place needs them. The kept nodes, in source order, are those whose text is part of the new one.
func swap(title string, safety diag.Safety, n ast.Node, text string, level nixlang.Level, kept ...ast.Node) diag.Fix {
	return replaced(title, safety, n, n, nixlang.Wrap(text, level, n), kept...)
}

// swapName is swap for a bare name, which needs no parentheses anywhere.
func swapName(title string, safety diag.Safety, n ast.Node, name string) diag.Fix {
	place := n
	for p := place.Parent(); p.Is(ast.Paren) && !losesComment(n.Tree(), p.Span(), n); p = place.Parent() {
		place = p
	}
	return replaced(title, safety, n, place, name)
}

// replaced puts text in the place of n, which is at or in parentheses inside it.
func replaced(title string, safety diag.Safety, n, at ast.Node, text string, kept ...ast.Node) diag.Fix {
	t := n.Tree()
	return diag.Fix{
		Title: title, Safety: unlessLost(safety, t, n.Span(), kept...),
		Edits: []diag.Edit{{Span: at.Span(), Text: nixlang.Splice(t, at.Span(), text)}},
	}
}

// between returns the span from the end of a token to the start of another.
func between(a, b ast.Token) source.Span { return source.Span{Start: a.Span().End, End: b.Start()} }

// list writes names as a list in prose, the rest of a long one as a number.
func list(names []string) string {
	const most = 4
	if len(names) > most {
		return diag.List(names, most-1)
	}
	return diag.List(names, most)
}

// short returns a text in one line, cut where it is long.
func short(text string) string {
	const most = 40
	text = text[:min(len(text), 8*most)]
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && text[cut]&0xC0 == 0x80 {
		cut--
	}
	return text[:cut] + "…"
}

// hasWord reports whether a list of words, each between blanks, has a word.
func hasWord(words, word string) bool { return strings.Contains(words, " "+word+" ") }
