package eval

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestBadRegex: what is said to be no regular expression is refused by Nix, and most of what Nix refuses is told.
func TestBadRegex(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	pieces := strings.Split(`* + ? { } ( ) [ ] | ^ $ . , a b 1 2 - \ [: :] [a-z] {1} {2,} {1,3} (.*) [^/] [] [^]] [[:alpha:]]`, " ")
	var texts []string
	for range 3000 {
		var b strings.Builder
		for range 1 + rnd.IntN(5) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		texts = append(texts, b.String())
	}
	var claims []claim
	for _, re := range texts {
		claims = append(claims, claim{expr: "builtins.match " + strings.ReplaceAll(strconv.Quote(re), "$", `\$`) + ` "xyz"`})
	}
	bad, told := 0, 0
	for i, o := range askNix(t, testenv.Tree(t, nil), claims) {
		why := badRegex(texts[i])
		if o.kind == Hard {
			bad++
			if why != "" {
				told++
			}
		} else {
			require.Empty(t, why, texts[i])
		}
	}
	t.Logf("%d of %d", told, bad)
	require.Greater(t, 100*told, 70*bad)
}
