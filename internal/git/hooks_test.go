package git_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/git/gittest"
)

// TestHooksDir holds the folder of the hooks against git, in working trees of each kind.
func TestHooksDir(t *testing.T) {
	home := gittest.Isolate(t)
	main := gittest.Init(t, home, "main")
	gittest.Write(t, main, "a", "")
	gittest.Run(t, main, "add", "a")
	gittest.Run(t, main, "commit", "-q", "-m", "a")
	gittest.Run(t, main, "worktree", "add", "-q", "../linked")
	gittest.Run(t, main, "submodule", "--quiet", "add", main, "sub")
	dirs := []string{main, gittest.Real(t, filepath.Join(home, "linked")), filepath.Join(main, "sub")}
	for _, c := range []struct {
		path string // core.hooksPath; "-" for none
		own  bool
	}{{"-", true}, {".githooks", true}, {"../elsewhere", false}, {"~/mine", false}, {"/dev/null", false}, {filepath.Join(main, ".git/hooks"), true}, {"link", false}} {
		for _, dir := range dirs {
			if _, err := os.Lstat(filepath.Join(dir, "link")); err != nil {
				require.NoError(t, os.Symlink(t.TempDir(), filepath.Join(dir, "link")))
			}
			if c.path != "-" {
				gittest.Run(t, dir, "config", "core.hooksPath", c.path)
			}
			want := gittest.Run(t, dir, "rev-parse", "--git-path", "hooks")
			if !filepath.IsAbs(want) {
				want = filepath.Join(dir, want)
			}
			repo, err := git.Open(dir)
			require.NoError(t, err)
			got, own := repo.HooksDir()
			assert.Equal(t, want, got, "%s in %s", c.path, dir)
			if dir == main || !filepath.IsAbs(c.path) {
				assert.Equal(t, c.own, own, "%s in %s", c.path, dir)
			}
		}
	}
}
