//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/changes"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/growth"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestGrowthOfChanges checks three files that ask nothing of others in a repository that is large for a run over changes and in one with
// eight times as many files: what is staged is found without looking at the others, and what changed by asking about each once.
func TestGrowthOfChanges(t *testing.T) {
	gittest.Isolate(t)
	type work struct{ listed, read, asked int64 }
	find := map[string]func(fsys workspace.FS, root string) (*changes.Set, error){
		"staged": func(fsys workspace.FS, root string) (*changes.Set, error) {
			return changes.Staged(context.Background(), fsys, root)
		},
		"since": func(fsys workspace.FS, root string) (*changes.Set, error) {
			return changes.Since(context.Background(), fsys, root, "HEAD")
		},
	}
	const n = 60
	run := func(n int) map[string]work {
		root := gittest.Init(t, t.TempDir(), "repo")
		for i := range n {
			gittest.Write(t, root, fmt.Sprintf("d%d/a.nix", i), sound, fmt.Sprintf("d%d/b.nix", i), broken)
		}
		gittest.Run(t, root, "add", "-A")
		gittest.Run(t, root, "commit", "-qm", "first")
		for i := range 3 {
			gittest.Write(t, root, fmt.Sprintf("d%d/a.nix", i), broken)
		}
		gittest.Run(t, root, "add", "-A")
		done := map[string]work{}
		for name, f := range find {
			c := &counting{FS: workspace.OS}
			set, err := f(c, root)
			require.NoError(t, err)
			res, err := engine.Check(context.Background(), engine.Options{FS: set.FS, Changes: set, Paths: []string{root}, Jobs: 2, SpareFrom: n})
			set.Close()
			require.NoError(t, err)
			require.Len(t, res.Findings, 3)
			done[name] = work{c.listed.Load(), c.read.Load(), c.asked.Load()}
		}
		return done
	}
	few, many := run(n), run(growth.Factor*n)
	t.Logf("%+v, then %+v", few, many)
	assert.Equal(t, few["staged"], many["staged"])
	assert.Zero(t, few["staged"].listed)
	const some = 30 // folders above the root, files that are new as the index is
	assert.LessOrEqual(t, many["since"].asked, growth.Factor*2*n+some+few["since"].asked-2*n)
	assert.LessOrEqual(t, many["since"].listed, int64(growth.Factor*n+some))
}

// BenchmarkChanges compares a run over three staged files of the benchmark tree, and over what changed, with one that names
// them.
func BenchmarkChanges(b *testing.B) {
	root := filepath.Join(b.TempDir(), "repo")
	require.NoError(b, os.CopyFS(root, os.DirFS(testenv.Shared(b, "corpus", "bench"))))
	gittest.Run(b, root, "init", "-q")
	gittest.Run(b, root, "config", "gc.auto", "0")
	gittest.Run(b, root, "add", "-A")
	gittest.Run(b, root, "commit", "-qm", "first")
	files, err := filepath.Glob(filepath.Join(root, "nix-darwin", "modules", "*", "default.nix"))
	require.NoError(b, err)
	files = files[:3]
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(b, err)
		require.NoError(b, os.WriteFile(file, append(text, "# more\n"...), 0o666))
	}
	gittest.Run(b, root, "add", "-A")
	check := func(b *testing.B, opts engine.Options) {
		res, err := engine.Check(context.Background(), opts)
		require.NoError(b, err)
		require.Equal(b, 3, res.Files)
	}
	b.Run("named", func(b *testing.B) {
		for b.Loop() {
			check(b, engine.Options{Paths: files})
		}
	})
	for name, f := range map[string]*changeFlags{"staged": {staged: true}, "since": {since: "HEAD"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				opts := engine.Options{Paths: []string{root}, Dir: root}
				set, err := f.narrow(context.Background(), &opts)
				require.NoError(b, err)
				check(b, opts)
				set.Close()
			}
		})
	}
}
