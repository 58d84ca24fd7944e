package suppress

import (
	"slices"
	"sort"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// lineBefore returns where a comment alone on its line can stand before a line of a Nix file: at its start, or before a
// documentation comment, which belongs to what follows it.
func lineBefore(t *ast.Tree, lines *source.LineIndex, line int) (at uint32, ok bool) {
	at = lineStart(t.Source(), lines, line)
	if line == 1 {
		return at, !strings.HasPrefix(t.Source()[at:], "#!")
	}
	space := t.TokenAt(at - 1)
	if space.Kind() != ast.TokSpace || strings.HasPrefix(t.Source()[at:], "#!") {
		return at, false
	}
	if space.Start() > 0 {
		doc := t.TokenAt(space.Start() - 1)
		first := lineStart(t.Source(), lines, lines.Line(doc.Start()))
		if doc.Kind() == ast.TokBlockComment && strings.HasPrefix(doc.Text(), "/**") && isBlank(t.Source()[first:doc.Start()]) {
			if first <= textStart(t.Source()) || t.TokenAt(first-1).Kind() == ast.TokSpace {
				return first, true
			}
		}
	}
	return at, true
}

// canStandBehind reports whether a comment can stand at the end of a line of a Nix file.
func canStandBehind(t *ast.Tree, lines *source.LineIndex, line int) bool {
	s := lines.LineSpan(line)
	code := uint32(len(strings.TrimRight(s.Of(t.Source()), blanks)))
	if code == 0 || t.TokenAt(s.Start+code-1).Kind() == ast.TokLineComment {
		return false
	}
	return s.End == uint32(len(t.Source())) || t.TokenAt(s.End).Kind() == ast.TokSpace
}

// placeWithin returns where on a line of a Nix file a block comment can stand for a finding that starts at an offset, although the line
// starts and ends in strings: before the brace that closes the antiquotation around it, else at any code of the line.
func placeWithin(t *ast.Tree, lines *source.LineIndex, line int, at uint32) (offset uint32, ok bool) {
	s := lines.LineSpan(line)
	for n := t.NodeAt(source.Span{Start: at, End: at + 1}); n.IsValid(); n = n.Parent() {
		if !n.Is(ast.Interpolation) {
			continue
		}
		if last := n.LastToken(); last.Kind() == ast.TokRBrace && last.Start() < s.End {
			if prev := last.PrevSignificant(); prev.Span().End > s.Start {
				return prev.Span().End, true
			}
		}
		if open := n.FirstToken(); open.Kind() == ast.TokDollarCurly && open.Start() >= s.Start {
			return open.Span().End, true
		}
	}
	for tok := t.TokenAt(s.Start); tok.IsValid() && tok.Start() < s.End; tok = tok.Next() {
		switch {
		case tok.Start() < s.Start:
		case tok.Kind() == ast.TokDollarCurly, tok.Kind() == ast.TokSemi:
			return tok.Span().End, true
		case tok.Kind() == ast.TokSpace:
			return tok.Start(), true
		}
	}
	return 0, false
}

// byteOrderMark may stand at the start of a text, and only there.
const byteOrderMark = "\uFEFF"

// textStart returns where a text starts, behind a byte order mark.
func textStart(text string) uint32 {
	return uint32(len(text) - len(strings.TrimPrefix(text, byteOrderMark)))
}

// lineStart returns where a comment before a line starts: where the line does, on the first one behind a byte order mark.
func lineStart(text string, lines *source.LineIndex, line int) uint32 {
	return max(lines.LineSpan(line).Start, textStart(text))
}

// top returns the start of the first line that is not for the program that runs the file.
func top(text string) (at uint32, ok bool) {
	at = textStart(text)
	for strings.HasPrefix(text[at:], "#!") {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			return at, false
		}
		at += uint32(end) + 1
	}
	return at, true
}

// Marks numbers the places of a text so that the numbers stay when suppressions come and go: by the bytes before a place that are
// neither white space nor in one of nixsift's own suppressions.
type Marks struct{ before []uint32 } // by offset

// MarksOf numbers the places of a Nix file.
func MarksOf(t *ast.Tree) Marks {
	var own []source.Span
	for c := range t.Comments() {
		if Own(c.Text()) {
			own = append(own, c.Span())
		}
	}
	return newMarks(t.Source(), own)
}

// MarksOfText numbers the places of a text as InsertText takes it.
func MarksOfText(text string) Marks {
	return newMarks(text, slices.DeleteFunc(hashComments(text), func(s source.Span) bool { return !Own(s.Of(text)) }))
}

func newMarks(text string, own []source.Span) Marks {
	m := Marks{make([]uint32, len(text)+1)}
	n := uint32(0)
	for i := range len(text) {
		m.before[i] = n
		for len(own) > 0 && own[0].End <= uint32(i) {
			own = own[1:]
		}
		if !strings.ContainsRune(space, rune(text[i])) && (len(own) == 0 || uint32(i) < own[0].Start) {
			n++
		}
	}
	m.before[len(text)] = n
	return m
}

// Of returns the number of the place at an offset.
func (m Marks) Of(offset uint32) uint32 { return m.before[min(int(offset), len(m.before)-1)] }

// At returns the last offset with a number: that of what stands there, behind blanks and suppressions.
func (m Marks) At(mark uint32) uint32 {
	i := sort.Search(len(m.before), func(i int) bool { return m.before[i] > mark })
	return uint32(max(i-1, 0))
}
