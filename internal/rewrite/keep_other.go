//go:build !(linux || darwin || freebsd || netbsd)

package rewrite

import (
	"io/fs"
	"os"
	"time"
)

func linked(fs.FileInfo) bool { return false }

func writable(string) bool { return true }

// keep gives a new file the mode of another; there is nothing else that this system's files have.
func keep(f *os.File, _ string, info fs.FileInfo) bool { return f.Chmod(info.Mode().Perm()) == nil }

func lock(*os.File) {}

// free reports whether a temporary file is so old that no run can use it.
func free(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && time.Since(info.ModTime()) > time.Hour
}

// settle closes a temporary file: not every system renames one that is open.
func settle(f *os.File) { _ = f.Close() }
