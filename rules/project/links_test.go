//go:build unix

package project_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
)

// TestLinksToNothing tells links that lead nowhere from files that are not there.
func TestLinksToNothing(t *testing.T) {
	gittest.Isolate(t)
	repo := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, repo, ".gitignore", "ignored.nix\n")
	gittest.Write(t, repo, "deleted.nix", "1\n")
	gittest.Write(t, repo, "there.nix", "1\n")
	gittest.Write(t, repo, "a.nix", "[\n  ./tracked.nix\n  ./round.nix\n  ./deleted.nix\n  ./fresh.nix\n  ./ignored.nix\n  ./folder/x.nix\n  ./good.nix\n  ./none.nix\n]\n")
	for link, to := range map[string]string{"tracked.nix": "gone.nix", "round.nix": "round.nix", "folder": "gone", "good.nix": "there.nix"} {
		require.NoError(t, os.Symlink(to, filepath.Join(repo, link)))
	}
	gittest.Run(t, repo, "add", ".")
	require.NoError(t, os.Remove(filepath.Join(repo, "deleted.nix")))
	for _, link := range []string{"fresh.nix", "ignored.nix"} {
		require.NoError(t, os.Symlink("gone.nix", filepath.Join(repo, link)))
	}
	res, err := engine.Check(context.Background(), engine.Options{Paths: []string{repo}, Only: []string{"missing-path"}})
	require.NoError(t, err)
	var got []string
	for _, f := range res.Findings {
		got = append(got, f.Severity.String()+" "+f.Message)
	}
	assert.Equal(t, []string{
		"warning `tracked.nix` is a link that leads nowhere", "warning `round.nix` is a link that leads nowhere",
		"warning `deleted.nix` is tracked by Git, but deleted from the working tree", "warning `fresh.nix` is a link that leads nowhere",
		"hint `ignored.nix` is a link that leads nowhere", "warning `folder/x.nix` does not exist", "warning `none.nix` does not exist",
	}, got)
}
