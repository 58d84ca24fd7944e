//go:build unix

package osfile

import (
	"errors"
	"syscall"
)

// isNotDir reports that a component of a path is a file, so that nothing lies below it.
func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
