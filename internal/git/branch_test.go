package git_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/git/gittest"
)

// TestDefaultBranch holds what real repositories tell.
func TestDefaultBranch(t *testing.T) {
	home := gittest.Isolate(t)
	of := func(dir string) string {
		repo, err := git.Open(dir)
		require.NoError(t, err)
		return repo.DefaultBranch()
	}
	repo := gittest.Init(t, home, "repo")
	gittest.Run(t, repo, "symbolic-ref", "HEAD", "refs/heads/trunk")
	assert.Equal(t, "trunk", of(repo), "without a commit")
	gittest.Write(t, repo, "a.nix", "1\n")
	gittest.Run(t, repo, "add", "-A")
	gittest.Run(t, repo, "commit", "-qm", "x")
	assert.Equal(t, "trunk", of(repo), "the only one")
	gittest.Run(t, repo, "checkout", "-qb", "feature/x")
	assert.Empty(t, of(repo), "one of two")
	gittest.Run(t, repo, "config", "init.defaultBranch", "gone")
	assert.Empty(t, of(repo), "one that is not there")
	gittest.Run(t, repo, "config", "init.defaultBranch", "trunk")
	assert.Equal(t, "trunk", of(repo), "init.defaultBranch")
	gittest.Run(t, repo, "pack-refs", "--all")
	assert.Equal(t, "trunk", of(repo), "packed")
	gittest.Run(t, repo, "checkout", "-q", "trunk")
	gittest.Run(t, home, "clone", "-q", repo, "clone")
	clone := filepath.Join(home, "clone")
	gittest.Run(t, clone, "checkout", "-qb", "feature/y")
	assert.Equal(t, "trunk", of(clone), "origin/HEAD")
	gittest.Run(t, clone, "worktree", "add", "-q", "../tree", "-b", "z")
	assert.Equal(t, "trunk", of(filepath.Join(home, "tree")), "of a worktree")
	gittest.Run(t, repo, "checkout", "-q", "--detach")
	gittest.Run(t, repo, "config", "--unset", "init.defaultBranch")
	gittest.Run(t, repo, "branch", "-D", "feature/x")
	assert.Equal(t, "trunk", of(repo), "a detached HEAD")
}
