//go:build unix

package flake

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/git/gittest"
	"github.com/nixsift/nixsift/internal/testenv"
)

const plainFlake = `{ inputs.a.url = "github:o/a"; outputs = _: { }; }`

var plainLock = `{"nodes": {` + rootNode(`"a": "a"`) + "," + lockedNode("a", "a", "") + `}, "root": "root", "version": 7}`

// lockFindings checks paths below a folder and returns what is found in lock files, as "folder rule severity".
func lockFindings(t *testing.T, dir string, paths ...string) (out []string) {
	t.Helper()
	for i := range paths {
		paths[i] = filepath.Join(dir, paths[i])
	}
	res, err := engine.Check(context.Background(), engine.Options{Paths: paths})
	require.NoError(t, err)
	require.Empty(t, res.Errors)
	for _, f := range res.Findings {
		if filepath.Base(f.File) == "flake.lock" {
			rel, err := filepath.Rel(dir, filepath.Dir(f.File))
			require.NoError(t, err)
			out = append(out, rel+" "+f.Rule+" "+f.Severity.String())
		}
	}
	return out
}

// TestOddLockFiles looks at what a lock file may be besides a file.
func TestOddLockFiles(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"link/flake.nix": plainFlake, "link/other.lock": plainLock, "nowhere/flake.nix": plainFlake,
		"fifo/flake.nix": plainFlake, "folder/flake.nix": plainFlake, "folder/flake.lock/x": "",
		"good/flake.nix": plainFlake, "good/flake.lock": plainLock, "none/flake.nix": plainFlake,
	})
	require.NoError(t, os.Symlink("other.lock", filepath.Join(dir, "link", "flake.lock")))
	require.NoError(t, os.Symlink("gone.lock", filepath.Join(dir, "nowhere", "flake.lock")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "fifo", "flake.lock"), 0o600))
	assert.Equal(t, []string{
		"fifo lock-not-a-file error", "folder lock-not-a-file error", "link lock-not-a-file error", "nowhere lock-not-a-file error",
	}, lockFindings(t, dir, "."))
	assert.Equal(t, []string{"link lock-not-a-file error"}, lockFindings(t, dir, "link/flake.lock"), "named alone")
}

// TestLockFileAlone checks lock files that are named, or that have no flake.nix.
func TestLockFileAlone(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"alone/flake.lock": "{", "beside/flake.lock": "{}", "beside/flake.nix": plainFlake,
		"broken/flake.lock": "", "broken/flake.nix": "{ inputs = ",
		"off/flake.lock": "{ }x", "off/flake.nix": plainFlake, "off/nixsift.toml": "preset = \"none\"\n[rules]\nlock-missing-entry = \"error\"\n",
	})
	assert.Equal(t, []string{"alone lock-syntax error"}, lockFindings(t, dir, "alone/flake.lock"))
	assert.Equal(t, []string{"beside lock-version-unsupported error"}, lockFindings(t, dir, "beside/flake.lock"))
	assert.Empty(t, lockFindings(t, dir, "beside/flake.nix"), "not asked for")
	assert.Equal(t, []string{"broken lock-syntax error"}, lockFindings(t, dir, "broken"), "the flake.nix does not matter")
	assert.Equal(t, []string{"off lock-syntax error"}, lockFindings(t, dir, "off"), "no configuration silences it")
}

// TestUntrackedLock says of a lock file that Git does not track nothing but that.
func TestUntrackedLock(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"untracked/flake.nix": plainFlake, "untracked/flake.lock": "{", "linked/flake.nix": plainFlake, "linked/x": plainLock,
		"ignored/flake.nix": plainFlake, "ignored/flake.lock": "{", "ignored/.gitignore": "flake.lock\n",
		"tracked/flake.nix": plainFlake, "tracked/flake.lock": "{", "new/flake.nix": plainFlake, "new/flake.lock": "{",
	})
	require.NoError(t, os.Symlink("x", filepath.Join(dir, "linked", "flake.lock")))
	git := func(args ...string) {
		out, err := gittest.Command(t, dir, args...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	git("init", "-q")
	git("add", "-A")
	git("rm", "-q", "--cached", "untracked/flake.lock", "new/flake.lock", "linked/flake.lock")
	git("add", "-N", "new/flake.lock")
	assert.Equal(t, []string{
		"ignored lock-untracked warning", "linked lock-untracked warning", "new lock-syntax error", "tracked lock-syntax error", "untracked lock-untracked warning",
	}, lockFindings(t, dir, "."))
}

// TestUnreadableLock ends with an error, not with silence.
func TestUnreadableLock(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"flake.nix": plainFlake, "flake.lock": plainLock})
	require.NoError(t, os.Truncate(filepath.Join(dir, "flake.lock"), 1<<27))
	res, err := engine.Check(context.Background(), engine.Options{Paths: []string{dir}})
	require.NoError(t, err)
	if assert.Len(t, res.Errors, 1) {
		assert.Equal(t, engine.TooLarge, res.Errors[0].Kind)
		assert.True(t, strings.HasSuffix(res.Errors[0].File, "flake.lock"))
	}
	for _, f := range res.Findings {
		assert.Less(t, f.Severity, diag.Warning, f.Message)
	}
}
