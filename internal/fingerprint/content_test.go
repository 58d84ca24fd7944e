package fingerprint

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
)

// contents returns the contents of each word that starts with "bad".
func contents(text string) []Content {
	var out []Content
	for _, at := range regexp.MustCompile(`bad\w*`).FindAllStringIndex(text, -1) {
		out = append(out, ContentOf(text, source.Span{Start: uint32(at[0]), End: uint32(at[1])}))
	}
	return out
}

func TestContent(t *testing.T) {
	const text = "{ pkgs, ... }:\n{\n  a = \"a line that is long enough to be more than what counts\";\n  services = { enable = true; list = with bad; [ a b ]; };\n  other = 1;\n}\n"
	before := contents(text)[0]
	for name, c := range map[string]struct {
		edited       string
		line, around bool // what stays
	}{
		"lines before":       {"# a comment\n\n" + text, true, true},
		"neighbours edited":  {strings.ReplaceAll(strings.Replace(text, "{ pkgs, ... }", "args", 1), "list = ", "list  =  "), true, true},
		"neighbour close by": {strings.Replace(text, "  services", "  x = 1;\n  services", 1), true, true},
		"formatted": {strings.NewReplacer("{ enable", "{\n    enable", " list", "\n    list", "[ a b ]", "[\n      a\n      b\n    ]", " };\n", "\n  };\n").
			Replace(text), false, true},
		"its neighbours": {strings.NewReplacer("list", "x = 1;\n list", "[ a", "[ c\na").Replace(text), false, false},
		"line ends":      {strings.ReplaceAll(text, "\n", "\r\n"), true, true},
		"a suppression":  {strings.Replace(text, " [ a b ]; };", " [ a b ]; }; # nixsift: ignore[x] why", 1), true, false},
		"a block":        {strings.Replace(text, " [ a b ]; };", " [ a b ]; };/*nixsift:ignore[x]*/", 1), true, false},
		"a comment":      {strings.Replace(text, " [ a b ]; };", " [ a b ]; }; # nixsift: good", 1), false, false},
		"no comment":     {strings.Replace(text, " [ a b ]; };", " [ a b ]; }; nixsift: ignore", 1), false, false},
		"the line":       {strings.Replace(text, "true", "false", 1), false, true},
		"what is marked": {strings.Replace(text, "bad", "badly", 1), false, false},
	} {
		after := contents(c.edited)[0]
		assert.Equal(t, c.line, before.Line == after.Line, name)
		assert.Equal(t, c.around, before.Around == after.Around, name)
	}
	alike := contents("x = bad;\ny = 1;\nx = bad;\n")
	assert.Equal(t, alike[0].Line, alike[1].Line)
	assert.NotEqual(t, alike[0].Around, alike[1].Around)
	for _, span := range []source.Span{{Start: 99, End: 200}, {Start: 1, End: 2}, {Start: 2, End: 1}} {
		assert.NotPanics(t, func() { ContentOf("é\r\n", span); ContentOf("", span) })
	}
}

func TestContentText(t *testing.T) {
	for _, c := range []Content{{}, {1, 2}, {1 << 63, 0xabcdef}, ContentOf("a bad b", source.Span{Start: 2, End: 5})} {
		assert.Regexp(t, `^[0-9a-f]{16}-[0-9a-f]{16}$`, c.String())
		got, ok := ParseContent(c.String())
		require.True(t, ok)
		assert.Equal(t, c, got)
	}
	for _, s := range []string{"", "-", "0123456789abcdef", "0123456789abcdef-0123456789abcde", "0123456789ABCDEF-0123456789abcdef", "0123456789abcdeg-0123456789abcdef", "0123456789abcde-00123456789abcdef"} {
		_, ok := ParseContent(s)
		assert.False(t, ok, s)
	}
}
