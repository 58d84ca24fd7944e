package suppress

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/parser"
)

func TestOwn(t *testing.T) {
	for comment, own := range map[string]bool{
		"# nixsift: ignore[a] cached": true, "## nixsift: ignore-file[a]": true, "/* nixsift: ignore[a] why */": true, "/** nixsift: ignore[a] */": true,
		"# nixsift: ignores it": true, "# cached": false, "# see nixsift: it says": false, "# deadnix: skip": false, "# nixsift is a linter": false, "#": false,
	} {
		assert.Equal(t, own, Own(comment), comment)
	}
}

// TestBlanked compares with the text without suppressions, line by line.
func TestBlanked(t *testing.T) {
	const own = "# nixsift: ignore[a] why"
	for text, want := range map[string]string{
		"a " + own + "\nb":                           "a\nb",
		"a\n  " + own + "\n  b":                      "a\nb",
		"a\r\n  " + own + "\r\n" + own + "\r\n  b":   "a\r\nb",
		"a\n\n" + own + "\nb":                        "a\n\nb",
		"a\n" + own + "\n\nb":                        "a\n\nb",
		own + "\nb":                                  "b",
		own + "\r\n" + own + "\r\n# x\r\nb":          "# x\r\nb",
		"a\n# x\n" + own + "\nb":                     "a\n# x\nb",
		"a\n# x\n/* nixsift: ignore[a]\n b */\nb":    "a\n# x\nb",
		"a /* nixsift: ignore[a] */ b":               "a b",
		"a\n/* nixsift: ignore[a] */ " + own + "\nb": "a\nb",
		"a\n/* nixsift: ignore[a] */ b":              "a\nb",
		"a\n" + own:                                  "a\n",
		"'' " + own + "''":                           "'' " + own + "''",
	} {
		tree := parser.Parse(text)
		got := Blanked(tree, source.Span{End: uint32(len(text))})
		require.Len(t, got, len(text), "%q", text)
		var lines []string
		for line := range strings.SplitSeq(got, "\n") {
			lines = append(lines, strings.Join(strings.FieldsFunc(line, func(r rune) bool { return r == ' ' }), " "))
		}
		assert.Equal(t, want, strings.Join(lines, "\n"), "%q", text)
		assert.True(t, sameTokens(tree, Without(tree)), "%q", text)
	}
	r := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"a", " ", "\n", "\r\n", "\r", own + "\n", "# y\r", "/* nixsift: ignore[a] */", "/* c\n d */", "\t", "1 "}
	for range 3000 {
		var b strings.Builder
		for range r.IntN(14) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		tree := parser.Parse(b.String())
		without := Without(tree)
		require.Len(t, without.Source(), b.Len())
		require.True(t, sameTokens(tree, without), "%q", b.String())
		for c := range without.Comments() {
			require.False(t, Own(c.Text()), "%q", b.String())
			require.Equal(t, c.Text(), c.Span().Of(b.String()))
		}
	}
}
