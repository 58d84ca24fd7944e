package suppress

import (
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// layout knows where the comments of a text stand among its lines and its code. It is made in one pass, since a
// text may have thousands of comments on one line, or one below the other.
type layout struct {
	text     string
	lines    *source.LineIndex
	comments []source.Span
	// before and after tell whether nothing but blanks and comments stands between a comment and the start of its
	// first line, or the end of its last.
	before, after []bool
	code          []uint32 // the offset of the first code behind each comment
	first         uint32   // the offset of the first code of all
}

const space = " \t\r\n\f\v\uFEFF" // the byte order mark among them

func isBlank(s string) bool { return strings.TrimLeft(s, space) == "" }

func newLayout(text string, comments []source.Span) *layout {
	n := len(comments)
	l := &layout{
		text: text, lines: source.NewLineIndex(text), comments: comments,
		before: make([]bool, n), after: make([]bool, n), code: make([]uint32, n),
	}
	for i, c := range comments {
		start := l.start(c.Start)
		if i == 0 || comments[i-1].End <= start {
			l.before[i] = isBlank(text[start:c.Start])
			continue
		}
		last := comments[i-1]
		l.before[i] = isBlank(text[last.End:c.Start]) && (last.Start <= start || l.before[i-1])
	}
	for i := n - 1; i >= 0; i-- {
		c, end := comments[i], l.end(comments[i].End)
		limit := uint32(len(text))
		if i+1 < n {
			limit = comments[i+1].Start
		}
		if l.code[i] = codeAt(text[:limit], c.End); l.code[i] == limit && i+1 < n {
			l.code[i] = l.code[i+1]
		}
		if i+1 == n || limit >= end {
			l.after[i] = isBlank(text[c.End:end])
		} else {
			l.after[i] = isBlank(text[c.End:limit]) && (comments[i+1].End >= end || l.after[i+1])
		}
	}
	if l.first = codeAt(text, 0); n > 0 && l.first == comments[0].Start {
		l.first = l.code[0]
	}
	return l
}

// codeAt returns the offset of the first byte at or behind one that is no blank.
func codeAt(text string, at uint32) uint32 {
	return uint32(len(text) - len(strings.TrimLeft(text[at:], space)))
}

// start returns the offset at which the line of an offset starts.
func (l *layout) start(at uint32) uint32 { return l.lines.LineSpan(l.lines.Line(at)).Start }

// end returns the offset at which the line of an offset ends, before its line end.
func (l *layout) end(at uint32) uint32 { return max(at, l.lines.LineSpan(l.lines.Line(at)).End) }

// next returns the offset at which the line behind that of an offset starts; behind the last line, one more than
// the length of the text.
func (l *layout) next(at uint32) uint32 {
	line := l.lines.Line(at)
	if line == l.lines.Lines() {
		return uint32(len(l.text)) + 1
	}
	return l.lines.LineSpan(line + 1).Start
}

// alone reports whether nothing but blanks and comments stands on the lines of comment i.
func (l *layout) alone(i int) bool { return l.before[i] && l.after[i] }

// nextCode returns the end of the line with the first code behind comment i.
func (l *layout) nextCode(i int) uint32 { return l.next(l.code[i]) }

// leading reports whether no code stands before comment i.
func (l *layout) leading(i int) bool { return l.comments[i].Start < l.first }

// covered returns what a suppression in comment i speaks about, without the comment itself: its line, or where it
// is alone on its lines, what follows up to the end of the next line with code.
func (l *layout) covered(i int) (from, to uint32) {
	c := l.comments[i]
	if l.alone(i) {
		return l.end(c.End), l.nextCode(i)
	}
	return l.start(c.Start), l.next(c.Start)
}
