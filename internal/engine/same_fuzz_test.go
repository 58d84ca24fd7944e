package engine_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/testenv"
)

// FuzzSameFindings holds that what a run over a project made at random tells does not depend on the number of workers, on the order
// of the paths, or on what was run before.
func FuzzSameFindings(f *testing.F) {
	for seed := range uint64(6) {
		f.Add(seed)
	}
	names := slices.Sorted(maps.Keys(versions))
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 3))
		dir := testenv.Tree(t, map[string]string{"ci/x": ""})
		choose := func() (changed engine.Changed) {
			for _, name := range names {
				path := filepath.Join(dir, name)
				changed.Files = append(changed.Files, path)
				if text := versions[name][rng.IntN(len(versions[name]))]; text == "" {
					_ = os.Remove(path)
				} else {
					require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
					require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
				}
			}
			changed.Disk = true
			return changed
		}
		choose()
		opts := engine.Options{Paths: []string{dir}, Jobs: 3, Silenced: true, Preset: "all"}
		e, err := engine.New(opts)
		require.NoError(t, err)
		warm := e.Repeat()
		_, err = warm.Run(context.Background(), engine.Changed{})
		require.NoError(t, err)
		changed := choose()

		alone := opts
		alone.Jobs = 1
		want, err := engine.Check(context.Background(), alone)
		require.NoError(t, err)
		got, err := engine.Check(context.Background(), opts)
		require.NoError(t, err)
		require.Equal(t, outcomeOf(want), outcomeOf(got), "with more workers")
		got, err = warm.Run(context.Background(), changed)
		require.NoError(t, err)
		require.Equal(t, outcomeOf(want), outcomeOf(got), "after another run")

		paths := []string{dir, filepath.Join(dir, "lib"), filepath.Join(dir, "flake.nix"), filepath.Join(dir, "host.nix")}
		paths = slices.DeleteFunc(paths, func(path string) bool { _, err := os.Lstat(path); return err != nil })
		opts.Paths = slices.Clone(paths) // which may name what is ignored or excluded
		want, err = engine.Check(context.Background(), opts)
		require.NoError(t, err)
		rng.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		opts.Paths = paths
		got, err = engine.Check(context.Background(), opts)
		require.NoError(t, err)
		require.Equal(t, want.Findings, got.Findings, "by paths in another order")
	})
}
