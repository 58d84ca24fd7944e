package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"", "x", strings.Repeat("0123456789", 30000)} {
		path := write(t, filepath.Join(dir, "f"), text)
		got, err := OS.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
		got, err = Head(OS, path, 5)
		require.NoError(t, err)
		assert.Equal(t, text[:min(5, len(text))], string(got))
	}
	_, err := OS.ReadFile(filepath.Join(dir, "gone"))
	assert.ErrorIs(t, err, fs.ErrNotExist)
	_, err = OS.ReadFile(dir)
	assert.ErrorIs(t, err, syscall.EISDIR)

	fifo := filepath.Join(dir, "fifo")
	require.NoError(t, testenv.MakeFIFO(fifo))
	_, err = OS.ReadFile(fifo)
	assert.ErrorIs(t, err, ErrNotRegular)
	_, err = OS.ReadFile(os.DevNull)
	assert.ErrorIs(t, err, ErrNotRegular)
	if l, err := net.Listen("unix", filepath.Join(dir, "sock")); err == nil {
		defer func() { _ = l.Close() }()
		_, err = OS.ReadFile(filepath.Join(dir, "sock"))
		assert.ErrorIs(t, err, ErrNotRegular)
	}

	big := write(t, filepath.Join(dir, "big"), "")
	require.NoError(t, os.Truncate(big, MaxFile+1))
	_, err = OS.ReadFile(big)
	var tooLarge *TooLargeError
	require.ErrorAs(t, err, &tooLarge)
	assert.EqualValues(t, MaxFile+1, tooLarge.Size)
	got, err := Head(OS, big, 3)
	require.NoError(t, err)
	assert.Len(t, got, 3)
}

func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	disk := write(t, filepath.Join(dir, "a.nix"), "disk")
	write(t, filepath.Join(dir, "m/x"), "")
	o := NewOverlay(OS)
	names := func(dir string) string {
		entries, err := o.ReadDir(dir)
		require.NoError(t, err)
		var b strings.Builder
		for _, e := range entries {
			b.WriteString(e.Name())
			if e.IsDir() {
				b.WriteByte('/')
			}
			b.WriteByte(' ')
		}
		return b.String()
	}
	text := func(path string) string {
		b, err := o.ReadFile(path)
		require.NoError(t, err)
		return string(b)
	}
	deep := filepath.Join(dir, "new/deep/b.nix")
	assert.Equal(t, "a.nix m/ ", names(dir))
	o.Set(disk, []byte("buffer!"))
	o.Set(deep, []byte("b"))
	o.Set(deep, []byte("bb"))
	o.Set(filepath.Join(dir, "m/y"), nil)
	assert.Equal(t, "buffer!", text(disk))
	assert.Equal(t, "buffer!", text(dir+"/m/../a.nix"))
	assert.Equal(t, "a.nix m/ new/ ", names(dir))
	assert.Equal(t, "deep/ ", names(filepath.Join(dir, "new")))
	assert.Equal(t, "b.nix ", names(filepath.Join(dir, "new/deep")))
	assert.Equal(t, "x y ", names(filepath.Join(dir, "m")))
	info, err := o.Stat(disk)
	require.NoError(t, err)
	assert.EqualValues(t, 7, info.Size())
	assert.True(t, info.Mode().IsRegular())
	info, err = o.Lstat(filepath.Join(dir, "new"))
	require.NoError(t, err)
	assert.True(t, info.IsDir())
	resolved, err := o.EvalSymlinks(deep)
	require.NoError(t, err)
	assert.Equal(t, deep, resolved)
	h, err := o.Head(deep, 1)
	require.NoError(t, err)
	assert.Equal(t, "b", string(h))
	h, err = o.Head(filepath.Join(dir, "m/x"), 1)
	require.NoError(t, err)
	assert.Empty(t, h)

	o.Delete(disk)
	o.Delete(deep)
	o.Delete(deep)
	assert.Equal(t, "disk", text(disk))
	assert.Equal(t, "a.nix m/ ", names(dir))
	_, err = o.Stat(deep)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	_, err = o.ReadDir(filepath.Dir(deep))
	assert.ErrorIs(t, err, fs.ErrNotExist)
	_, err = o.EvalSymlinks(deep)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	o.Delete(filepath.Join(dir, "m/y"))
	assert.Empty(t, o.below)

	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				o.Set(deep, []byte("x"))
				_, _ = o.ReadFile(deep)
				_, _ = o.ReadDir(dir)
				_, _ = o.Stat(deep)
				o.Delete(deep)
			}
		})
	}
	wg.Wait()
	assert.Empty(t, o.below)
}

// plainFS is a file system without links, and of the methods of FS and nothing more, below "/".
type plainFS struct{ m fstest.MapFS }

