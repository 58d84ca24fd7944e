package project_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/testenv"
	"github.com/nixsift/nixsift/internal/workspace"
)

// TestImportedLinks: Nix follows links of the path that is imported, not that of the default.nix that it adds to a folder.
func TestImportedLinks(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"real/default.nix": "1", "e/v.nix": "2"})
	for link, to := range map[string]string{"e/default.nix": "../real/default.nix", "file.nix": "real/default.nix", "folder": "real"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			testenv.Missing(t, "symbolic links")
		}
	}
	v := project.New(workspace.OS).ViewOf(dir)
	for path, want := range map[string]string{
		"e": "e/default.nix", "e/default.nix": "real/default.nix", "file.nix": "real/default.nix", "folder": "real/default.nix", "real": "real/default.nix",
	} {
		code := v.Imported(filepath.Join(dir, path))
		require.NotNil(t, code, path)
		require.Equal(t, filepath.Join(dir, want), code.Path, path)
	}
	require.Nil(t, v.Imported(filepath.Join(dir, "none")))
}
