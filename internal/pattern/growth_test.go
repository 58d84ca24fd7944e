package pattern_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/parser"
)

// shapes are files of n pieces, and patterns that meet them often.
var shapes = map[string]struct {
	file     func(n int) string
	patterns []string
}{
	"list": {func(n int) string { return "[ " + strings.Repeat("1 2 ", n) + "]" },
		[]string{"[ $$$a 3 $$$b ]", "[ $$$ 2 $$$ 3 $$$ 4 $$$ ]", "[ $$$ $x $$$ 3 ]", "[ $$$ $x $$$ $x $$$ $x 3 $$$ ]", "[ $$$a $$$b $$$c 3 ]", "$x"}},
	"set": {func(n int) string { return "{ " + strings.Repeat("a = 1; ", 0) + attributes(n) + "}" },
		[]string{"{ $n = 2; }", "{ $a = 2; $b = 2; $c = 3; }", "{ $$$r }", "{ $n.x = 1; }", "{ $n.x.y = 1; $$$r }"}},
	"calls": {func(n int) string { return "x: f" + strings.Repeat(" x", n) }, []string{"g $x", "f $$$a 3", "$f $x", "$f $x $x $x 3"}},
	"nested": {func(n int) string {
		return strings.Repeat("[ ", 100) + strings.Repeat("(f { a = [ 1 ]; }) ", n) + strings.Repeat("]", 100)
	}, []string{"[ $$$ [ $$$ 3 $$$ ] $$$ ]", "f { $a = [ $$$ ]; }"}},
	"selections": {func(n int) string { return "x: x" + strings.Repeat(".a", n) }, []string{"$x.b", "$x.a.b", "x.a.a"}},
	"operators":  {func(n int) string { return "x: x" + strings.Repeat(" ++ x", n) }, []string{"$a ++ y", "$a ++ $b"}},
	"withs":      {func(n int) string { return "{ lib }: [ " + strings.Repeat("(with lib; mkIf 1) ", n) + "]" }, []string{"lib.mkIf $x", "lib.mkForce $x"}},
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("a" + strings.Repeat("b", i%7) + "_" + strings.Repeat("c", i%5) + string(rune('a'+i%26)) + itoa(i) + " = 1; ")
	}
	return b.String()
}

func itoa(n int) string {
	s := ""
	for ; n > 0; n /= 10 {
		s = string(rune('0'+n%10)) + s
	}
	return s
}

// TestGrowth holds that the steps of a search grow with the file, and no faster.
func TestGrowth(t *testing.T) {
	for name, s := range shapes {
		for _, text := range s.patterns {
			p, err := pattern.Compile(text)
			require.NoError(t, err)
			steps := func(n int) float64 {
				tree := parser.Parse(s.file(n))
				require.Empty(t, tree.Errors(), name)
				return float64(p.Find(sema.Resolve(tree)).Steps)
			}
			small, large := steps(300), steps(300*growth.Factor)
			assert.LessOrEqual(t, large, math.Max(10000, small*math.Pow(growth.Factor, 1.5)), "%s: %s", name, text)
		}
	}
}

// TestGrowthOfRewriting holds that what a rewrite allocates grows with the file.
func TestGrowthOfRewriting(t *testing.T) {
	p, err := pattern.Compile("f $x")
	require.NoError(t, err)
	r, err := p.Replacement("g $x")
	require.NoError(t, err)
	growth.Memory(t, "rewriting", 300, func(n int) func() {
		tree := parser.Parse("x: [ " + strings.Repeat("(f (f 1)) ", n) + "]")
		names := sema.Resolve(tree)
		return func() {
			if _, done, _, ok := r.Apply(tree, p.Find(names).Matches); !ok || done != 2*n {
				t.Errorf("%d of %d replaced", done, 2*n)
			}
		}
	})
}
