package flake

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/growth"
)

// TestSparedEach compares what overrides spare one after the other with what all the first of them spare, in random lock files.
func TestSparedEach(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	for range 3000 {
		nodes := 2 + random.IntN(8)
		shared := random.IntN(3) // how often a node has more than one user
		parts := make([]string, nodes)
		inputs := make([][]string, nodes)
		use := func(from, to int) {
			inputs[from] = append(inputs[from], fmt.Sprintf(`"i%d": "n%d"`, len(inputs[from]), to))
		}
		for i := 1; i < nodes; i++ {
			use(random.IntN(i), i)
			for range random.IntN(shared + 1) {
				use(random.IntN(nodes), i)
			}
		}
		for i := range parts {
			parts[i] = fmt.Sprintf(`"n%d": {"inputs": {%s}}`, i, strings.Join(inputs[i], ","))
		}
		l, _ := ReadLock(`{"root": "n0", "version": 7, "nodes": {` + strings.Join(parts, ",") + `}}`)
		require.NotNil(t, l)
		var overrides []Override
		for range 1 + random.IntN(6) {
			path := []string{}
			for range 1 + random.IntN(4) {
				path = append(path, fmt.Sprint("i", random.IntN(3)))
			}
			overrides = append(overrides, Override{Path: path})
		}
		want := make([][]*LockNode, len(overrides))
		told := map[*LockNode]bool{}
		for i := range overrides {
			for _, n := range l.Spared(overrides[:i+1]) {
				if !told[n] {
					told[n] = true
					want[i] = append(want[i], n)
				}
			}
		}
		require.Equal(t, want, l.SparedEach(overrides), "%s\n%v", l.Text, overrides)
	}
}

func TestSparedEachGrowth(t *testing.T) {
	for name, inner := range map[string]string{
		"inputs with a nixpkgs each":      `"n%[1]d": {}`,
		"inputs with inputs with inputs":  `"n%[1]d": {"inputs": {"x": "x%[1]d"}}, "x%[1]d": {}`,
		"inputs that share what they use": `"n%[1]d": {"inputs": {"x": "x"}}`,
	} {
		growth.Memory(t, name, 100, func(n int) func() {
			var root []string
			var overrides []Override
			nodes := []string{`"x": {}`}
			for i := range n {
				root = append(root, fmt.Sprintf(`"i%d": "i%[1]d"`, i))
				nodes = append(nodes, fmt.Sprintf(`"i%[1]d": {"inputs": {"nixpkgs": "n%[1]d"}}, `+inner, i))
				overrides = append(overrides, Override{Path: []string{fmt.Sprint("i", i), "nixpkgs"}})
			}
			l, _ := ReadLock(`{"root": "root", "version": 7, "nodes": {"root": {"inputs": {` + strings.Join(root, ",") + `}}, ` + strings.Join(nodes, ",") + `}}`)
			require.NotNil(t, l)
			return func() { assert.NotEmpty(t, l.SparedEach(overrides)[n-1]) }
		})
	}
}
