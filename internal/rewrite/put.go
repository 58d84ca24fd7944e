package rewrite

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// The errors of what is no file to write to.
var (
	errFolder  = errors.New("it is a folder")
	errSpecial = errors.New("it is a FIFO, a socket or a block device: name a file, or /dev/stdout in a pipe")
)

// refuse returns the error of what is neither a regular file nor a character device, such as a terminal or /dev/null.
func refuse(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return errFolder
	case !mode.IsRegular() && mode&fs.ModeCharDevice == 0:
		return errSpecial
	}
	return nil
}

// Put writes a file that is nobody's work, such as a report, whatever it had before. Readers see the old text or the whole
// new one: that takes its place in one step, where it can. A character device is written to, and so is a file with several
// hard links, or in a folder that this user may not write to; where writing fails, the old text is lost. The names of open
// files, such as /dev/stdout, stand for those, whatever they are. All else that is no regular file is refused without
// waiting for it.
func Put(path string, write func(io.Writer) error) error {
	if _, ok := descriptor(path); ok {
		return direct(path, os.O_TRUNC, write)
	}
	target := path
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(path); err == nil { // a link to what is still to be made
			return direct(path, os.O_TRUNC, write)
		}
	case err != nil:
		return plain(err)
	case refuse(info) != nil:
		return refuse(info)
	case !info.Mode().IsRegular() || linked(info):
		return direct(path, os.O_TRUNC, write)
	case info.Mode().Perm()&0o222 == 0 || !writable(path):
		return ErrReadOnly
	default:
		if target, err = filepath.EvalSymlinks(path); err != nil {
			return plain(err)
		}
	}
	temp, err := fresh(filepath.Dir(target))
	if err != nil {
		if info != nil && errors.Is(err, fs.ErrPermission) {
			return direct(target, os.O_TRUNC, write)
		}
		return plain(err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // after the rename there is none
	defer func() { _ = temp.Close() }()
	lock(temp)
	if info != nil && !keep(temp, target, info) {
		return direct(target, os.O_TRUNC, write)
	}
	if err := buffered(temp, write); err != nil {
		return err
	}
	settle(temp)
	return plain(os.Rename(temp.Name(), target))
}

// IsOpen reports whether a path stands for an open file, as /dev/stdout does.
func IsOpen(path string) bool {
	_, ok := descriptor(path)
	return ok
}

// fresh makes a temporary file with the mode that a new file of this user has.
func fresh(dir string) (*os.File, error) {
	for try := 0; ; try++ {
		f, err := os.OpenFile(filepath.Join(dir, fmt.Sprintf("%s%d", tempPrefix, rand.Uint32())), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil || !errors.Is(err, fs.ErrExist) || try == 100 {
			return f, err
		}
	}
}

// Append adds to the end of a file, which need not be there. Like Put, it writes to regular files, character devices and
// open files only.
func Append(path string, write func(io.Writer) error) error {
	return direct(path, os.O_APPEND, write)
}

// direct writes into what a path leads to, as os.O_TRUNC or os.O_APPEND says; into open files where they stand.
func direct(path string, how int, write func(io.Writer) error) error {
	var f *os.File
	var err error
	if fd, ok := descriptor(path); ok {
		f, err = openDescriptor(fd, path)
	} else {
		f, err = openTarget(path, os.O_CREATE|how)
	}
	if err != nil {
		return plain(err)
	}
	return errors.Join(buffered(f, write), plain(f.Close()))
}

func buffered(f *os.File, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return plain(err)
	}
	return plain(w.Flush())
}
