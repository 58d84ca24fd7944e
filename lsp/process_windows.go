package lsp

import "golang.org/x/sys/windows"

// process is another process.
type process struct{ handle windows.Handle }

func openProcess(pid int) (process, error) {
	h, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(pid))
	return process{h}, err
}

func (p process) ended() bool {
	event, err := windows.WaitForSingleObject(p.handle, 0)
	return err == nil && event == windows.WAIT_OBJECT_0
}

func (p process) close() { _ = windows.CloseHandle(p.handle) }
