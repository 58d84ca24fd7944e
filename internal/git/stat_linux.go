package git

import (
	"io/fs"
	"syscall"
)

// statOf returns the time of the last change of a file's state and the number of the file, as an index has them.
func statOf(info fs.FileInfo) (changed stamp, inode uint32, ok bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return stamp{}, 0, false
	}
	sec, nsec := st.Ctim.Unix()
	return stamp{uint32(sec), uint32(nsec)}, uint32(st.Ino), true
}
