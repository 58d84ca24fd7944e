package report

import (
	"strings"
	"unicode/utf8"
)

// minWidth is the narrowest terminal that is laid out for; in narrower ones lines are broken by the terminal.
const minWidth = 20

// Columns returns the columns that a terminal needs for a text, as Visible returns it.
func Columns(s string) int {
	n := 0
	for _, r := range s {
		_, w := glyph(r, utf8.RuneLen(r))
		n += w
	}
	return n
}

// wrap breaks a text at its blanks into lines of at most so many columns, the first of which may be narrower. A word that
// is wider has a line of its own. Without a width there is one line.
func wrap(text string, first, width int) []string {
	if width <= 0 {
		return []string{text}
	}
	var lines []string
	line, used, limit := "", 0, first
	for i, word := range strings.Split(text, " ") {
		n := Columns(word)
		switch {
		case i > 0 && used+1+n <= limit:
			line, used = line+" "+word, used+1+n
			continue
		case i > 0 || n > limit && n <= width:
			lines = append(lines, line)
			limit = width
		}
		line, used = word, n
	}
	return append(lines, line)
}

// width returns the columns of the terminal that are laid out for, or 0 where no terminal reads.
func (p *printer) width() int {
	if p.opts.Width <= 0 {
		return 0
	}
	return max(p.opts.Width, minWidth)
}

// wrapped writes a text behind what stands on the line already, which takes some columns; further lines are indented. Each
// line is drawn by paint.
func (p *printer) wrapped(text string, taken, indent int, paint func(...any) string) {
	w := p.width()
	for i, line := range wrap(text, w-taken, w-indent) {
		if i > 0 {
			p.printf("\n%s", strings.Repeat(" ", indent))
		}
		if line != "" {
			p.printf("%s", paint(line))
		}
	}
	p.printf("\n")
}
