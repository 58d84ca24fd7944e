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

// TestHooksUnsure sets the folder of the hooks in ways that are not followed, and by the environment.
func TestHooksUnsure(t *testing.T) {
	home := gittest.Isolate(t)
	dir := gittest.Init(t, home, "repo")
	open := func() *git.Repo {
		repo, err := git.Open(dir)
		require.NoError(t, err)
		return repo
	}
	for path, why := range map[string]string{"": "is empty", "%(prefix)/x": "only git knows", "~nobody-of-this-name/x": "only git knows", ":(optional)x": "only git knows", "~": "", "rel": "", "%(prefixed)": ""} {
		gittest.Run(t, dir, "config", "core.hooksPath", path)
		if got := open().HooksUnsure(); why == "" {
			assert.Empty(t, got, path)
		} else {
			assert.Contains(t, got, why, path)
		}
	}
	gittest.Run(t, dir, "config", "core.hooksPath", "")
	t.Setenv("GIT_CONFIG_COUNT", "2")
	t.Setenv("GIT_CONFIG_KEY_0", "core.editor")
	t.Setenv("GIT_CONFIG_VALUE_0", "x")
	t.Setenv("GIT_CONFIG_KEY_1", "Core.HooksPath")
	t.Setenv("GIT_CONFIG_VALUE_1", "from-env")
	got, own := open().HooksDir()
	assert.Equal(t, filepath.Join(dir, gittest.Run(t, dir, "rev-parse", "--git-path", "hooks")), got)
	assert.True(t, own)
	assert.Empty(t, open().HooksUnsure(), "the last word is that of the environment")
	t.Setenv("GIT_CONFIG_PARAMETERS", "'core.hookspath=elsewhere'")
	assert.Contains(t, open().HooksUnsure(), "GIT_CONFIG_PARAMETERS")
}