func (p plainFS) name(path string) string {
	if path == "/" {
		return "."
	}
	return path[1:]
}
func (p plainFS) ReadFile(path string) ([]byte, error)       { return p.m.ReadFile(p.name(path)) }
func (p plainFS) Stat(path string) (fs.FileInfo, error)      { return p.m.Stat(p.name(path)) }
func (p plainFS) Lstat(path string) (fs.FileInfo, error)     { return p.m.Stat(p.name(path)) }
func (p plainFS) ReadDir(path string) ([]fs.DirEntry, error) { return p.m.ReadDir(p.name(path)) }
func (p plainFS) EvalSymlinks(path string) (string, error)   { return path, nil }
func (p plainFS) Readlink(path string) (string, error) {
	return "", &fs.PathError{Op: "readlink", Path: path, Err: fs.ErrInvalid}
}

func TestPlainFileSystem(t *testing.T) {
	p := plainFS{fstest.MapFS{
		"nowhere/x/a.nix":            {Data: []byte("{}")},
		"nowhere/x/out/b.nix":        {},
		"nowhere/x/scripts/run":      {Data: []byte("#!/bin/sh\n")},
		"nowhere/x/scripts/program":  {Data: []byte("\x7fELF")},
		"nowhere/x/scripts/LICENSE":  {},
		"nowhere/x/other/run":        {Data: []byte("#!/bin/sh\n")},
		"nowhere/x/.gitignore":       {Data: []byte("out\n")},
		"nowhere/x/.jj/repo/x.nix":   {},
		"nowhere/x/sub/out/c.nix":    {},
		"nowhere/x/sub/deep/out.nix": {},
	}}
	o := NewOverlay(p)
	o.Set("/nowhere/x/sub/d.nix", nil)
	for _, root := range []string{"/nowhere/x", "/nowhere/x/"} {
		s, problems := Select(o, []string{root}, Options{})
		assert.Empty(t, problems)
		assert.Equal(t, []File{
			{"/nowhere/x/a.nix", Nix, false},
			{"/nowhere/x/scripts/run", Shell, false},
			{"/nowhere/x/sub/d.nix", Nix, false},
			{"/nowhere/x/sub/deep/out.nix", Nix, false},
		}, s.Files)
	}
	s, _ := Select(o, []string{"/nowhere/x/sub"}, Options{})
	assert.Len(t, s.Files, 2, "the ignore file above counts up to the root of the jj workspace")
	s, _ = Select(o, []string{"/nowhere/x/other/run", "/nowhere/x/out/b.nix"}, Options{})
	assert.Equal(t, []File{{"/nowhere/x/other/run", Shell, true}, {"/nowhere/x/out/b.nix", Nix, true}}, s.Files)
	_, err := Head(p, "/nowhere/x/gone", 3)
	assert.True(t, errors.Is(err, fs.ErrNotExist))
}

// TestRememberedLinks resolves paths in random trees full of links as the system does.
func TestRememberedLinks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	resolved, failed := 0, 0
	for range 40 {
		root, err := filepath.EvalSymlinks(t.TempDir())
		require.NoError(t, err)
		names := []string{"a", "b", "c"}
		somewhere := func() string {
			parts := make([]string, 1+random.IntN(4))
			for i := range parts {
				parts[i] = names[random.IntN(len(names))]
			}
			return strings.Join(parts, "/")
		}
		for range 12 {
			path := filepath.Join(root, somewhere())
			if os.MkdirAll(filepath.Dir(path), 0o777) != nil {
				continue
			}
			switch target := strings.Repeat("../", random.IntN(3)) + somewhere(); random.IntN(5) {
			case 0:
				_ = os.WriteFile(path, nil, 0o666)
			case 1:
				_ = os.Symlink(filepath.Join(root, target), path)
			default:
				_ = os.Symlink(target, path)
			}
		}
		fsys := Remember(OS)
		if random.IntN(2) == 0 {
			require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
				if err == nil && d.IsDir() {
					_, err = fsys.ReadDir(path)
				}
				return err
			}))
		}
		for range 100 {
			path := filepath.Join(root, somewhere())
			want, wantErr := filepath.EvalSymlinks(path)
			got, err := fsys.EvalSymlinks(path)
			if wantErr != nil {
				failed++
				assert.Error(t, err, path)
				continue
			}
			resolved++
			assert.NoError(t, err, path)
			assert.Equal(t, want, got, path)
		}
	}
	assert.Greater(t, resolved, 500)
	assert.Greater(t, failed, 500)
}

func TestLinksThatDouble(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.Symlink(".", filepath.Join(root, "l0")))
	for i := range 60 {
		require.NoError(t, os.Symlink(fmt.Sprintf("l%d/l%d", i, i), filepath.Join(root, fmt.Sprintf("l%d", i+1))))
	}
	fsys := Remember(OS)
	_, err := fsys.EvalSymlinks(filepath.Join(root, "l60"))
	assert.ErrorContains(t, err, "too many links")
	got, err := fsys.EvalSymlinks(filepath.Join(root, "l3"))
	require.NoError(t, err)
	assert.Equal(t, root, got)
}
