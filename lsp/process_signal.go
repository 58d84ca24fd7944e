//go:build unix

package lsp

import (
	"errors"

	"golang.org/x/sys/unix"
)

// signalable returns an error if there is no process of that number. One of another user is there, too.
func signalable(pid int) error {
	err := unix.Kill(pid, 0)
	if errors.Is(err, unix.EPERM) {
		return nil
	}
	return err
}
