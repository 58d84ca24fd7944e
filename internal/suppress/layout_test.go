package suppress

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/parser"
)

// TestLayout compares with a plain look at the text around each comment.
func TestLayout(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", " ", "\n", "\r\n", "\r", "#x\n", "# y\r", "/*b*/", "/* c\n d */", "\t", "1 "}
	for range 3000 {
		var b strings.Builder
		for range r.IntN(14) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		var comments []source.Span
		masked := []byte(text) // comments as blanks
		for c := range parser.Parse(text).Comments() {
			comments = append(comments, c.Span())
			for i := c.Start(); i < c.Span().End; i++ {
				if text[i] != '\n' && text[i] != '\r' {
					masked[i] = ' '
				}
			}
		}
		l, lines := newLayout(text, comments), source.NewLineIndex(text)
		for i, c := range comments {
			first, last := lines.LineSpan(lines.Line(c.Start)), lines.LineSpan(lines.Line(c.End))
			assert.Equal(t, isBlank(string(masked[first.Start:c.Start])), l.before[i], "%q before %v", text, c)
			assert.Equal(t, isBlank(string(masked[c.End:max(c.End, last.End)])), l.after[i], "%q after %v", text, c)
			code := len(masked) - len(strings.TrimLeft(string(masked[c.End:]), space))
			assert.Equal(t, uint32(code), l.code[i], "%q code behind %v", text, c)
			assert.Equal(t, isBlank(string(masked[:c.Start])), l.leading(i), "%q leads %v", text, c)
		}
	}
}

// TestGrowth: what a finding or a comment costs does not depend on how many comments there are.
func TestGrowth(t *testing.T) {
	const ignore = "/* nixsift: ignore[alpha] why */"
	for name, text := range map[string]func(n int) string{
		"used, a line each":    func(n int) string { return "[\n" + strings.Repeat("a # nixsift: ignore[alpha] why\n", n) + "]" },
		"unused, a line each":  func(n int) string { return "[\n" + strings.Repeat("b # nixsift: ignore[alpha] why\n", n) + "]" },
		"one below the other":  func(n int) string { return strings.Repeat("# nixsift: ignore[alpha] why\n", n) + "[ a a ]" },
		"on one line":          func(n int) string { return "[" + strings.Repeat("a "+ignore, n) + "]" },
		"on one line, alone":   func(n int) string { return strings.Repeat(ignore, n) + "a" },
		"names in one comment": func(n int) string { return "a # nixsift: ignore[" + strings.Repeat("alpha, beta, zz, ", n) + "] why" },
		"for the file":         func(n int) string { return strings.Repeat("# nixsift: ignore-file[alpha] why\n", n) + "a" },
		"malformed":            func(n int) string { return strings.Repeat("# Nixsift ignore alpha\n# nixf-ignore: zzz\n", n) + "a" },
	} {
		t.Run(name, func(t *testing.T) {
			growth.Memory(t, name, 250, func(n int) func() {
				src := text(n)
				tree := parser.Parse(src)
				require.Empty(t, tree.Errors())
				var found []diag.Finding
				for at := range len(src) {
					if src[at] == 'a' && strings.HasPrefix(src[at+1:]+" ", " ") {
						found = append(found, diag.Finding{Rule: "alpha", Span: source.Span{Start: uint32(at), End: uint32(at + 1)}})
					}
				}
				return func() {
					table := Parse(tree, testRules())
					_, _, extra := table.Apply(append([]diag.Finding(nil), found...), all)
					looked := 0
					for _, x := range table.byRule {
						looked += x.seen
					}
					assert.LessOrEqual(t, looked, 4*(len(found)+len(extra))+10)
				}
			})
		})
	}
}
