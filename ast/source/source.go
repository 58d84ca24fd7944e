// Package source holds positions: half-open byte spans, and the index that turns byte offsets into
// lines and columns at the edges of the program (reports, the language server).
package source

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Span is a half-open range [Start, End) of byte offsets into one file.
type Span struct {
	Start, End uint32
}

// Len returns the number of bytes in the span.
func (s Span) Len() int { return int(s.End) - int(s.Start) }

// Contains reports whether offset lies in [Start, End).
func (s Span) Contains(offset uint32) bool { return s.Start <= offset && offset < s.End }

// Covers reports whether o lies entirely within s.
func (s Span) Covers(o Span) bool { return s.Start <= o.Start && o.End <= s.End }

// Overlaps reports whether the two spans share at least one byte.
func (s Span) Overlaps(o Span) bool { return s.Start < o.End && o.Start < s.End }

// Of returns the text of the span in text. Offsets behind the end of text are cut.
func (s Span) Of(text string) string {
	n := uint32(len(text))
	start, end := min(s.Start, n), min(s.End, n)
	if start >= end {
		return ""
	}
	return text[start:end]
}

// Position is a place as people read it. Line and Column count from 1; Column counts Unicode code
// points, where each byte that is not valid UTF-8 is one.
type Position struct {
	Line, Column int
	Offset       uint32
}

// LineIndex finds lines in one text. A line ends behind "\n", "\r\n" or a lone "\r", as Nix counts them
// (position.cc, Pos::LinesIterator) and the Language Server Protocol does.
type LineIndex struct {
	text   string
	starts []uint32
	marks  []mark // within long lines, in order
}

// mark is a place in a long line, with the code points of the line before it.
type mark struct{ offset, points uint32 }

// markEvery is the distance of marks in bytes: so much is counted at most to find a column.
const markEvery = 4096

// NewLineIndex builds the index of text in one pass.
func NewLineIndex(text string) *LineIndex {
	x := &LineIndex{text: text, starts: lineStarts(text)}
	for i, start := range x.starts {
		end := uint32(len(text))
		if i+1 < len(x.starts) {
			end = x.starts[i+1]
		}
		if end-start > 2*markEvery {
			x.markLine(start, end)
		}
	}
	return x
}

// markLine sets the marks of a long line.
func (x *LineIndex) markLine(start, end uint32) {
	points := uint32(0)
	for at := start; ; {
		next := at + markEvery
		for next < end && !utf8.RuneStart(x.text[next]) && next < at+markEvery+utf8.UTFMax {
			next++
		}
		if next >= end {
			return
		}
		points += uint32(utf8.RuneCountInString(x.text[at:next]))
		x.marks = append(x.marks, mark{next, points})
		at = next
	}
}

func lineStarts(text string) []uint32 {
	starts := make([]uint32, 1, 1+strings.Count(text, "\n"))
	if strings.IndexByte(text, '\r') < 0 {
		for i := 0; ; {
			n := strings.IndexByte(text[i:], '\n')
			if n < 0 {
				return starts
			}
			i += n + 1
			starts = append(starts, uint32(i))
		}
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\r':
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			fallthrough
		case '\n':
			starts = append(starts, uint32(i+1))
		}
	}
	return starts
}

// Text returns the indexed text.
func (x *LineIndex) Text() string { return x.text }

// Lines returns the number of lines, at least 1. A final newline starts a last, empty line.
func (x *LineIndex) Lines() int { return len(x.starts) }

// Line returns the number, from 1, of the line that holds offset.
func (x *LineIndex) Line(offset uint32) int {
	return sort.Search(len(x.starts), func(i int) bool { return x.starts[i] > offset })
}

// LineSpan returns the span of a line (from 1) without its line end.
func (x *LineIndex) LineSpan(line int) Span {
	if line < 1 || line > len(x.starts) {
		return Span{uint32(len(x.text)), uint32(len(x.text))}
	}
	start, end := x.starts[line-1], uint32(len(x.text))
	if line < len(x.starts) {
		end = x.starts[line] - 1
		if x.text[end] == '\n' && end > start && x.text[end-1] == '\r' {
			end--
		}
	}
	return Span{start, end}
}

// Position converts a byte offset; offsets behind the end are the end.
func (x *LineIndex) Position(offset uint32) Position {
	offset = min(offset, uint32(len(x.text)))
	line := x.Line(offset)
	start, points := x.starts[line-1], 0
	if i := sort.Search(len(x.marks), func(i int) bool { return x.marks[i].offset > offset }); i > 0 && x.marks[i-1].offset > start {
		start, points = x.marks[i-1].offset, int(x.marks[i-1].points)
	}
	return Position{Line: line, Column: 1 + points + utf8.RuneCountInString(x.text[start:offset]), Offset: offset}
}

// UTF16 converts a byte offset to the zero-based line and UTF-16 code unit of the Language Server
// Protocol. A byte that is not valid UTF-8 counts as one unit.
func (x *LineIndex) UTF16(offset uint32) (line, unit int) {
	offset = min(offset, uint32(len(x.text)))
	line = x.Line(offset) - 1
	for _, r := range x.text[x.starts[line]:offset] {
		unit++
		if r > 0xFFFF {
			unit++
		}
	}
	return line, unit
}

// OffsetUTF16 is the inverse of UTF16: a unit in the middle of a surrogate pair is its start, a unit
// behind the end of the line is the end of its text, a line behind the last is the end of the file.
func (x *LineIndex) OffsetUTF16(line, unit int) uint32 {
	return x.offset(line, unit, func(r rune) int {
		if r > 0xFFFF {
			return 2
		}
		return 1
	})
}

// UTF8 converts a byte offset to a zero-based line and the byte in it.
func (x *LineIndex) UTF8(offset uint32) (line, unit int) {
	offset = min(offset, uint32(len(x.text)))
	line = x.Line(offset) - 1
	return line, int(offset - x.starts[line])
}

// OffsetUTF8 is the inverse of UTF8, with the same bounds as OffsetUTF16.
func (x *LineIndex) OffsetUTF8(line, unit int) uint32 {
	if line < 0 {
		return 0
	}
	if line >= len(x.starts) {
		return uint32(len(x.text))
	}
	s := x.LineSpan(line + 1)
	return min(s.Start+uint32(max(unit, 0)), s.End)
}

// Offset returns the byte offset of a line and column as Position counts them.
func (x *LineIndex) Offset(line, column int) uint32 {
	return x.offset(line-1, column-1, func(rune) int { return 1 })
}

func (x *LineIndex) offset(line, unit int, width func(rune) int) uint32 {
	if line < 0 {
		return 0
	}
	if line >= len(x.starts) {
		return uint32(len(x.text))
	}
	s := x.LineSpan(line + 1)
	at := s.Start
	for at < s.End {
		r, size := utf8.DecodeRuneInString(x.text[at:s.End])
		if unit -= width(r); unit < 0 {
			break
		}
		at += uint32(size)
	}
	return at
}
