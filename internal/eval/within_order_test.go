package eval

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestInOrder holds that sorting by digits is sorting.
func TestInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []uint32{1, 5, 2047, 2048, 1 << 22, 1<<32 - 1} {
		for _, n := range []int{0, 1, 2, 500} {
			list := make([]placed, n)
			for i := range list {
				list[i] = placed{r.Uint32N(size), r.Uint32N(size), Expr(r.IntN(9))}
			}
			want := slices.Clone(list)
			slices.SortFunc(want, placed.compare)
			require.Equal(t, want, inOrder(list), "%d up to %d", n, size)
		}
	}
}
