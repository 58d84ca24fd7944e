package engine_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestSpares holds that a run over files that are named does without what needs all files where these are many or some are not checked out,
// and a run over the folder does not.
func TestSpares(t *testing.T) {
	gittest.Isolate(t)
	root := gittest.Init(t, t.TempDir(), "repo")
	gittest.Write(t, root, "a.nix", "{ imports = [ ./b.nix ]; }\n", "b.nix", "{ imports = [ ./a.nix ]; }\n", "sub/c.nix", "1\n")
	gittest.Run(t, root, "add", "-A")
	gittest.Run(t, root, "commit", "-qm", "first")
	found := func(many int, path string) (n int) {
		res, err := engine.Check(context.Background(), engine.Options{FS: workspace.OS, Paths: []string{path}, Only: []string{"import-cycle"}, SpareFrom: many})
		require.NoError(t, err)
		return len(res.Findings)
	}
	a := filepath.Join(root, "a.nix")
	assert.Equal(t, 1, found(0, a))
	assert.Equal(t, 1, found(4, a))
	assert.Zero(t, found(3, a), "as many files as are too many")
	assert.Equal(t, 1, found(3, root))
	gittest.Run(t, root, "sparse-checkout", "set", "--no-sparse-index", "other")
	assert.Zero(t, found(0, a), "a file is not checked out")
}
