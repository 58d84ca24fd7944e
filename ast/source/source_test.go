package source_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/ast/source"
)

func TestLines(t *testing.T) {
	const text = "a\nbc\r\nd\re\n\n"
	x := source.NewLineIndex(text)
	assert.Equal(t, 6, x.Lines())
	var got []string
	for line := 1; line <= x.Lines(); line++ {
		got = append(got, x.LineSpan(line).Of(text))
	}
	assert.Equal(t, []string{"a", "bc", "d", "e", "", ""}, got)
	for offset, line := range []int{1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 6} {
		assert.Equal(t, line, x.Line(uint32(offset)), "offset %d", offset)
	}
	assert.Equal(t, source.Span{Start: 11, End: 11}, x.LineSpan(7))
	assert.Equal(t, 1, source.NewLineIndex("").Lines())
}

func TestPositions(t *testing.T) {
	const text = "aé😀b\n\xffc" // 1 + 2 + 4 + 1 bytes, newline, an invalid byte
	x := source.NewLineIndex(text)
	for _, c := range []struct {
		offset             uint32
		line, column       int // code points, from 1
		line16, unit, byte int // from 0
	}{
		{0, 1, 1, 0, 0, 0}, {1, 1, 2, 0, 1, 1}, {3, 1, 3, 0, 2, 3}, {7, 1, 4, 0, 4, 7}, {8, 1, 5, 0, 5, 8}, {9, 2, 1, 1, 0, 0},
		{10, 2, 2, 1, 1, 1}, {11, 2, 3, 1, 2, 2},
	} {
		p := x.Position(c.offset)
		assert.Equal(t, source.Position{Line: c.line, Column: c.column, Offset: c.offset}, p)
		line, unit := x.UTF16(c.offset)
		assert.Equal(t, []int{c.line16, c.unit}, []int{line, unit}, "UTF-16 of %d", c.offset)
		assert.Equal(t, c.offset, x.OffsetUTF16(line, unit))
		line, unit = x.UTF8(c.offset)
		assert.Equal(t, []int{c.line16, c.byte}, []int{line, unit}, "UTF-8 of %d", c.offset)
		assert.Equal(t, c.offset, x.OffsetUTF8(line, unit))
		assert.Equal(t, c.offset, x.Offset(c.line, c.column))
	}
	assert.Equal(t, uint32(3), x.OffsetUTF16(0, 3), "the middle of a surrogate pair")
	assert.Equal(t, uint32(8), x.OffsetUTF16(0, 99))
	assert.Equal(t, uint32(11), x.OffsetUTF16(9, 0))
	assert.Equal(t, uint32(0), x.OffsetUTF16(-1, 4))
	assert.Equal(t, uint32(11), x.Position(99).Offset)
}

func TestSpans(t *testing.T) {
	s := source.Span{Start: 2, End: 5}
	assert.Equal(t, 3, s.Len())
	assert.True(t, s.Contains(2) && !s.Contains(5))
	assert.True(t, s.Covers(source.Span{Start: 3, End: 5}) && !s.Covers(source.Span{Start: 3, End: 6}))
	assert.True(t, s.Overlaps(source.Span{Start: 4, End: 9}) && !s.Overlaps(source.Span{Start: 5, End: 9}))
	assert.Equal(t, "cde", s.Of("abcdefg"))
	assert.Equal(t, "", s.Of("ab"))
}

// TestLongLines finds columns far behind the start of a line, without counting from there.
func TestLongLines(t *testing.T) {
	text := "ä\n" + strings.Repeat("aé😀\xff", 6000) + "\n" + strings.Repeat("\x80", 20000)
	x := source.NewLineIndex(text)
	for offset := 0; offset <= len(text); offset += 97 {
		if offset < len(text) && !utf8.RuneStart(text[offset]) && text[offset] != '\xff' && offset < 48000 {
			continue
		}
		p := x.Position(uint32(offset))
		start := strings.LastIndexByte(text[:offset], '\n') + 1
		assert.Equal(t, 1+utf8.RuneCountInString(text[start:offset]), p.Column, "offset %d", offset)
	}
}
