//go:build linux || darwin || freebsd || netbsd

package rewrite

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// linked reports whether a file has other names.
func linked(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && st.Nlink > 1
}

// writable reports whether this user may write to a file.
func writable(path string) bool { return unix.Access(path, unix.W_OK) == nil }

// keep gives a new file the owner, group, mode and extended attributes of another, and reports whether it has them.
func keep(f *os.File, of string, info fs.FileInfo) bool {
	have, err := f.Stat()
	if err != nil {
		return false
	}
	mine, ok := have.Sys().(*syscall.Stat_t)
	theirs, also := info.Sys().(*syscall.Stat_t)
	if !ok || !also {
		return false
	}
	if (mine.Uid != theirs.Uid || mine.Gid != theirs.Gid) && f.Chown(int(theirs.Uid), int(theirs.Gid)) != nil {
		return false
	}
	// The mode comes behind the owner, whose change may take bits from it, and before access lists, which are part of it.
	if f.Chmod(info.Mode()&(fs.ModePerm|fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky)) != nil {
		return false
	}
	return keepAttributes(f, of)
}

func keepAttributes(f *os.File, of string) bool {
	from, err := os.Open(of)
	if err != nil {
		return false
	}
	defer func() { _ = from.Close() }()
	want, err := attributes(from)
	if err != nil {
		return false
	}
	have, err := attributes(f)
	if err != nil {
		return false
	}
	for _, name := range have {
		if !slices.Contains(want, name) && unix.Fremovexattr(int(f.Fd()), name) != nil {
			return false
		}
	}
	for _, name := range want {
		value, err := attribute(from, name)
		if err != nil {
			return false
		}
		if old, err := attribute(f, name); err == nil && bytes.Equal(old, value) {
			continue
		}
		if unix.Fsetxattr(int(f.Fd()), name, value, 0) != nil {
			return false
		}
	}
	return true
}

// attributes returns the names of a file's extended attributes; none where the file system has no such.
func attributes(f *os.File) ([]string, error) {
	b, err := sized(func(b []byte) (int, error) { return unix.Flistxattr(int(f.Fd()), b) })
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EOPNOTSUPP) || len(b) == 0 {
		return nil, nil
	}
	return strings.Split(strings.TrimSuffix(string(b), "\x00"), "\x00"), err
}

func attribute(f *os.File, name string) ([]byte, error) {
	return sized(func(b []byte) (int, error) { return unix.Fgetxattr(int(f.Fd()), name, b) })
}

// sized makes a call that tells the size of its result when it gets no room.
func sized(call func([]byte) (int, error)) ([]byte, error) {
	n, err := call(nil)
	if err != nil || n <= 0 {
		return nil, err
	}
	b := make([]byte, n)
	n, err = call(b)
	return b[:max(n, 0)], err
}

// lock tells other runs that a temporary file is in use. The system lets go of it when the program ends.
func lock(f *os.File) { _ = unix.Flock(int(f.Fd()), unix.LOCK_EX) }

// free reports whether no run uses a temporary file.
func free(f *os.File) bool { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil }

// settle makes a temporary file ready to be renamed.
func settle(*os.File) {}
