package nixlang

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// Lines end at \n, \r\n and a lone \r for Nix, and so does a comment (lexer.l): what looks like one line to a
// search for \n may be a comment and the code below it.

// Breaks returns the number of line breaks in a text.
func Breaks(text string) int {
	return strings.Count(text, "\n") + strings.Count(text, "\r") - strings.Count(text, "\r\n")
}

// HasBreak reports whether a text goes over a line break.
func HasBreak(text string) bool {
	return strings.IndexByte(text, '\n') >= 0 || strings.IndexByte(text, '\r') >= 0
}

// FirstBreak returns where the first line break of a text begins and ends; both are -1 where there is none.
func FirstBreak(text string) (start, end int) {
	start = strings.IndexAny(text, "\r\n")
	if start < 0 {
		return -1, -1
	}
	if strings.HasPrefix(text[start:], "\r\n") {
		return start, start + 2
	}
	return start, start + 1
}

// LastLine returns the offset in a text at which its last line begins: 0 where there is no line break.
func LastLine(text string) int {
	return strings.LastIndexAny(text, "\r\n") + 1
}

// LineStart returns the offset of the first byte of the line of an offset.
func LineStart(text string, at uint32) uint32 { return uint32(LastLine(text[:at])) }

// NextLine returns the offset behind the break that ends the line of an offset, or the length of the text.
func NextLine(text string, at uint32) uint32 {
	if _, end := FirstBreak(text[at:]); end >= 0 {
		return at + uint32(end)
	}
	return uint32(len(text))
}

// LineBreak returns the line break that a text uses: the first in it, or \n.
func LineBreak(text string) string {
	start, end := FirstBreak(text)
	if start < 0 {
		return "\n"
	}
	return text[start:end]
}

// StartsLine reports whether nothing but blanks stands before a token on its line.
func StartsLine(tok ast.Token) bool {
	prev := tok.Prev()
	return !prev.IsValid() || prev.Kind() == ast.TokSpace && (HasBreak(prev.Text()) || !prev.Prev().IsValid())
}

// EndsLine reports whether nothing but blanks stands behind a token on its line.
func EndsLine(tok ast.Token) bool {
	next := tok.Next()
	if next.IsValid() && next.Kind() == ast.TokSpace {
		if HasBreak(next.Text()) {
			return true
		}
		next = next.Next()
	}
	return !next.IsValid() || next.Kind() == ast.TokEOF
}

// Indent returns the blanks at the start of the line that holds an offset.
func Indent(t *ast.Tree, offset uint32) string {
	src := t.Source()
	at := int(LineStart(src, offset))
	end := at
	for end < len(src) && (src[end] == ' ' || src[end] == '\t') {
		end++
	}
	return src[at:end]
}

// Cut returns the edit that removes a span of whole tokens. Where nothing else stands on the lines, they go, with
// one of two blank lines around them, or the one at a bracket. Else the blanks beside the span go that would end
// a line or stand twice, and one stays that keeps two tokens apart. Comments beside the span stay where they are.
func Cut(t *ast.Tree, span source.Span) diag.Edit {
	src := t.Source()
	start, end := int(span.Start), int(span.End)
	for start > 0 && isBlank(src[start-1]) {
		start--
	}
	for end < len(src) && isBlank(src[end]) {
		end++
	}
	begins := start == 0 || isBreak(src[start-1])
	ends := end == len(src) || isBreak(src[end])
	switch {
	case begins && ends:
		end = int(NextLine(src, uint32(end)))
		return diag.Edit{Span: closeGap(t, source.Span{Start: uint32(start), End: uint32(end)})}
	case begins:
		return diag.Edit{Span: source.Span{Start: span.Start, End: uint32(end)}}
	case ends:
		return diag.Edit{Span: source.Span{Start: uint32(start), End: span.End}}
	case start < int(span.Start) && end > int(span.End) || start < int(span.Start) && closes(src[end]):
		span.Start = uint32(start)
		return diag.Edit{Span: span}
	case end > int(span.End) && strings.IndexByte("([{", src[start-1]) >= 0:
		return diag.Edit{Span: source.Span{Start: span.Start, End: uint32(end)}}
	}
	return diag.Edit{Span: span, Text: Splice(t, span, "")}
}

// closeGap takes blank lines next to removed lines along: those below where there are some above, too, or where a
// bracket opens above; those above where one closes below.
func closeGap(t *ast.Tree, lines source.Span) source.Span {
	src := t.Source()
	above, below := lines.Start, lines.End
	for above > 0 && isSpace(src[above-1]) {
		above--
	}
	for int(below) < len(src) && isSpace(src[below]) {
		below++
	}
	// Both are at the ends of lines that stay.
	aboveEnd, belowStart := NextLine(src, above), LineStart(src, below)
	if above == 0 {
		aboveEnd = 0
	}
	blankAbove, blankBelow := aboveEnd < lines.Start, belowStart > lines.End
	switch {
	case blankBelow && (blankAbove || above == 0 || opens(t, above)):
		lines.End = belowStart
	case blankAbove && (int(below) == len(src) || closes(src[below]) || isIn(src[below:])):
		lines.Start = aboveEnd
	}
	return lines
}

// opens reports whether what stands before an offset begins a block.
func opens(t *ast.Tree, at uint32) bool {
	switch t.TokenAt(at - 1).Kind() {
	case ast.TokLBrace, ast.TokLBracket, ast.TokLParen, ast.TokLet:
		return true
	}
	return false
}

func closes(c byte) bool { return strings.IndexByte(closers, c) >= 0 }

// isIn reports whether a text begins with the keyword in.
func isIn(text string) bool {
	return strings.HasPrefix(text, "in") && (len(text) == 2 || !ast.IsIdentifier(text[:3]))
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
func isBreak(c byte) bool { return c == '\n' || c == '\r' }
