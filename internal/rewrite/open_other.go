//go:build !unix

package rewrite

import (
	"errors"
	"io/fs"
	"os"
)

// openTarget opens what a path leads to for writing, if that is a regular file or a character device.
func openTarget(path string, flags int) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = refuse(info)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|flags, 0o666)
}

func descriptor(string) (int, bool) { return 0, false }

func openDescriptor(int, string) (*os.File, error) { return nil, fs.ErrNotExist }
