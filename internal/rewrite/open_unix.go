//go:build unix

package rewrite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// openTarget opens what a path leads to for writing, without waiting. What is neither a regular file nor a character
// device is refused: nobody may ever read from a FIFO, and a block device is somebody's disk.
func openTarget(path string, flags int) (*os.File, error) {
	var fd int
	err := error(syscall.EINTR)
	for errors.Is(err, syscall.EINTR) {
		fd, err = syscall.Open(path, syscall.O_WRONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK|syscall.O_NOCTTY|flags, 0o666)
	}
	switch {
	case errors.Is(err, syscall.ENXIO) || errors.Is(err, syscall.EOPNOTSUPP): // a FIFO without a reader, a socket
		return nil, errSpecial
	case errors.Is(err, syscall.EISDIR):
		return nil, errFolder
	case err != nil:
		return nil, err
	}
	f := os.NewFile(uintptr(fd), path)
	info, err := f.Stat()
	if err == nil {
		err = refuse(info)
	}
	if err == nil {
		err = syscall.SetNonblock(fd, false)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// descriptor returns the number of the open file of this program that a path stands for, as /dev/stdout and what a shell
// writes for >(program) do.
func descriptor(path string) (fd int, ok bool) {
	const maxLinks = 40
	for range maxLinks {
		switch path = filepath.Clean(path); path {
		case "/dev/stdout":
			return syscall.Stdout, true
		case "/dev/stderr":
			return syscall.Stderr, true
		}
		switch dir, name := filepath.Split(path); dir {
		case "/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/", "/proc/" + strconv.Itoa(os.Getpid()) + "/fd/":
			fd, err := strconv.Atoi(name)
			return fd, err == nil
		}
		target, err := os.Readlink(path)
		if err != nil {
			return 0, false
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return 0, false
}

// openDescriptor returns an open file of this program once more. It is written to where it stands.
func openDescriptor(fd int, path string) (*os.File, error) {
	again, err := syscall.Dup(fd)
	if err != nil {
		return nil, fs.ErrNotExist
	}
	syscall.CloseOnExec(again)
	return os.NewFile(uintptr(again), path), nil
}
