package suppress

import (
	"bytes"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/parser"
)

// Own reports whether a comment of Nix is a suppression in nixsift's own form. It speaks of findings, not of the code: rules that
// take comments as a hint, as a heading or as something that is meant to stand there leave it out.
func Own(comment string) bool { return strings.HasPrefix(trimOpening(comment), nixsiftMark) }

// HasProse reports whether a comment other than nixsift's own suppressions lies, even in part, in the span.
func HasProse(t *ast.Tree, s source.Span) bool {
	for tok := t.TokenAt(s.Start); tok.IsValid() && tok.Start() < s.End; tok = tok.Next() {
		if tok.Kind().IsComment() && !Own(tok.Text()) {
			return true
		}
	}
	return false
}

// Blanked returns the text of a span with blanks, byte by byte, for nixsift's own suppressions and, where one stands alone on its
// lines, for the line end behind it: the text reads as if they were not there, and every offset stays.
func Blanked(t *ast.Tree, s source.Span) string {
	text := s.Of(t.Source())
	if !opened(text, "#", "# \t") && !opened(text, "*", "* \t\r\n") {
		return text
	}
	b := []byte(text)
	erase := func(from, to int) { copy(b[from:to], bytes.Repeat([]byte{' '}, to-from)) }
	first := s.Start == 0 // nothing but blanks and suppressions stands before on the line
	for tok := t.TokenAt(s.Start); tok.IsValid() && tok.Start() < s.End; tok = tok.Next() {
		from, to := int(max(tok.Start(), s.Start)-s.Start), int(min(tok.Span().End, s.End)-s.Start)
		switch {
		case tok.Kind() == ast.TokSpace:
			first = first || bytes.ContainsAny(b[from:to], "\r\n")
		case tok.Kind().IsComment() && Own(tok.Text()):
			erase(from, to)
			if end := len(text) - len(strings.TrimLeft(text[to:], blanks)); first {
				erase(end, end+lineEndAt(text[end:]))
			}
		default:
			first = false
		}
	}
	return string(b)
}

// lineEndAt returns the length of the line end that a text starts with.
func lineEndAt(text string) int {
	switch {
	case strings.HasPrefix(text, "\r\n"):
		return 2
	case strings.HasPrefix(text, "\n"), strings.HasPrefix(text, "\r"):
		return 1
	}
	return 0
}

// Without returns the tree of the text with blanks for nixsift's own suppressions, as Blanked gives it; the tree itself if there
// are none.
func Without(t *ast.Tree) *ast.Tree {
	text := t.Source()
	if blanked := Blanked(t, source.Span{End: uint32(len(text))}); blanked != text {
		return parser.Parse(blanked)
	}
	return t
}
