package parser

import (
	"runtime"
	"syscall"
	"time"
)

// cpuTime runs f and returns the processor time that it took: what else the machine does is not counted,
// nor is the collector.
func cpuTime(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const thread = 1 // RUSAGE_THREAD of getrusage(2)
	var before, after syscall.Rusage
	if syscall.Getrusage(thread, &before) != nil {
		return wallTime(f)
	}
	f()
	if syscall.Getrusage(thread, &after) != nil {
		return 0
	}
	return time.Duration(after.Utime.Nano() - before.Utime.Nano() + after.Stime.Nano() - before.Stime.Nano())
}
