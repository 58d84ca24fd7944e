//go:build unix

package workspace

import (
	"errors"
	"syscall"
)

// read returns the content of a regular file, or its first head bytes where head is not negative. It calls
// the system directly: a third of the time that os.ReadFile takes on small files goes into registering
// each with the poller, asking again for the end, and a finalizer.
func read(path string, head int) ([]byte, error) {
	fd, err := retry(func() (int, error) {
		// O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever.
		return syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	})
	if err != nil {
		if errors.Is(err, syscall.ENXIO) || errors.Is(err, syscall.EOPNOTSUPP) { // a socket
			err = ErrNotRegular
		}
		return nil, pathError("open", path, err)
	}
	defer func() { _ = syscall.Close(fd) }()
	var st syscall.Stat_t
	if _, err := retry(func() (int, error) { return 0, syscall.Fstat(fd, &st) }); err != nil {
		return nil, pathError("stat", path, err)
	}
	switch st.Mode & syscall.S_IFMT {
	case syscall.S_IFREG:
	case syscall.S_IFDIR:
		return nil, pathError("read", path, syscall.EISDIR)
	default:
		return nil, pathError("read", path, ErrNotRegular)
	}
	size := int(min(st.Size, MaxFile+1))
	if head >= 0 {
		size = min(size, head)
	} else if size > MaxFile {
		return nil, pathError("read", path, &TooLargeError{st.Size})
	}
	buf := make([]byte, size)
	for n := 0; n < size; {
		m, err := retry(func() (int, error) { return syscall.Read(fd, buf[n:]) })
		if err != nil {
			return nil, pathError("read", path, err)
		}
		if m == 0 { // cut short since it was opened
			return buf[:n], nil
		}
		n += m
	}
	return buf, nil
}

// retry repeats a call that a signal interrupts.
func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if !errors.Is(err, syscall.EINTR) {
			return n, err
		}
	}
}
