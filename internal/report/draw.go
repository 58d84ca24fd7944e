package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// drawing is a line as a terminal shows it, with the columns of its marked part.
type drawing struct {
	text   string
	before int // columns before the marked part
	marked int // columns of the marked part
}

// drawLine lays out a line whose bytes [from, to) are marked. Each tab is one blank, and what a terminal
// would act upon is replaced. A line of more than limit columns is cut around the start of the mark.
func drawLine(line string, from, to, limit int) drawing {
	from = min(from, len(line))
	to = min(max(from, to), len(line))
	// Far ends of a huge line are cut before they are looked at: no column takes more than some bytes.
	lo, hi := 0, len(line)
	if reach := 8 * limit; from-lo > reach {
		for lo = from - reach; lo < from && !utf8.RuneStart(line[lo]); lo++ {
		}
	}
	if reach := 16 * limit; hi-from > reach {
		hi = from + reach
	}
	type cell struct {
		text  string
		width int
		at    int // the byte in the line
	}
	var cells []cell
	total, before := 0, 0
	for i := lo; i < hi; {
		r, size := utf8.DecodeRuneInString(line[i:hi])
		text, w := glyph(r, size)
		cells = append(cells, cell{text, w, i})
		total += w
		if i < from {
			before += w
		}
		i += size
	}
	left, right := 0, total // the columns shown
	if total > limit || lo > 0 || hi < len(line) {
		left = max(0, min(before-limit/3, total-limit))
		right = left + limit
	}
	var d drawing
	var b strings.Builder
	if left > 0 || lo > 0 {
		b.WriteString("…")
		d.before++
	}
	column := 0
	for _, c := range cells {
		if column >= left && column+c.width <= right {
			b.WriteString(c.text)
			switch {
			case c.at < from:
				d.before += c.width
			case c.at < to:
				d.marked += c.width
			}
		}
		column += c.width
	}
	if right < total || hi < len(line) {
		b.WriteString("…")
	}
	d.text = b.String()
	if left == 0 && right >= total {
		d.text = strings.TrimRight(d.text, " ")
	}
	return d
}

// glyph returns what stands for a rune in an excerpt, and its columns.
func glyph(r rune, size int) (string, int) {
	switch {
	case r == '\t':
		return " ", 1
	case r < ' ':
		return string('\u2400' + r), 1
	case r == 0x7f:
		return "\u2421", 1
	case r == utf8.RuneError && size == 1, unicode.Is(unicode.Cc, r), isBidi(r):
		return "\uFFFD", 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return string(r), 0
	case r < 0x1100:
		return string(r), 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return string(r), 2
	}
	return string(r), 1
}

// isBidi reports whether a rune changes the direction of the text around it, which can make code look like
// other code.
func isBidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// visible returns a text for one line of a terminal: what is no printable text is escaped as in a Go
// string.
func visible(s string) string {
	ok := func(r rune) bool {
		return r != utf8.RuneError && (unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r)) && !isBidi(r)
	}
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !ok(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case ok(r):
			b.WriteString(s[:size])
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[0]), 16))
		default:
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
		s = s[size:]
	}
	return b.String()
}
