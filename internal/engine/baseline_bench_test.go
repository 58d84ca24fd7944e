package engine_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/testenv"
)

// BenchmarkBaseline checks the benchmark tree with all rules, without a baseline and with one of all that is found.
func BenchmarkBaseline(b *testing.B) {
	tree := testenv.Shared(b, "corpus", "bench")
	opts := engine.Options{Paths: []string{tree}, Preset: "all", Adopting: true, Dir: tree, Baseline: filepath.Join(b.TempDir(), baseline.FileName)}
	res, err := engine.Check(b.Context(), opts)
	require.NoError(b, err)
	text, count := res.Baselines[0].Next(func(*diag.Finding) bool { return true }, false)
	require.Greater(b, count, 1000)
	require.NoError(b, rewrite.Create(opts.Baseline, text))
	without := engine.Options{Paths: opts.Paths, Preset: "all", NoBaseline: true}
	with := engine.Options{Paths: opts.Paths, Preset: "all", Baseline: opts.Baseline}
	for name, o := range map[string]engine.Options{"without": without, "with": with} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				res, err := engine.Check(b.Context(), o)
				require.NoError(b, err)
				if o.Baseline != "" {
					require.Equal(b, count, res.Baselined)
				}
			}
		})
	}
}
