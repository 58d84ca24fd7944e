package ast_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/parser"
)

// TestPlacedTexts holds the placed pieces of strings made at random against their values, and each piece that is as long as its
// span against what stands there.
func TestPlacedTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 15))
	pieces := []string{" ", "  ", "\n", "\n    ", "a", "curl x", "$", "$$", "'", "\\", `\n`, `\"`, `\$`, "''$", "'''", `''\n`, `''\ `, `''\t`, "${x}", "${\n ''a''\n}", "é", "{", "\t"}
	for range 20_000 {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		quote := `"`
		if r.IntN(2) == 0 {
			quote = "''"
		}
		text := quote + b.String() + quote
		tree := parser.Parse(text)
		n := tree.Expr()
		if tree.Root().HasError() || !n.Is(ast.String) && !n.Is(ast.IndString) {
			continue
		}
		var got, want strings.Builder
		last := n.Start()
		for _, p := range ast.PlacedTexts(n) {
			require.LessOrEqual(t, last, p.Span.Start, text)
			last = p.Span.End
			if p.Interp.IsValid() {
				require.Equal(t, p.Interp.Span(), p.Span, text)
				got.WriteString("\x00")
				continue
			}
			got.WriteString(p.Text)
			if len(p.Text) == p.Span.Len() && !strings.ContainsAny(p.Text, "\r\n\t'$ ") {
				require.Equal(t, p.Span.Of(text), p.Text, text)
			}
		}
		require.LessOrEqual(t, last, n.End(), text)
		if n.Is(ast.IndString) {
			for _, p := range ast.IndentedParts(n) {
				if p.Interp.IsValid() {
					want.WriteString("\x00")
				}
				want.WriteString(p.Text)
			}
		} else {
			for p := range ast.Parts(n) {
				if p.IsText() {
					want.WriteString(ast.UnescapeString(p.Span.Of(text)))
				} else {
					want.WriteString("\x00")
				}
			}
		}
		require.Equal(t, want.String(), got.String(), text)
	}
}
