package rewrite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/testenv"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

// names returns what is in a folder.
func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestReplace(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a": "old", "empty": ""})
	var w rewrite.Writer
	a := filepath.Join(dir, "a")
	require.NoError(t, w.Replace(a, "old", "new"))
	assert.Equal(t, "new", read(t, a))
	require.NoError(t, w.Replace(a, "old", "new"), "there is nothing left to do")
	require.ErrorIs(t, w.Replace(a, "old", "newer"), rewrite.ErrChanged)
	require.ErrorIs(t, w.Check(a, "old"), rewrite.ErrChanged)
	require.NoError(t, w.Check(a, "new"))
	require.NoError(t, w.Replace(a, "new", ""))
	assert.Empty(t, read(t, a))
	require.NoError(t, w.Replace(filepath.Join(dir, "empty"), "", "full"))
	require.ErrorIs(t, w.Replace(filepath.Join(dir, "gone"), "", "x"), os.ErrNotExist)
	require.NoError(t, os.Chmod(a, 0o444))
	require.ErrorIs(t, w.Replace(a, "", "x"), rewrite.ErrReadOnly)
	require.Error(t, w.Replace(dir, "", "x"))
	assert.Equal(t, []string{"a", "empty"}, names(t, dir))
}

func TestLinks(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"in/a": "old", "out/b": "old"})
	link := filepath.Join(dir, "in", "link")
	w := rewrite.Writer{Within: func(_, target string) bool { return strings.HasPrefix(target, filepath.Join(dir, "in")) }}
	for target, ok := range map[string]bool{"a": true, "../out/b": false, "../in/../in/a": true} {
		require.NoError(t, os.Symlink(target, link))
		place := filepath.Join(dir, "in", target)
		require.NoError(t, os.WriteFile(place, []byte("old"), 0o644))
		err := w.Replace(link, "old", "new")
		if ok {
			require.NoError(t, err)
			assert.Equal(t, "new", read(t, place))
		} else {
			var outside *rewrite.OutsideError
			require.ErrorAs(t, err, &outside)
			assert.Equal(t, "old", read(t, place))
		}
		require.NoError(t, os.Remove(link))
	}
	require.NoError(t, os.Symlink("nowhere", link))
	require.Error(t, w.Replace(link, "", "new"))
	assert.NoFileExists(t, filepath.Join(dir, "in", "nowhere"))
}

func TestCreate(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"there": "old"})
	require.NoError(t, rewrite.Create(filepath.Join(dir, "new"), "text"))
	assert.Equal(t, "text", read(t, filepath.Join(dir, "new")))
	require.ErrorIs(t, rewrite.Create(filepath.Join(dir, "there"), "text"), os.ErrExist)
	require.NoError(t, os.Symlink("elsewhere", filepath.Join(dir, "link")))
	require.Error(t, rewrite.Create(filepath.Join(dir, "link"), "text"))
	assert.NoFileExists(t, filepath.Join(dir, "elsewhere"))
	require.Error(t, rewrite.Create(filepath.Join(dir, "no", "folder"), "text"))
}

// TestLeftover cleans up behind killed runs, but for old texts that somebody may want back.
func TestLeftover(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{
		"a": "old", "b": "half", ".nixsift-new-1": "new", ".nixsift-old-a-2": "old", ".nixsift-old-b-3": "whole", ".nixsift-newer": "mine", "sub/.nixsift-new-1": "new",
	})
	var told []string
	w := rewrite.Writer{Leftover: func(backup, path string) { told = append(told, filepath.Base(backup)+" "+filepath.Base(path)) }}
	require.NoError(t, w.Replace(filepath.Join(dir, "a"), "old", "new"))
	assert.Equal(t, []string{".nixsift-old-b-3 b"}, told)
	assert.Equal(t, []string{".nixsift-newer", ".nixsift-old-b-3", "a", "b", "sub"}, names(t, dir))
	assert.Equal(t, []string{".nixsift-new-1"}, names(t, filepath.Join(dir, "sub")), "where nothing is written, nothing is removed")
	assert.False(t, errors.Is(w.Replace(filepath.Join(dir, "b"), "half", "x"), rewrite.ErrChanged))
}
