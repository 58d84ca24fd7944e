package engine_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
	_ "github.com/nixsift/nixsift/rules/all"
)

// BenchmarkCheck checks the benchmark tree with the recommended rules.
func BenchmarkCheck(b *testing.B) {
	tree := testenv.Shared(b, "corpus", "bench")
	for b.Loop() {
		res, err := engine.Check(context.Background(), engine.Options{Paths: []string{tree}})
		require.NoError(b, err)
		require.NotZero(b, res.Files)
	}
}
