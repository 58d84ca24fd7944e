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
// would act upon is replaced. A line of more than limit columns is cut around the start of the mark, which costs
// as much as what is shown, however long the line is.
func drawLine(line string, from, to, limit int) drawing {
	from = min(from, len(line))
	to = min(max(from, to), len(line))
	at := runeStart(line, from)
	lo, before := backward(line, at, limit)
	hi, after := forward(line, at, limit)
	if lo > 0 || hi < len(line) || before+after > limit {
		// A third of the columns goes to what stands before the mark, more where less follows.
		left := limit / 3
		if hi == len(line) {
			left = max(left, limit-after)
		}
		left = min(left, before)
		lo, _ = backward(line, at, left)
		hi, _ = forward(line, at, limit-left)
		for lo > 0 && lo < at { // marks go with the character before them, which is cut off
			r, size := utf8.DecodeRuneInString(line[lo:])
			if _, w := glyph(r, size); w > 0 {
				break
			}
			lo += size
		}
	}
	var d drawing
	var b strings.Builder
	if lo > 0 {
		b.WriteString("…")
		d.before++
	}
	for i := lo; i < hi; {
		r, size := utf8.DecodeRuneInString(line[i:hi])
		r, w := glyph(r, size)
		if r >= 0 {
			b.WriteRune(r)
		}
		switch {
		case i < from:
			d.before += w
		case i < to:
			d.marked += w
		}
		i += size
	}
	if hi < len(line) {
		b.WriteString("…")
	}
	d.text = b.String()
	if lo == 0 && hi == len(line) {
		d.text = strings.TrimRight(d.text, " ")
	}
	return d
}

// bytesPerColumn bounds how many bytes are looked at for one column, should none of them take any.
const bytesPerColumn = 16

// runeStart returns the start of the code point that the byte at an offset belongs to.
func runeStart(line string, at int) int {
	for start := at; start >= 0 && start < len(line) && at-start < utf8.UTFMax; start-- {
		if utf8.RuneStart(line[start]) {
			if _, size := utf8.DecodeRuneInString(line[start:]); start+size > at {
				return start
			}
			break
		}
	}
	return at
}

// forward returns how far at most limit columns reach from an offset, and the columns up to there.
func forward(line string, at, limit int) (end, columns int) {
	for end = at; end < len(line) && end-at < bytesPerColumn*limit; {
		r, size := utf8.DecodeRuneInString(line[end:])
		_, w := glyph(r, size)
		if columns+w > limit {
			break
		}
		columns += w
		end += size
	}
	return end, columns
}

// backward is forward to the start of the line.
func backward(line string, at, limit int) (start, columns int) {
	for start = at; start > 0 && at-start < bytesPerColumn*limit; {
		r, size := utf8.DecodeLastRuneInString(line[:start])
		_, w := glyph(r, size)
		if columns+w > limit {
			break
		}
		columns += w
		start -= size
	}
	return start, columns
}

// glyph returns what stands for a rune in an excerpt, or -1 for nothing, and its columns. Terminals do not agree on how wide
// characters are that are joined of several (families, flags, shades of skin), so these are shown by parts of which
// they do: what joins them is left out, flags are the letters of their country.
func glyph(r rune, size int) (rune, int) {
	switch {
	case ' ' <= r && r < 0x7f:
		return r, 1
	case r == '\t':
		return ' ', 1
	case r < ' ':
		return '\u2400' + r, 1
	case r == 0x7f:
		return '\u2421', 1
	case r == utf8.RuneError && size == 1, unicode.Is(unicode.Cc, r), isBidi(r):
		return '\uFFFD', 1
	case r == '\u200c', r == '\u200d', unicode.Is(unicode.Variation_Selector, r), 0x1F3FB <= r && r <= 0x1F3FF, 0xE0020 <= r && r <= 0xE007F:
		return -1, 0
	case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
		return '\uFFFD', 1
	case unicode.In(r, unicode.Mn, unicode.Me), 0x1160 <= r && r <= 0x11FF, 0xD7B0 <= r && r <= 0xD7FF: // vowels and ends of Korean syllables
		return r, 0
	case r < 0x1100:
		return r, 1
	case 0x1F1E6 <= r && r <= 0x1F1FF:
		return 'A' + r - 0x1F1E6, 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return r, 2
	}
	return r, 1
}

// isBidi reports whether a rune changes the direction of the text around it, which can make code look like
// other code.
func isBidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// Visible returns a text for one line of a terminal: what is no printable text, such as an escape sequence in the
// name of a file, is escaped as in a Go string. Whatever a program says to people of names and code goes through it.
func Visible(s string) string {
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

// visibleLines is Visible for each line of a text.
func visibleLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = Visible(l)
	}
	return strings.Join(lines, "\n")
}
