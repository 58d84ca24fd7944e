package eval

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/parser"
)

// TestDerivationsSound holds what is said of derivations made at random against Nix: their paths, their other attributes and those
// of derivationStrict. What surely fails does, in the way that is said; nearly all that fails is known to.
func TestDerivationsSound(t *testing.T) {
	dir := testenv.Tree(t, nil)
	g := &generator{Rand: rand.New(rand.NewPCG(11, 11))}
	var claims []claim
	var values []*Value
	for len(claims) < 1500 {
		g.vars, g.left = nil, 25
		text := g.derivation(2) + "." + g.pick("drvPath", "outPath", "out.drvPath", "name", "dev.outputName")
		if g.chance(20) {
			text = "(derivationStrict " + g.attributes(2) + ")." + g.pick("drvPath", "out", "dev")
		}
		if Lower(parser.Parse(text), dir+"/x.nix", nil) == nil {
			continue // a name that nothing defines
		}
		v := valueOf(t, NewEvaluation(), dir, text)
		claims, values = append(claims, claim{expr: text}), append(values, v)
	}
	fails, said := 0, 0
	for i, o := range askNix(t, dir, claims) {
		require.NotZero(t, values[i].kinds&o.kind, "%s is %016b to Nix, and said to be %s", claims[i].expr, o.kind, outline(values[i]))
		if o.kind&Failures != 0 {
			fails++
			if values[i].Fails() {
				said++
			}
		}
	}
	t.Log(fails, "fail,", said, "of them are said to")
	require.Less(t, fails, 1200)
	require.Greater(t, fails, 300)
	require.Greater(t, 100*said, 80*fails)
}
