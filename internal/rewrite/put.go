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

// errFolder is the error of a folder where a file is to be written.
var errFolder = errors.New("it is a folder")

// Put writes a file that is nobody's work, such as a report, whatever it had before. Readers see the old text or the whole
// new one: that takes its place in one step, where it can. What is no regular file (a device, a pipe) is written to, and so is
// a file with several hard links, or in a folder that this user may not write to. Where writing fails, a file keeps its old
// text in the first case.
func Put(path string, write func(io.Writer) error) error {
	target := path
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(path); err == nil { // a link to what is still to be made
			return direct(path, write)
		}
	case err != nil:
		return plain(err)
	case info.IsDir():
		return errFolder
	case !info.Mode().IsRegular() || linked(info):
		return direct(path, write)
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
			return direct(target, write)
		}
		return plain(err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // after the rename there is none
	defer func() { _ = temp.Close() }()
	lock(temp)
	if info != nil && !keep(temp, target, info) {
		return direct(target, write)
	}
	if err := buffered(temp, write); err != nil {
		return err
	}
	settle(temp)
	return plain(os.Rename(temp.Name(), target))
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

// direct writes into what a path leads to.
func direct(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
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
