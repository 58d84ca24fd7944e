package builders

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// TestEffectNames: a derivation that many names of many names have is looked for once by each.
func TestEffectNames(t *testing.T) {
	set := func(of string) string { return "{ " + strings.Repeat(fmt.Sprintf("x.y = %s; ", of), 1000) + "}" }
	for last, want := range map[string]bool{"{ herculesCI = { effects = c; }; }": true, "{ herculesCI = { packages = c; }; }": false} {
		tree := parser.Parse(fmt.Sprintf("let a = f x; b = %s; c = %s; d = %s; in %s", set("a"), set("b"), set("c"), last))
		require.False(t, tree.Root().HasError())
		r := &Reader{Path: "/x.nix", Names: sema.Resolve(tree), Evaluator: ignorant{}}
		asked := map[ast.NodeID]int{}
		for n := range tree.Root().Descendants() {
			if n.Is(ast.Apply) {
				assert.Equal(t, want, r.effectAt(n, maxEffectNames, asked), last)
			}
		}
		assert.NotEmpty(t, asked)
		assert.Less(t, len(asked), 4*1000, last)
	}
}
