//go:build linux || darwin || freebsd || netbsd

package rewrite_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestKept keeps what belongs to a file but its text.
func TestKept(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a": "old", "linked": "old old old"})
	var w rewrite.Writer
	a := filepath.Join(dir, "a")
	require.NoError(t, os.Chmod(a, 0o751|os.ModeSetgid))
	if os.Getuid() == 0 {
		require.NoError(t, os.Chown(a, 1234, 2345))
		require.NoError(t, os.Chmod(a, 0o751|os.ModeSetgid))
	}
	attributes := unix.Setxattr(a, "user.nixsift", []byte("kept"), 0) == nil
	was, err := os.Stat(a)
	require.NoError(t, err)
	require.NoError(t, w.Replace(a, "old", "new"))
	is, err := os.Stat(a)
	require.NoError(t, err)
	assert.Equal(t, was.Mode(), is.Mode())
	assert.Equal(t, was.Sys().(*syscall.Stat_t).Uid, is.Sys().(*syscall.Stat_t).Uid)
	assert.Equal(t, was.Sys().(*syscall.Stat_t).Gid, is.Sys().(*syscall.Stat_t).Gid)
	if attributes {
		value := make([]byte, 10)
		n, err := unix.Getxattr(a, "user.nixsift", value)
		require.NoError(t, err)
		assert.Equal(t, "kept", string(value[:n]))
	}

	linked, other := filepath.Join(dir, "linked"), filepath.Join(dir, "other")
	require.NoError(t, os.Link(linked, other))
	require.ErrorIs(t, w.Replace(linked, "old", "new"), rewrite.ErrChanged)
	for _, text := range []string{"new", "longer than before", ""} {
		require.NoError(t, w.Replace(linked, read(t, linked), text))
		assert.Equal(t, text, read(t, other), "both names have the text")
	}
	assert.Equal(t, []string{"a", "linked", "other"}, names(t, dir))
}

// TestInUse leaves the temporary files of other runs alone.
func TestInUse(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a": "old", ".nixsift-new-1": "new"})
	f, err := os.Open(filepath.Join(dir, ".nixsift-new-1"))
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	require.NoError(t, unix.Flock(int(f.Fd()), unix.LOCK_EX))
	require.NoError(t, new(rewrite.Writer).Replace(filepath.Join(dir, "a"), "old", "new"))
	assert.Equal(t, []string{".nixsift-new-1", "a"}, names(t, dir))
}

// TestDiskFull tells what cannot be written, and leaves no part of it.
func TestDiskFull(t *testing.T) {
	dir := testenv.Tree(t, nil)
	if err := mountSmall(dir); err != nil {
		t.Skipf("no file system to fill: %v", err)
	}
	defer unmount(dir)
	a, linked := filepath.Join(dir, "a"), filepath.Join(dir, "linked")
	require.NoError(t, os.WriteFile(a, []byte("old"), 0o644))
	require.NoError(t, os.WriteFile(linked, []byte("old"), 0o644))
	require.NoError(t, os.Link(linked, filepath.Join(dir, "other")))
	large := string(make([]byte, 1<<20))
	var w rewrite.Writer
	for _, path := range []string{a, linked} {
		require.ErrorIs(t, w.Replace(path, "old", large), unix.ENOSPC)
		assert.Equal(t, "old", read(t, path))
	}
	assert.Equal(t, []string{"a", "linked", "other"}, names(t, dir))
}
