package suspicious

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
)

// piece is a node that is to be removed, with the comments that belong to it: those on the lines directly
// above, and one behind it on its last line.
type piece struct {
	t          *ast.Tree
	start, end uint32 // of the first and the last thing to remove
	before     ast.Token
	// linesOwn is set where nothing else stands on its first line before it, lineEnds where nothing else stands
	// behind it on its last.
	linesOwn, lineEnds bool
}

// newPiece finds the comments of a node and what stands beside it.
func newPiece(n ast.Node) piece {
	p := piece{t: n.Tree(), start: n.Start(), end: n.End()}
	p.lead(n.FirstToken())
	p.trail(n.LastToken())
	return p
}

// lead goes up from a token over the comments that belong to it.
func (p *piece) lead(first ast.Token) {
	for cur := first; ; {
		p.start, p.before = cur.Start(), cur.Prev()
		space, prev := "", cur.Prev()
		if prev.IsValid() && prev.Kind() == ast.TokSpace {
			space, prev = prev.Text(), prev.Prev()
		}
		newlines := nixlang.Breaks(space)
		p.linesOwn = newlines > 0 || !prev.IsValid()
		if newlines > 1 || !prev.IsValid() || !prev.Kind().IsComment() || newlines > 0 && !nixlang.StartsLine(prev) {
			return
		}
		cur = prev
	}
}

// trail takes a comment that ends the line of the last token.
func (p *piece) trail(last ast.Token) {
	next := last.Next()
	if nixlang.EndsLine(last) {
		p.lineEnds = true
		return
	}
	if next.Kind() == ast.TokSpace {
		next = next.Next()
	}
	if next.IsValid() && next.Kind().IsComment() && nixlang.EndsLine(next) {
		p.end, p.lineEnds = next.Span().End, true
	}
}

// wholeLines reports whether the piece has its lines to itself.
func (p *piece) wholeLines() bool { return p.linesOwn && p.lineEnds }

// blankAbove and blankBelow report whether a blank line stands next to the piece's own lines.
func (p *piece) blankAbove() bool {
	return p.before.IsValid() && p.before.Kind() == ast.TokSpace && nixlang.Breaks(p.before.Text()) > 1
}

func (p *piece) blankBelow() bool {
	tok := p.t.TokenAt(p.end)
	return tok.Kind() == ast.TokSpace && nixlang.Breaks(tok.Text()) > 1
}

// cut returns the edit that removes the piece. Where it has its lines to itself, they go, and with above and
// below the blank lines next to them. Else the blanks before it go, or those behind it where it starts a line;
// with join, what follows moves up behind what stands before.
func (p *piece) cut(above, below, join bool) diag.Edit {
	text := p.t.Source()
	if p.wholeLines() && !join {
		s := source.Span{Start: nixlang.LineStart(text, p.start), End: nixlang.NextLine(text, p.end)}
		if below && p.blankBelow() {
			s.End = p.end + uint32(nixlang.LastLine(p.t.TokenAt(p.end).Text()))
		}
		if above && p.blankAbove() {
			_, end := nixlang.FirstBreak(p.before.Text())
			s.Start = p.before.Start() + uint32(end)
		}
		return diag.Edit{Span: s}
	}
	s := source.Span{Start: p.start, End: p.end}
	glued := p.before.IsValid() && p.before.Kind() != ast.TokSpace
	switch prev := p.before; {
	case prev.IsValid() && prev.Kind() == ast.TokSpace && (!p.linesOwn || join && !isLineComment(prev.Prev())):
		s.Start = prev.Start()
	default:
		if next := p.t.TokenAt(p.end); next.Kind() == ast.TokSpace && !glued {
			s.End = next.Span().End
		}
	}
	e := diag.Edit{Span: s}
	if int(s.End) < len(text) && s.Start > 0 && isWord(text[s.Start-1]) && isWord(text[s.End]) {
		e.Text = " "
	}
	return e
}

func isLineComment(tok ast.Token) bool { return tok.IsValid() && tok.Kind() == ast.TokLineComment }

// isWord reports whether a byte may go on an identifier, number or path.
func isWord(c byte) bool {
	return c == '_' || c == '-' || c == '\'' || c == '.' || c == '/' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// safety is Safe for edits that take no comment away, else Unsafe.
func safety(t *ast.Tree, edits []diag.Edit) diag.Safety {
	for _, e := range edits {
		if t.HasComment(e.Span) {
			return diag.Unsafe
		}
	}
	return diag.Safe
}
