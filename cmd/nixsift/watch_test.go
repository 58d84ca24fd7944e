//go:build unix

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/watch"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestWatchAnything does at random what people and programs do in a repository, and holds what is found after each step, as the
// system tells of it, against a run from the start.
func TestWatchAnything(t *testing.T) {
	gittest.Isolate(t)
	rng := rand.New(rand.NewPCG(3, 9))
	dir := gittest.Real(t, t.TempDir())
	gittest.Write(t, dir, "flake.nix", "{ outputs = _: { x = import ./a; }; }\n", "a/default.nix", "import ./m1.nix\n", "b/keep.nix", "1\n")
	gittest.Init(t, dir, ".")
	gittest.Run(t, dir, "add", "-A")

	tree := watch.New(workspace.OS)
	defer tree.Close()
	opts := engine.Options{Paths: []string{dir}, Preset: "all"}
	fresh := opts
	opts.FS = tree
	e, err := engine.New(opts)
	require.NoError(t, err)
	again := e.Repeat()
	f := checkFlags{opts: opts}

	folders := []string{"", "a", "b", "a/c", "d", "d/e"}
	texts := []string{"import ./m1.nix\n", "let x = 1; in ./m2.nix\n", "{ a = ../a; b = ./m3.nix; c = ../d/e/m1.nix; }\n", "{ x = ; }\n", "1 # nixsift: ignore[missing-path]\n"}
	file := func() string {
		return filepath.Join(dir, folders[rng.IntN(len(folders))], fmt.Sprintf("m%d.nix", 1+rng.IntN(3)))
	}
	accept := func(name string) { // some of what there is
		adopting := fresh
		adopting.Adopting, adopting.Baseline, adopting.Dir = true, filepath.Join(dir, name), dir
		res, err := engine.Check(t.Context(), adopting)
		require.NoError(t, err)
		for _, b := range res.Baselines {
			text, _ := b.Next(func(*diag.Finding) bool { return rng.IntN(3) > 0 }, rng.IntN(2) == 0)
			_ = os.WriteFile(b.Path, []byte(text), 0o644)
		}
	}
	steps := []func(){
		func() { accept(baseline.FileName) },
		func() { accept([]string{baseline.FileName, "a/" + baseline.FileName, "known.json"}[rng.IntN(3)]) },
		func() { _ = os.Remove(filepath.Join(dir, []string{baseline.FileName, "known.json"}[rng.IntN(2)])) },
		func() { _ = os.WriteFile(filepath.Join(dir, baseline.FileName), []byte("{"), 0o644) },
		func() {
			_ = os.WriteFile(filepath.Join(dir, "nixsift.toml"), []byte("baseline = \"known.json\"\n"), 0o644)
		},
		func() { _ = os.WriteFile(file(), []byte(texts[rng.IntN(len(texts))]), 0o644) },
		func() { _ = os.WriteFile(file(), []byte(texts[rng.IntN(len(texts))]), 0o644) },
		func() { _ = os.Remove(file()) },
		func() { _ = os.Rename(file(), file()) },
		func() { _ = os.MkdirAll(filepath.Join(dir, folders[1+rng.IntN(len(folders)-1)]), 0o755) },
		func() { _ = os.Rename(filepath.Join(dir, "d"), filepath.Join(dir, "b", "d")) },
		func() { _ = os.Rename(filepath.Join(dir, "b", "d"), filepath.Join(dir, "d")) },
		func() { _ = os.RemoveAll(filepath.Join(dir, "d")) },
		func() { _ = os.Remove(file()); _ = os.Symlink(file(), file()) },
		func() { gittest.Run(t, dir, "add", "-A") },
		func() {
			_ = os.WriteFile(filepath.Join(dir, ".gitignore"), []byte([]string{"", "d\n", "m2.nix\n"}[rng.IntN(3)]), 0o644)
		},
		func() {
			text := []string{"", "[rules]\nunused-let-binding = \"off\"\n", "exclude = [\"d/**\"]\n", "exclud = 1\n"}[rng.IntN(4)]
			_ = os.WriteFile(filepath.Join(dir, "nixsift.toml"), []byte(text), 0o644)
		},
		func() { _ = os.Remove(filepath.Join(dir, "nixsift.toml")) },
	}
	var change watch.Change
	var before *engine.Result
	held := func(r *engine.Result) (list []string) { // of baselines
		for _, b := range r.Baselines {
			list = append(list, fmt.Sprintln(b.Path, b.There, b.Found, b.Moved, b.Fixed, len(b.New)))
		}
		return list
	}
	baselined := 0
	for step := range 80 {
		got, err := again.Run(context.Background(), engine.Changed{Files: change.Files, Disk: change.Disk, Everything: change.Everything})
		require.NoError(t, err)
		f.dependOnGit(tree, again)
		want, err := engine.Check(context.Background(), fresh)
		require.NoError(t, err)
		require.Equal(t, want.Findings, got.Findings, "step %d after %+v", step, change)
		require.Equal(t, want.Errors, got.Errors, "step %d after %+v", step, change)
		require.Equal(t, held(want), held(got), "step %d after %+v", step, change)
		baselined += got.Baselined
		before = got
		// A change of which nothing is told must change nothing.
		for told := false; !told; {
			for range 1 + rng.IntN(2) {
				steps[rng.IntN(len(steps))]()
			}
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			change, err = tree.Wait(ctx)
			cancel()
			if told = err == nil; !told {
				now, err := engine.Check(context.Background(), fresh)
				require.NoError(t, err)
				require.Equal(t, now.Findings, before.Findings, "step %d", step)
				require.Equal(t, now.Errors, before.Errors, "step %d", step)
				require.Equal(t, held(now), held(before), "step %d", step)
			}
		}
	}
	require.Greater(t, baselined, 20)
}

// BenchmarkWatch measures on the benchmark tree how long it takes from a change of a file until its findings are there.
func BenchmarkWatch(b *testing.B) {
	dir := b.TempDir()
	require.NoError(b, os.CopyFS(dir, os.DirFS(testenv.Shared(b, "corpus", "bench"))))
	tree := watch.New(workspace.OS)
	defer tree.Close()
	opts := engine.Options{Paths: []string{dir}, FS: tree}
	e, err := engine.New(opts)
	require.NoError(b, err)
	again := e.Repeat()
	_, err = again.Run(context.Background(), engine.Changed{})
	require.NoError(b, err)
	f := checkFlags{opts: opts}
	wait := func() watch.Change {
		f.dependOnGit(tree, again)
		c, err := tree.Wait(context.Background())
		require.NoError(b, err)
		return c
	}
	at := filepath.Join(dir, "nix-darwin", "modules")
	for name, do := range map[string]func(i int) error{
		"text": func(i int) error {
			return os.WriteFile(filepath.Join(at, "nix", "default.nix"), fmt.Appendf(nil, "# %d\n1\n", i), 0o644)
		},
		"file comes": func(i int) error {
			return os.WriteFile(filepath.Join(at, fmt.Sprintf("new%d.nix", i)), []byte("1\n"), 0o644)
		},
		"folder comes": func(i int) error { return os.Mkdir(filepath.Join(at, fmt.Sprintf("new%d", i)), 0o755) },
	} {
		b.Run(name, func(b *testing.B) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			_, _ = tree.Wait(ctx) // all folders are watched, and nothing is left to tell
			cancel()
			for i := 0; b.Loop(); i++ {
				require.NoError(b, do(i))
				c := wait()
				_, err := again.Run(context.Background(), engine.Changed{Files: c.Files, Disk: c.Disk, Everything: c.Everything})
				require.NoError(b, err)
			}
		})
	}
}
