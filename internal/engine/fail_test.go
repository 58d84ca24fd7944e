package engine_test

import (
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
)

// faulty is a file system on which some files cannot be read.
type faulty struct {
	workspace.FS
	read func(name string) error
}

func (f faulty) ReadFile(path string) ([]byte, error) {
	if err := f.read(filepath.Base(path)); err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return f.FS.ReadFile(path)
}

// TestVanished holds that a file that is gone between listing and reading is an error, and not counted as checked.
func TestVanished(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.nix", "b.nix", ".gitlab-ci.yml", "c.sh"} {
		write(t, dir, name, "")
	}
	gone := faulty{workspace.OS, func(name string) error {
		if name != "a.nix" {
			return fs.ErrNotExist
		}
		return nil
	}}
	res := check(t, engine.Options{FS: gone, Paths: []string{dir}})
	assert.Equal(t, 1, res.Files)
	var files []string
	for _, e := range res.Errors {
		assert.Equal(t, engine.Unreadable, e.Kind)
		assert.Equal(t, "cannot be read: file does not exist", e.Message)
		files = append(files, filepath.Base(e.File))
	}
	assert.Equal(t, []string{".gitlab-ci.yml", "b.nix", "c.sh"}, files)
}

// TestPanicOutsideOfRules contains what fails in a file before any rule runs.
func TestPanicOutsideOfRules(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.nix", "b.nix", "c.nix"} {
		write(t, dir, name, "x: fine")
	}
	panics := faulty{workspace.OS, func(name string) error {
		if name == "b.nix" {
			panic("on purpose")
		}
		return nil
	}}
	res := check(t, engine.Options{FS: panics, Paths: []string{dir}, Only: []string{"test-seen"}})
	assert.Equal(t, "a.nix:3 warning test-seen\nc.nix:3 warning test-seen\n", show(res))
	require.Len(t, res.Errors, 1)
	assert.Equal(t, engine.Internal, res.Errors[0].Kind)
	assert.Equal(t, filepath.Join(dir, "b.nix"), res.Errors[0].File)
	assert.Contains(t, res.Errors[0].Message, "checking failed: on purpose")
}
