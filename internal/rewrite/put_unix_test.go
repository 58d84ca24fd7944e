//go:build unix

package rewrite_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/testenv"
)

// TestSpecial holds that nothing waits for what is no file, nor takes its place.
func TestSpecial(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"folder/x": ""})
	t.Chdir(dir) // names of sockets are short
	require.NoError(t, syscall.Mkfifo("fifo", 0o666))
	require.NoError(t, syscall.Mkfifo("read", 0o666))
	reader, err := os.OpenFile("read", os.O_RDONLY|syscall.O_NONBLOCK, 0)
	require.NoError(t, err)
	defer func() { _ = reader.Close() }()
	l, err := net.Listen("unix", "socket")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	require.NoError(t, os.Symlink("fifo", "link"))
	for name, want := range map[string]string{"fifo": "FIFO", "read": "FIFO", "link": "FIFO", "socket": "socket", "folder": "it is a folder", ".": "it is a folder", "/dev/fd/": "it is a folder"} {
		before, err := os.Lstat(name)
		require.NoError(t, err)
		for what, write := range map[string]func(string, func(io.Writer) error) error{"Put": rewrite.Put, "Append": rewrite.Append} {
			require.ErrorContains(t, write(name, writing("x")), want, "%s %s", what, name)
		}
		after, err := os.Lstat(name)
		require.NoError(t, err)
		assert.True(t, os.SameFile(before, after), name)
	}
	require.NoError(t, rewrite.Append(os.DevNull, writing("x")))
	require.ErrorIs(t, rewrite.Put("/dev/fd/9999", writing("x")), os.ErrNotExist)
	require.NoError(t, rewrite.Append("new", writing("a")))
	require.NoError(t, rewrite.Append("new", writing("b")))
	assert.Equal(t, "ab", read(t, "new"))
}

// TestOpenFile holds that the name of an open file stands for what is open: a pipe, or a file where it has come to.
func TestOpenFile(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"file": ""})
	r, w, err := os.Pipe()
	require.NoError(t, err)
	name := fmt.Sprintf("/dev/fd/%d", w.Fd())
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(name, link))
	require.NoError(t, rewrite.Put(name, writing("one")))
	require.NoError(t, rewrite.Put(link, writing("two")))
	require.NoError(t, w.Close())
	var got bytes.Buffer
	_, err = got.ReadFrom(r)
	require.NoError(t, err)
	assert.Equal(t, "onetwo", got.String())

	file, err := os.OpenFile(filepath.Join(dir, "file"), os.O_WRONLY, 0)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	_, err = file.WriteString("begin ")
	require.NoError(t, err)
	require.NoError(t, rewrite.Put(fmt.Sprintf("/dev/fd/%d", file.Fd()), writing("report")))
	_, err = file.WriteString(" end")
	require.NoError(t, err)
	assert.Equal(t, "begin report end", read(t, file.Name()))
}
