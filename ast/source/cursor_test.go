package source_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
)

func TestCursor(t *testing.T) {
	const text = "aé😀b\n\xffc\xf0\x9f\n😀\x80\x80a\r\n\r日本😀😀 \xe2\x82"
	x := source.NewLineIndex(text)
	c := x.Cursor()
	r := rand.New(rand.NewPCG(1, 1))
	for range 10_000 {
		offset := uint32(r.IntN(len(text) + 3))
		line, unit := x.UTF16(offset)
		gotLine, gotUnit := c.UTF16(offset)
		require.Equal(t, []int{line, unit}, []int{gotLine, gotUnit}, "offset %d", offset)
	}
}
