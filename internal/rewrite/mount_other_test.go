//go:build darwin || freebsd || netbsd

package rewrite_test

import "errors"

func mountSmall(string) error { return errors.ErrUnsupported }

func unmount(string) {}
