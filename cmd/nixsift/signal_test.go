//go:build unix

package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/testenv"
)

// TestStoppedWhileWriting holds that a signal ends a run that writes to somebody who does not read.
func TestStoppedWhileWriting(t *testing.T) {
	dir := testenv.Tree(t, map[string]string{"a.nix": strings.Repeat("(nowhere) ", 20_000) + "\n"})
	for _, c := range []struct {
		args []string
		sig  syscall.Signal
		want int
	}{
		{[]string{"check", "--format", "json", "a.nix"}, syscall.SIGTERM, exitTerminated},
		{[]string{"check", "--format", "json", "a.nix"}, syscall.SIGINT, exitInterrupted},
		{[]string{"check", "--quiet", "--output", "json=/dev/stdout", "a.nix"}, syscall.SIGTERM, exitTerminated},
		{[]string{"parse", "--format", "json", "a.nix"}, syscall.SIGTERM, exitTerminated},
	} {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		cmd := exec.Command(program(t), c.args...)
		cmd.Dir, cmd.Stdout = dir, w
		require.NoError(t, cmd.Start())
		require.NoError(t, w.Close())
		_, err = r.Read(make([]byte, 1)) // it writes, and waits as soon as the pipe is full
		require.NoError(t, err)
		ended := make(chan struct{})
		require.NoError(t, cmd.Process.Signal(c.sig))
		go func() {
			_ = cmd.Wait() // a signal's end is an error
			close(ended)
		}()
		select {
		case <-ended:
		case <-time.After(time.Minute):
			_ = cmd.Process.Kill()
			<-ended
		}
		require.NoError(t, r.Close())
		status := cmd.ProcessState.Sys().(syscall.WaitStatus)
		got := status.ExitStatus()
		if status.Signaled() {
			got = 128 + int(status.Signal())
		}
		assert.Equal(t, c.want, got, c.args)
	}
}
