package arena

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// TestPool: what is handed out is zero, and nobody else's, before and after a reset.
func TestPool(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var p Pool[int]
	for range 20 {
		var all [][]int
		for i := range r.IntN(3000) {
			if r.IntN(3) == 0 {
				q := p.One()
				require.Zero(t, *q)
				*q = i + 1
				all = append(all, []int{i + 1}, unsafe.Slice(q, 1))
				continue
			}
			values := p.Many(r.IntN(1 << r.IntN(9)))
			want := make([]int, len(values))
			require.Equal(t, want, append([]int{}, values...))
			for j := range values {
				values[j] = i + 1
				want[j] = i + 1
			}
			all = append(all, want, values)
			_ = append(values, -1) // goes elsewhere
		}
		for i := 0; i < len(all); i += 2 {
			require.Equal(t, append([]int{}, all[i]...), append([]int{}, all[i+1]...))
		}
		require.LessOrEqual(t, len(p.blocks), maxBlocks)
		p.Reset()
	}
}

// TestPoolAllocates: what was handed out once costs nothing the next time.
func TestPoolAllocates(t *testing.T) {
	var p Pool[[4]int]
	work := func() {
		for range 100 {
			p.One()
			p.Many(50)
		}
		p.Reset()
	}
	work() // small blocks are passed over from the second time on
	require.Zero(t, testing.AllocsPerRun(10, work))
}
