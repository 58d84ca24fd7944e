//go:build unix

package growth

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime returns the processor time that this process took: what else the machine does is not counted.
func processorTime() (time.Duration, bool) {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return 0, false
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), true
}
