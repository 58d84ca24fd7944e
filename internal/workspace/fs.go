// Package workspace is the file system as the engine sees it: disk, or editor buffers over it. It tells
// what kind of file a path names, and which files the paths on a command line mean.
package workspace

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nixsift/nixsift/internal/osfile"
)

// FS reads files by absolute path in the form of the system. Its methods may be called from several
// goroutines; errors are *fs.PathError where they speak of one path.
type FS interface {
	// ReadFile returns the content of a file. Callers do not write to it.
	ReadFile(path string) ([]byte, error)
	// Stat describes what a path leads to, Lstat what it is; they differ for symbolic links.
	Stat(path string) (fs.FileInfo, error)
	Lstat(path string) (fs.FileInfo, error)
	// ReadDir returns the entries of a folder sorted by name. With an error it may return some.
	ReadDir(path string) ([]fs.DirEntry, error)
	// Readlink returns what a symbolic link says, EvalSymlinks where a path leads to when all of its links are followed:
	// the path itself in a file system that has none. What Stat finds nothing at has no such place.
	Readlink(path string) (string, error)
	EvalSymlinks(path string) (string, error)
}

// header is an FS that can read the start of a file.
type header interface {
	Head(path string, n int) ([]byte, error)
}

// intoReader is an FS that can read a file into memory that is there.
type intoReader interface {
	ReadInto(path string, buf []byte) ([]byte, error)
}

// ReadInto is FS.ReadFile for callers that read one file after the other: the content lies in the memory of buf where
// there is enough, else elsewhere, and is only read.
func ReadInto(fsys FS, path string, buf []byte) ([]byte, error) {
	if r, ok := fsys.(intoReader); ok {
		return r.ReadInto(path, buf)
	}
	return fsys.ReadFile(path)
}

// MaxFile is the size in bytes up to which OS reads files.
const MaxFile = 64 << 20

// ErrNotRegular is the error of a path that leads to a device, a socket or a FIFO.
var ErrNotRegular = osfile.ErrNotRegular

// TooLargeError is the error of a file, or of a stream, of more than MaxFile bytes.
type TooLargeError = osfile.TooLargeError

// ReadAll reads a stream to its end, and no more than MaxFile bytes: then it fails with a TooLargeError.
func ReadAll(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err == nil && len(text) > MaxFile {
		return nil, &TooLargeError{Max: MaxFile}
	}
	return text, err
}

// OS is the file system of the machine. Its ReadFile refuses what is no regular file without waiting for
// it, and files of more than MaxFile bytes.
var OS FS = osFS{}

type osFS struct{}

func (osFS) Stat(path string) (fs.FileInfo, error)      { return os.Stat(path) }
func (osFS) Lstat(path string) (fs.FileInfo, error)     { return os.Lstat(path) }
func (osFS) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }
func (osFS) EvalSymlinks(path string) (string, error)   { return filepath.EvalSymlinks(path) }
func (osFS) Readlink(path string) (string, error)       { return os.Readlink(path) }
func (osFS) ReadFile(path string) ([]byte, error)       { return osfile.Read(path, MaxFile) }
func (osFS) Head(path string, n int) ([]byte, error)    { return osfile.Head(path, n) }
func (osFS) ReadInto(path string, buf []byte) ([]byte, error) {
	return osfile.ReadInto(path, MaxFile, buf)
}

// PlainReader returns what reads files that are no links, as git does with .gitignore: of what else has that name, it only waits
// for a FIFO, which is refused.
func PlainReader(fsys FS) func(path string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		if info, err := fsys.Lstat(path); err != nil {
			return nil, err
		} else if mode := info.Mode(); !mode.IsRegular() && mode&fs.ModeNamedPipe == 0 {
			return nil, fs.ErrNotExist
		}
		return fsys.ReadFile(path)
	}
}

func pathError(op, path string, err error) *fs.PathError {
	return &fs.PathError{Op: op, Path: path, Err: err}
}

// Head returns at most n bytes from the start of a file.
func Head(fsys FS, path string, n int) ([]byte, error) {
	if h, ok := fsys.(header); ok {
		return h.Head(path, n)
	}
	text, err := fsys.ReadFile(path)
	return text[:min(n, len(text))], err
}
