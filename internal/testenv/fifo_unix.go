//go:build unix

package testenv

import "syscall"

// MakeFIFO makes a FIFO that everybody may use.
func MakeFIFO(path string) error { return syscall.Mkfifo(path, 0o666) }
