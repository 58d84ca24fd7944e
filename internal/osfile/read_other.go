//go:build !unix

package osfile

import (
	"io/fs"
	"os"
)

// file is an open regular file.
type file struct {
	*os.File
	size int64
}

func open(path string) (file, error) {
	info, err := os.Stat(path)
	if err != nil {
		return file{}, err
	}
	switch {
	case info.IsDir():
		return file{}, pathError("read", path, fs.ErrInvalid)
	case !info.Mode().IsRegular():
		return file{}, pathError("read", path, ErrNotRegular)
	}
	f, err := os.Open(path)
	if err != nil {
		return file{}, err
	}
	return file{f, info.Size()}, nil
}

func (f *file) close() { _ = f.Close() }
