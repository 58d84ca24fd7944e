package osfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

func TestOnlyRegularFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.WriteFile(at("file"), []byte("content"), 0o666))
	require.NoError(t, os.Symlink("file", at("link")))
	require.NoError(t, testenv.MakeFIFO(at("fifo")))
	require.NoError(t, os.Symlink("/dev/zero", at("zero")))
	require.NoError(t, os.Symlink(".", at("folder")))
	for _, name := range []string{"file", "link"} {
		got, err := Read(at(name), 7)
		require.NoError(t, err)
		assert.Equal(t, "content", string(got))
		got, err = Head(at(name), 3)
		require.NoError(t, err)
		assert.Equal(t, "con", string(got))
		require.NoError(t, Stream(at(name), func(r io.Reader, size int64) error {
			all, err := io.ReadAll(r)
			assert.Equal(t, "content", string(all))
			assert.EqualValues(t, 7, size)
			return err
		}))
	}
	_, err := Read(at("file"), 6)
	var large *TooLargeError
	require.ErrorAs(t, err, &large)
	assert.Equal(t, TooLargeError{7, 6}, *large)
	for _, name := range []string{"fifo", "zero", "folder", "gone"} {
		_, err := Read(at(name), 1)
		_, headErr := Head(at(name), 1)
		streamErr := Stream(at(name), func(io.Reader, int64) error { return nil })
		for _, err := range []error{err, headErr, streamErr} {
			var at *fs.PathError
			require.ErrorAs(t, err, &at, name)
			assert.Equal(t, name == "gone", errors.Is(err, fs.ErrNotExist))
			assert.Equal(t, name == "fifo" || name == "zero", errors.Is(err, ErrNotRegular), name)
		}
	}
}

// TestUnsized reads what says that it is empty.
func TestUnsized(t *testing.T) {
	const path = "/proc/self/stat"
	if info, err := os.Stat(path); err != nil || info.Size() != 0 {
		t.Skip("no such file here")
	}
	text, err := Read(path, 1<<16)
	require.NoError(t, err)
	assert.NotEmpty(t, text)
	head, err := Head(path, 3)
	require.NoError(t, err)
	assert.Len(t, head, 3)
	_, err = Read(path, 3)
	var large *TooLargeError
	require.ErrorAs(t, err, &large)
	_, err = Read("/proc/self/mem", 1<<16)
	require.Error(t, err)
	empty := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(empty, nil, 0o666))
	text, err = Read(empty, 0)
	require.NoError(t, err)
	assert.Empty(t, text)
}
