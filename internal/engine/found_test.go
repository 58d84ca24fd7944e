package engine

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/diag"
)

// TestFound takes back in order what was put into lists of one array and of several.
func TestFound(t *testing.T) {
	for _, n := range []int{0, 5, foundChunk, foundChunk + 1, 3*foundChunk + 7} {
		var l found
		want := []string{"first"}
		for i := range n {
			l.add(diag.Finding{Message: strconv.Itoa(i)})
			if i%3 != 0 {
				want = append(want, strconv.Itoa(i))
			}
		}
		assert.Equal(t, n, l.len())
		var got []string
		third := func(f *diag.Finding) bool { i, _ := strconv.Atoi(f.Message); return i%3 != 0 }
		for _, f := range l.take([]diag.Finding{{Message: "first"}}, third) {
			got = append(got, f.Message)
		}
		assert.Equal(t, want, got, n)
		assert.Zero(t, l.len())
	}
}
