package near_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/near"
)

func TestFind(t *testing.T) {
	names := []string{"desktop", "web", "pkgs", "lib", "config", "mkOption", "mkIf"}
	for name, want := range map[string]string{
		"dekstop": "desktop", "destop": "desktop", "Config": "config", "mkoption": "mkOption", "mkIff": "mkIf", "lbi": "lib",
		"x": "", "li": "", "laptop": "", "something": "", "desktop": "",
	} {
		assert.Equal(t, want, near.Find(name, names), name)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"ab", "ba", 1}, {"abc", "axc", 1}, {"abc", "ac", 1}, {"abc", "abcd", 1}, {"kitten", "sitting", 3}, {"abcdef", "uvwxyz", 4}, {"a", "abcdefgh", 4}} {
		assert.Equal(t, c.want, near.Distance(c.a, c.b, 3), "%s %s", c.a, c.b)
	}
}

// TestDistanceIsThatOfTheWholeTable compares with the plain computation, on texts that are alike.
func TestDistanceIsThatOfTheWholeTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 8))
	text := func() []byte {
		b := make([]byte, rng.IntN(9))
		for i := range b {
			b[i] = "abC-"[rng.IntN(4)]
		}
		return b
	}
	for range 200_000 {
		a := text()
		b := append([]byte(nil), a...)
		for range rng.IntN(4) {
			switch i := rng.IntN(len(b) + 1); {
			case i == len(b) || rng.IntN(3) == 0:
				b = slices.Insert(b, i, "abC-"[rng.IntN(4)])
			case rng.IntN(2) == 0:
				b = slices.Delete(b, i, i+1)
			case i > 0:
				b[i], b[i-1] = b[i-1], b[i]
			}
		}
		for limit := range 4 {
			require.Equal(t, min(whole(string(a), string(b)), limit+1), near.Distance(string(a), string(b), limit), "%q %q %d", a, b, limit)
		}
	}
}

// whole is the distance with restricted swaps, by the whole table.
func whole(a, b string) int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
		for j := range table[i] {
			switch {
			case i == 0:
				table[i][j] = j
			case j == 0:
				table[i][j] = i
			default:
				cost := 1
				if a[i-1] == b[j-1] {
					cost = 0
				}
				table[i][j] = min(table[i-1][j]+1, table[i][j-1]+1, table[i-1][j-1]+cost)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					table[i][j] = min(table[i][j], table[i-2][j-2]+1)
				}
			}
		}
	}
	return table[len(a)][len(b)]
}

// TestAmongMissesNone holds that what is passed over by its letters is not near.
func TestAmongMissesNone(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 50_000 {
		var b [2][]byte
		for k := range b {
			for range 3 + rng.IntN(8) {
				b[k] = append(b[k], "abcDEF-_1"[rng.IntN(9)])
			}
		}
		name, other := string(b[0]), string(b[1])
		limit := min(3, len(name)/3)
		if name != other {
			require.Equal(t, whole(strings.ToLower(name), strings.ToLower(other)) <= limit, near.Find(name, []string{other}) != "", "%q %q", name, other)
		}
	}
}
