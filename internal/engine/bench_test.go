package engine_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
	_ "github.com/nixsift/nixsift/rules/all"
)

// BenchmarkCheck checks the benchmark tree with the recommended rules, with those in preview, too, and with all there are.
func BenchmarkCheck(b *testing.B) {
	tree := testenv.Shared(b, "corpus", "bench")
	for name, opts := range map[string]engine.Options{
		"recommended": {}, "preview": {Preview: true}, "everything": {Preset: "all", Preview: true},
	} {
		opts.Paths = []string{tree}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				res, err := engine.Check(context.Background(), opts)
				require.NoError(b, err)
				require.NotZero(b, res.Files)
			}
		})
	}
}

// BenchmarkRepeat checks the benchmark tree again when one file of it has another text, and when one file more is there.
func BenchmarkRepeat(b *testing.B) {
	tree := testenv.Shared(b, "corpus", "bench")
	file := filepath.Join(tree, "nix-darwin", "modules", "nix", "default.nix")
	for name, change := range map[string]engine.Changed{
		"text": {Files: []string{file}}, "disk": {Files: []string{file}, Disk: true}, "everything": {Everything: true},
	} {
		b.Run(name, func(b *testing.B) {
			e, err := engine.New(engine.Options{Paths: []string{tree}})
			require.NoError(b, err)
			again := e.Repeat()
			_, err = again.Run(context.Background(), engine.Changed{})
			require.NoError(b, err)
			for b.Loop() {
				res, err := again.Run(context.Background(), change)
				require.NoError(b, err)
				require.NotZero(b, res.Files)
			}
		})
	}
}
