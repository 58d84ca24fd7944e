package rewrite_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/testenv"
)

func writing(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func TestPut(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"old": "before", "folder/x": "", "target": "before", "one": "before"})
	at := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.Symlink("target", at("link")))
	require.NoError(t, os.Symlink("yet-to-come", at("dangling")))
	require.NoError(t, os.Link(at("one"), at("two")))
	require.NoError(t, os.Chmod(at("old"), 0o640))
	for _, name := range []string{"new", "old", "link", "dangling", "two"} {
		require.NoError(t, rewrite.Put(at(name), writing("after")), name)
		assert.Equal(t, "after", read(t, at(name)), name)
	}
	assert.Equal(t, "after", read(t, at("target")))
	assert.Equal(t, "after", read(t, at("yet-to-come")))
	assert.Equal(t, "after", read(t, at("one")), "both names have the text")
	info, err := os.Lstat(at("link"))
	require.NoError(t, err)
	assert.Equal(t, os.ModeSymlink, info.Mode().Type(), "a link stays one")
	info, err = os.Stat(at("old"))
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	}
	plain := at("plain")
	require.NoError(t, os.WriteFile(plain, nil, 0o666))
	same, err := os.Stat(plain)
	require.NoError(t, err)
	info, err = os.Stat(at("new"))
	require.NoError(t, err)
	assert.Equal(t, same.Mode(), info.Mode(), "a new file has the usual mode")

	require.Error(t, rewrite.Put(at("folder"), writing("x")))
	require.Error(t, rewrite.Put(at("no/such/folder"), writing("x")))
	require.NoError(t, rewrite.Put(os.DevNull, writing("x")))
	for _, name := range names(t, dir) {
		assert.False(t, strings.HasPrefix(name, ".nixsift"), name)
	}
}

// TestPutFails: a report that cannot be written leaves what was there.
func TestPutFails(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"old": "before"})
	wrong := errors.New("on purpose")
	half := func(w io.Writer) error {
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
		return wrong
	}
	for _, name := range []string{"old", "new"} {
		require.ErrorIs(t, rewrite.Put(filepath.Join(dir, name), half), wrong)
	}
	assert.Equal(t, "before", read(t, filepath.Join(dir, "old")))
	assert.Equal(t, []string{"old"}, names(t, dir))
	require.NoError(t, os.Chmod(filepath.Join(dir, "old"), 0o444))
	require.ErrorIs(t, rewrite.Put(filepath.Join(dir, "old"), writing("x")), rewrite.ErrReadOnly)
}
