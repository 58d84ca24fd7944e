package nixlang_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/parser"
)

func TestBreaks(t *testing.T) {
	for _, c := range []struct {
		text        string
		breaks      int
		first, last int
		eol         string
	}{
		{"", 0, -1, 0, "\n"}, {"ab", 0, -1, 0, "\n"}, {"a\nb\n", 2, 1, 4, "\n"}, {"a\r\nb", 1, 1, 3, "\r\n"}, {"a\rb", 1, 1, 2, "\r"},
		{"a\n\rb", 2, 1, 3, "\n"}, {"\r\r\n", 2, 0, 3, "\r"},
	} {
		first, _ := nixlang.FirstBreak(c.text)
		assert.Equal(t, c.breaks, nixlang.Breaks(c.text), "%q", c.text)
		assert.Equal(t, c.first, first, "%q", c.text)
		assert.Equal(t, c.last, nixlang.LastLine(c.text), "%q", c.text)
		assert.Equal(t, c.eol, nixlang.LineBreak(c.text), "%q", c.text)
		assert.Equal(t, c.breaks > 0, nixlang.HasBreak(c.text), "%q", c.text)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{ X; }", "{ }"},
		{"{ a = 1; X; b = 2; }", "{ a = 1; b = 2; }"},
		{"{X;}", "{}"},
		{"let X;in 1", "let in 1"},
		{"let a = 1; X;in a", "let a = 1; in a"},
		{"{\n  X;\n}\n", "{\n}\n"},
		{"{\n  a = 1;\n  X; # why\n  b = 2;\n}", "{\n  a = 1;\n  # why\n  b = 2;\n}"},
		{"{\n  a = 1; X;\n}", "{\n  a = 1;\n}"},
		{"{\n  X; a = 1;\n}", "{\n  a = 1;\n}"},
		{"{ # c\n  X; }", "{ # c\n  }"},
		{"{\n  X;\n\n  a = 1;\n}", "{\n  a = 1;\n}"},
		{"{\n  b = 1;\n\n  X;\n\n  a = 1;\n}", "{\n  b = 1;\n\n  a = 1;\n}"},
		{"{\n  b = 1;\n  X;\n\n  a = 1;\n}", "{\n  b = 1;\n\n  a = 1;\n}"},
		{"{\n  b = 1;\n\n  X;\n  a = 1;\n}", "{\n  b = 1;\n\n  a = 1;\n}"},
		{"{\n  b = 1;\n\n  X;\n}", "{\n  b = 1;\n}"},
		{"let\n  b = 1;\n\n  X;\nin b", "let\n  b = 1;\nin b"},
		{"{\n  b = 1;\n\n  X;\n  inner = 1;\n}", "{\n  b = 1;\n\n  inner = 1;\n}"},
		{"{\n  # c\n\n  X;\n\n  a = 1;\n}", "{\n  # c\n\n  a = 1;\n}"},
		// A lone CR ends a comment, so that what is behind it does not go on with it.
		{"{ a = 1; # c\r  X; b = 2; }", "{ a = 1; # c\r  b = 2; }"},
		{"{ a = 1; # c\rX;\rb = 2; }", "{ a = 1; # c\rb = 2; }"},
		{"{\r\n  a = 1; # c\r\n  X;\r\n\r\n  b = 2;\r\n}", "{\r\n  a = 1; # c\r\n\r\n  b = 2;\r\n}"},
		{"{\n\tX;\n\ta = 1;\n}", "{\n\ta = 1;\n}"},
	} {
		text := strings.Replace(c.text, "X;", "inherit;", 1)
		at := uint32(strings.Index(text, "inherit;"))
		e := nixlang.Cut(parser.Parse(text), source.Span{Start: at, End: at + 8})
		assert.Equal(t, c.want, text[:e.Span.Start]+e.Text+text[e.Span.End:], "%q", c.text)
	}
}
