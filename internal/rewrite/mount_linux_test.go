package rewrite_test

import "golang.org/x/sys/unix"

// mountSmall mounts a file system of 64 KiB.
func mountSmall(dir string) error { return unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k") }

func unmount(dir string) { _ = unix.Unmount(dir, 0) }
