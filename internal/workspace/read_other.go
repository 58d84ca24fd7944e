//go:build !unix

package workspace

import (
	"io"
	"os"
)

// read returns the content of a regular file, or its first head bytes where head is not negative.
func read(path string, head int) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, pathError("read", path, ErrNotRegular)
	}
	if head < 0 {
		if info.Size() > MaxFile {
			return nil, pathError("read", path, &TooLargeError{info.Size()})
		}
		return os.ReadFile(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, int64(head)))
}
