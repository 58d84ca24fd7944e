//go:build unix

package flake

import (
	"context"
	"os"
	"path/filepath"
	"strings"
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
		"alone/folder/flake.lock/x": "", "alone/nested/flake.lock/flake.nix": "{ outputs = _: { }; }",
		"alone/fifo/x": "", "alone/link/other.lock": plainLock, "alone/nowhere/x": "", "alone/good/flake.lock": plainLock,
		"alone/excluded/flake.lock/x": "", "alone/excluded/nixsift.toml": "exclude = [\"flake.lock\"]\n",
	})
	require.NoError(t, os.Symlink("other.lock", filepath.Join(dir, "alone/link/flake.lock")))
	require.NoError(t, os.Symlink("gone.lock", filepath.Join(dir, "alone/nowhere/flake.lock")))
	require.NoError(t, testenv.MakeFIFO(filepath.Join(dir, "alone/fifo/flake.lock")))
	require.NoError(t, os.Symlink("other.lock", filepath.Join(dir, "link", "flake.lock")))
	require.NoError(t, os.Symlink("gone.lock", filepath.Join(dir, "nowhere", "flake.lock")))
	require.NoError(t, testenv.MakeFIFO(filepath.Join(dir, "fifo", "flake.lock")))
	assert.Equal(t, []string{
		"alone/fifo lock-not-a-file error", "alone/folder lock-not-a-file error", "alone/link lock-not-a-file error",
		"alone/nested lock-not-a-file error", "alone/nowhere lock-not-a-file error",
		"fifo lock-not-a-file error", "folder lock-not-a-file error", "link lock-not-a-file error", "nowhere lock-not-a-file error",
	}, lockFindings(t, dir, "."))
	assert.Equal(t, []string{"link lock-not-a-file error"}, lockFindings(t, dir, "link/flake.lock"), "named alone")
	for _, name := range []string{"link", "nowhere", "fifo", "folder"} {
		assert.Equal(t, []string{name + " lock-not-a-file error"}, lockFindings(t, dir, name+"/flake.nix"), "the flake.nix is named")
	}
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
	assert.Equal(t, []string{"beside lock-version-unsupported error"}, lockFindings(t, dir, "beside/flake.nix"), "the flake cannot be used")
	assert.Equal(t, []string{"broken lock-syntax error"}, lockFindings(t, dir, "broken"), "the flake.nix does not matter")
	assert.Equal(t, []string{"off lock-syntax error"}, lockFindings(t, dir, "off"), "no configuration silences it")
}

// TestLockThatNixChanges judges lock files without flake.nix by what they alone tell, and tells of one beside a
// flake.nix that is named only what keeps Nix from using it.
func TestLockThatNixChanges(t *testing.T) {
	lock := func(nodes string) string { return `{"nodes": {` + nodes + `}, "root": "root", "version": 7}` }
	a := lockedNode("a", "a", "")
	machine := `"a": {"locked": {"lastModified": 1, "narHash": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "path": "/home/me/a", "type": "path"}, "original": {"path": "/home/me/a", "type": "path"}}`
	locks := map[string]string{
		"good":     plainLock,
		"dangling": lock(rootNode(`"a": "a", "b": ["gone"]`) + "," + a),
		"below":    lock(rootNode(`"a": "a"`) + "," + lockedNode("a", "a", `"x": ["gone"]`)),
		"circle":   lock(rootNode(`"a": "a"`) + "," + lockedNode("a", "a", `"x": "a"`)),
		"shared":   lock(rootNode(`"a": "a", "b": "a"`) + "," + a),
		"odd":      lock(rootNode(`"a": "a"`) + "," + strings.Replace(a, `"type": "github"}}`, `"type": "odd"}}`, 1)),
		"machine":  lock(rootNode(`"a": "a"`) + "," + machine),
		"orphan":   lock(rootNode(`"a": "a"`) + "," + a + "," + lockedNode("b", "b", "")),
		"nodes":    `{"root": "root", "version": 7}`,
		"root":     strings.Replace(plainLock, `"root": "root"`, `"root": "main"`, 1),
		"missing":  lock(rootNode(`"a": "b"`) + "," + a),
	}
	files := map[string]string{}
	for name, text := range locks {
		files["alone/"+name+"/flake.lock"] = text
		files["beside/"+name+"/flake.nix"], files["beside/"+name+"/flake.lock"] = plainFlake, text
	}
	dir := testenv.Tree(t, files)
	assert.Equal(t, []string{
		"alone/below lock-unresolvable warning", "alone/circle lock-unresolvable warning", "alone/dangling lock-unresolvable warning",
		"alone/machine lock-absolute-path warning", "alone/missing lock-missing-node error",
		"alone/nodes lock-missing-root warning",
		"alone/odd lock-unresolvable warning", "alone/orphan lock-orphan-node info", "alone/root lock-missing-root warning",
		"alone/shared lock-stale-entry warning",
	}, lockFindings(t, dir, "alone"))
	for name := range locks {
		var want []string
		switch name {
		case "circle":
			want = []string{"beside/circle lock-unresolvable error"}
		case "missing":
			want = []string{"beside/missing lock-missing-node error"}
		}
		assert.Equal(t, want, lockFindings(t, dir, "beside/"+name+"/flake.nix"), name)
	}
}

// TestUntrackedLock says of a lock file that Git does not track nothing but that.
func TestUntrackedLock(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"untracked/flake.nix": plainFlake, "untracked/flake.lock": "{", "linked/flake.nix": plainFlake, "linked/x": plainLock,
		"ignored/flake.nix": plainFlake, "ignored/flake.lock": "{", "ignored/.gitignore": "flake.lock\n",
		"tracked/flake.nix": plainFlake, "tracked/flake.lock": "{", "new/flake.nix": plainFlake, "new/flake.lock": "{",
		"out/.gitignore": "flake.lock\n", "out/folder/flake.lock/x": "", "out/forced/flake.lock/x": "", "out/link/x": plainLock, "in/flake.lock/x": "",
	})
	require.NoError(t, os.Symlink("x", filepath.Join(dir, "linked", "flake.lock")))
	require.NoError(t, os.Symlink("x", filepath.Join(dir, "out/link/flake.lock")))
	git := func(args ...string) {
		out, err := gittest.Command(t, dir, args...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	git("init", "-q")
	git("add", "-A")
	git("add", "-f", "out/forced")
	git("rm", "-q", "--cached", "untracked/flake.lock", "new/flake.lock", "linked/flake.lock")
	git("add", "-N", "new/flake.lock")
	assert.Equal(t, []string{
		"ignored lock-untracked warning", "in lock-not-a-file error", "linked lock-untracked warning", "new lock-syntax error", "out/forced lock-not-a-file error", "tracked lock-syntax error", "untracked lock-untracked warning",
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
