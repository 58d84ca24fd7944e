// Package osfile reads regular files of the machine and nothing else: a device, a FIFO or a folder in the
// place of a file is an error, and nobody waits for what another program may never write.
package osfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// ErrNotRegular is the error of a path that leads to a device, a socket or a FIFO, whose content is not
// there to be read, or not twice.
var ErrNotRegular = errors.New("not a regular file")

// TooLargeError is the error of a file, or a stream, that has more bytes than its reader takes.
type TooLargeError struct {
	Size, Max int64 // in bytes; a Size of 0 is not known
}

func (e *TooLargeError) Error() string {
	if e.Size == 0 {
		return fmt.Sprintf("more than the %d MiB that are analysed", e.Max>>20)
	}
	return fmt.Sprintf("the file has %d MiB, more than the %d that are analysed", e.Size>>20, e.Max>>20)
}

// Read returns the content of a regular file of at most limit bytes; links are followed. Errors are
// *fs.PathError, with ErrNotRegular or a TooLargeError within.
func Read(path string, limit int64) ([]byte, error) { return ReadInto(path, limit, nil) }

// ReadInto is Read into the memory of buf, where that is enough, else into memory of its own.
func ReadInto(path string, limit int64, buf []byte) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.close()
	if f.size > limit {
		return nil, pathError("read", path, &TooLargeError{f.size, limit})
	}
	if f.size == 0 {
		return f.unsized(path, limit)
	}
	return f.head(int(f.size), buf)
}

// Head returns at most n bytes from the start of a regular file.
func Head(path string, n int) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.close()
	if f.size == 0 {
		return f.head(n, nil)
	}
	return f.head(int(min(f.size, int64(n))), nil)
}

// unsized reads a file that says that it is empty, as those below /proc do whatever they have.
func (f *file) unsized(path string, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = pathError("read", path, &TooLargeError{Max: limit})
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}

// Stream calls use with a reader of a regular file and the size that it has, in bytes.
func Stream(path string, use func(r io.Reader, size int64) error) error {
	f, err := open(path)
	if err != nil {
		return err
	}
	defer f.close()
	return use(&f, f.size)
}

// head reads n bytes, or fewer where the file was cut short since it was opened, into buf if they fit.
func (f *file) head(n int, buf []byte) ([]byte, error) {
	if n <= cap(buf) {
		buf = buf[:n]
	} else {
		buf = make([]byte, n)
	}
	at := 0
	for at < n {
		m, err := f.Read(buf[at:])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		at += m
	}
	return buf[:at], nil
}

// IsMissing reports whether an error says that nothing is at a path, be it that something above it is no folder.
func IsMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) || isNotDir(err) }

func pathError(op, path string, err error) *fs.PathError {
	return &fs.PathError{Op: op, Path: path, Err: err}
}
