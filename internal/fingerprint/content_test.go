package fingerprint

import (
	"fmt"
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
		edited               string
		line, before, behind bool // what stays
	}{
		"lines before":       {"# a comment\n\n" + text, true, true, true},
		"neighbours edited":  {strings.ReplaceAll(strings.Replace(text, "{ pkgs, ... }", "args", 1), "list = ", "list  =  "), true, true, true},
		"neighbour close by": {strings.Replace(text, "  services", "  x = 1;\n  services", 1), true, true, true},
		"formatted": {strings.NewReplacer("{ enable", "{\n    enable", " list", "\n    list", "[ a b ]", "[\n      a\n      b\n    ]", " };\n", "\n  };\n").
			Replace(text), false, true, true},
		"right before it":  {strings.Replace(text, "with", "let", 1), false, false, true},
		"right behind it":  {strings.Replace(text, "[ a", "[ c a", 1), false, true, false},
		"both sides":       {strings.NewReplacer("with", "let", "[ a", "[ c a").Replace(text), false, false, false},
		"something before": {strings.Replace(text, "services", "x = 1; services", 1), false, true, true},
		"something behind": {strings.Replace(text, " };", " x = 1; };", 1), false, true, false},
		"line ends":        {strings.ReplaceAll(text, "\n", "\r\n"), true, true, true},
		"a suppression":    {strings.Replace(text, " [ a b ]; };", " [ a b ]; }; # nixsift: ignore[x] why", 1), true, true, true},
		"a block":          {strings.Replace(text, " [ a b ]; };", " [ a b ]; };/*nixsift:ignore[x]*/", 1), true, true, true},
		"a comment":        {strings.Replace(text, " [ a b ]; };", " [ a b ]; }; # nixsift: good", 1), false, true, true},
		"no comment":       {strings.Replace(text, " [ a b ]; };", " [ a b ]; }; nixsift: ignore", 1), false, true, true},
		"the line":         {strings.Replace(text, "true", "false", 1), false, true, true},
		"what is marked":   {strings.Replace(text, "bad", "badly", 1), false, false, false},
	} {
		after := contents(c.edited)[0]
		assert.Equal(t, c.line, before.Line == after.Line, name)
		assert.Equal(t, c.before, before.Before == after.Before, name)
		assert.Equal(t, c.behind, before.Behind == after.Behind, name)
	}
	path := "{ a = ./secrets/of/the/whole/cluster/tailscale-auth-%s.age; }"
	one, other := fmt.Sprintf(path, "key"), fmt.Sprintf(path, "other")
	a, b := ContentOf(one, source.Span{Start: 6, End: uint32(len(one) - 3)}), ContentOf(other, source.Span{Start: 6, End: uint32(len(other) - 3)})
	assert.False(t, a.Line == b.Line || a.Before == b.Before || a.Behind == b.Behind, "paths that differ at their end only")
	alike := contents("x = bad;\ny = 1;\nx = bad;\n")
	assert.Equal(t, alike[0].Line, alike[1].Line)
	assert.NotEqual(t, alike[0].Before, alike[1].Before)
	assert.NotEqual(t, alike[0].Behind, alike[1].Behind)
	for _, span := range []source.Span{{Start: 99, End: 200}, {Start: 1, End: 2}, {Start: 2, End: 1}} {
		assert.NotPanics(t, func() { ContentOf("é\r\n", span); ContentOf("", span) })
	}
}

func TestContentText(t *testing.T) {
	for _, c := range []Content{{}, {1, 2, 3}, {1 << 63, 0xabcdef, 5}, ContentOf("a bad b", source.Span{Start: 2, End: 5})} {
		assert.Regexp(t, `^[0-9a-f]{16}-[0-9a-f]{16}-[0-9a-f]{16}$`, c.String())
		got, ok := ParseContent(c.String())
		require.True(t, ok)
		assert.Equal(t, c, got)
	}
	const h = "0123456789abcdef"
	for _, s := range []string{"", "-", h, h + "-" + h, h + "-" + h + "-" + h[1:], h + "-" + h + "_" + h, strings.ToUpper(h + "-" + h + "-" + h), h + "-" + h + "-" + h[1:] + "g", h + "-" + h + h + "-"} {
		_, ok := ParseContent(s)
		assert.False(t, ok, s)
	}
}

// TestAbout holds that the subject tells findings of one place apart, and stands for them wherever they are if it says so.
func TestAbout(t *testing.T) {
	one, other := contents("x = bad;\n")[0], contents("y = [ bad ];\n")[0]
	seen := map[Content]bool{one: true, other: true}
	for _, c := range []Content{one.About("a", false), one.About("b", false), other.About("a", false), one.About("a", true), one.About("b", true)} {
		assert.False(t, seen[c])
		seen[c] = true
	}
	assert.Equal(t, one.About("a", true), other.About("a", true))
}
