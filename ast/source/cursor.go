package source

import "unicode/utf8"

// Cursor converts offsets that lie near each other in time linear in the text between them, where
// LineIndex takes time linear in the line: a file may be one long line with thousands of places to name.
// It is for one goroutine.
type Cursor struct {
	index  *LineIndex
	line   int    // of the last offset, from 0; -1 before the first call
	offset uint32 // in bytes, at the start of a character
	unit   int    // UTF-16 code units from the start of the line to offset
}

// Cursor returns a cursor on the text.
func (x *LineIndex) Cursor() *Cursor { return &Cursor{index: x, line: -1} }

// UTF16 does what LineIndex.UTF16 does.
func (c *Cursor) UTF16(offset uint32) (line, unit int) {
	text := c.index.text
	offset = min(offset, uint32(len(text)))
	line = c.index.Line(offset) - 1
	start := c.index.starts[line]
	if int(offset) < len(text) && !utf8.RuneStart(text[offset]) {
		return line, utf16Length(text[start:offset])
	}
	switch {
	case line == c.line && offset >= c.offset:
		unit = c.unit + utf16Length(text[c.offset:offset])
	case line == c.line && c.offset-offset < offset-start:
		unit = c.unit - utf16Length(text[offset:c.offset])
	default:
		unit = utf16Length(text[start:offset])
	}
	c.line, c.offset, c.unit = line, offset, unit
	return line, unit
}

// utf16Length counts code units; a byte that is not valid UTF-8 is one.
func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
