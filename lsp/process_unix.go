//go:build unix && !linux

package lsp

// process is another process.
type process struct{ pid int }

func openProcess(pid int) (process, error) { return process{pid}, signalable(pid) }

func (p process) ended() bool { return signalable(p.pid) != nil }

func (p process) close() {}
