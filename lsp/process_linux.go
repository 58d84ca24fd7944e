package lsp

import (
	"errors"
	"math"

	"golang.org/x/sys/unix"
)

// process is another process, by a descriptor: its number may be given to another one, and stays taken while nobody
// asks how the process ended. Kernels before 5.3, and some sandboxes, give no descriptor (-1).
type process struct{ pid, fd int }

func openProcess(pid int) (process, error) {
	if pid > math.MaxInt32 {
		return process{}, unix.ESRCH
	}
	fd, err := unix.PidfdOpen(pid, 0)
	switch {
	case err == nil:
		return process{pid, fd}, nil
	case errors.Is(err, unix.ESRCH):
		return process{}, err
	}
	return process{pid, -1}, signalable(pid)
}

func (p process) ended() bool {
	if p.fd < 0 {
		return signalable(p.pid) != nil
	}
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}}, 0)
	return err == nil && n > 0
}

func (p process) close() {
	if p.fd >= 0 {
		_ = unix.Close(p.fd)
	}
}
