package eval

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// TestLowerBroken lowers files that are half typed: whatever is cut off or out of them, they are evaluated, and the rest of
// them is known.
func TestLowerBroken(t *testing.T) {
	g := &generator{Rand: rand.New(rand.NewPCG(13, 13))}
	for range 60 {
		text := g.openFile()
		for range 40 {
			from, to := g.IntN(len(text)+1), g.IntN(len(text)+1)
			cut := text[:min(from, to)] + text[max(from, to):]
			if g.IntN(2) == 0 {
				cut = text[:from]
			}
			tree := parser.Parse(cut)
			code, refused := LowerBroken(tree, "/x.nix", sema.Resolve(tree))
			require.Equal(t, Lower(tree, "/x.nix", sema.Resolve(tree)) == nil, refused, cut)
			if code != nil {
				NewEvaluation().Ask(Apply(code.Root(), Open()))
				code.located()
			}
		}
	}
	for _, text := range []string{
		`{ lib, ... }: { a = 1; b = `, `{ lib, ... }: { a = 1; b = nowhere; }`, `{ lib, ... }: { a = 1; b = x y: }`, `{ lib, ... }: { a = 1; services. }`,
		`{ lib, ... }: let x = in { a = 1; c = { d = 1; d = 2; }; }`,
	} {
		tree := parser.Parse(text)
		require.Nil(t, Lower(tree, "/x.nix", sema.Resolve(tree)), text)
		code, refused := LowerBroken(tree, "/x.nix", sema.Resolve(tree))
		require.True(t, refused, text)
		ev := NewEvaluation()
		p, ok := ev.Ask(Apply(code.Root(), Open())).Attr("a")
		require.True(t, ok, text)
		require.Equal(t, Int, ev.Ask(p).Kinds(), text)
	}
}
