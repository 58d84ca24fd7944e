//go:build !unix && !windows

package lsp

import "errors"

// process is another process, which cannot be watched here.
type process struct{}

func openProcess(int) (process, error) { return process{}, errors.ErrUnsupported }

func (process) ended() bool { return false }

func (process) close() {}
