//go:build unix

package main

import (
	"os"
	"syscall"
)

// maxRSS returns the largest resident set of a finished process, in bytes as Linux counts.
func maxRSS(s *os.ProcessState) int64 {
	if u, ok := s.SysUsage().(*syscall.Rusage); ok {
		return u.Maxrss * 1024
	}
	return 0
}
