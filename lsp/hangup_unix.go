//go:build unix

package lsp

import (
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

// hungUp reports whether nobody can read what is written any more.
func hungUp(w io.Writer) bool {
	of, ok := w.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := of.SyscallConn()
	if err != nil {
		return false
	}
	gone := false
	err = raw.Control(func(fd uintptr) {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd)}}, 0) // which asks for errors only
		gone = err == nil && n > 0
	})
	return err == nil && gone
}
