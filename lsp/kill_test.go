//go:build unix

package lsp_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp/lsptest"
)

// killed is a session of the real program that something ends.
type killed struct {
	*lsptest.Client
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *os.File
	stderr *os.File
	uri    string
}

// busy starts the program, with a large file open and requests about it under way.
func busy(t *testing.T, requests bool) *killed {
	t.Helper()
	dir := t.TempDir()
	temp := filepath.Join(dir, "tmp")
	require.NoError(t, os.Mkdir(temp, 0o755))
	text := module(300 << 10)
	k := &killed{cmd: exec.Command(program(t), "lsp"), uri: lsptest.URI(lsptest.WriteFile(t, dir, "a.nix", text))}
	k.cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var err error
	k.in, err = k.cmd.StdinPipe()
	require.NoError(t, err)
	var stdout, stderr *os.File
	k.out, stdout, err = os.Pipe()
	require.NoError(t, err)
	k.stderr, stderr, err = os.Pipe()
	require.NoError(t, err)
	k.cmd.Stdout, k.cmd.Stderr = stdout, stderr
	require.NoError(t, k.cmd.Start())
	require.NoError(t, stdout.Close())
	require.NoError(t, stderr.Close())
	t.Cleanup(func() {
		_ = k.cmd.Process.Kill()
		_ = k.out.Close()
		_ = k.stderr.Close()
		left, err := os.ReadDir(temp)
		require.NoError(t, err)
		assert.Empty(t, left, "temporary files")
	})
	k.Client = lsptest.Connect(t, k.out, k.in)
	k.Initialize(dir, "")
	if requests {
		k.Open(k.uri, "nix", 1, text)
		k.Diagnostics(k.uri, 1)
		at := lsptest.At(9, 0, 9, 0)
		k.Edit(k.uri, 2, lsptest.Change{Range: &at, Text: " "})
		for _, method := range []string{"codeAction", "hover", "completion", "documentSymbol", "references", "rename", "foldingRange"} {
			k.Send("textDocument/"+method, map[string]any{
				"textDocument": map[string]any{"uri": k.uri}, "range": lsptest.At(0, 0, 1<<20, 0), "position": lsptest.Position{Line: 1, Character: 3}, "newName": "x",
				"context": map[string]any{"diagnostics": []any{}, "only": []string{"source.fixAll"}, "includeDeclaration": true},
			})
		}
		k.Send("workspace/diagnostic", map[string]any{"previousResultIds": []any{map[string]any{"uri": k.uri, "value": "x"}}})
	}
	return k
}

// TestKilled ends sessions of the real program in all ways in which clients go away: it ends soon, says how, and leaves nothing
// behind.
func TestKilled(t *testing.T) {
	for name, end := range map[string]struct {
		status int
		do     func(k *killed)
	}{
		"the input ends":            {1, func(k *killed) { k.Hangup() }},
		"everything is closed":      {1, func(k *killed) { k.Hangup(); _ = k.out.Close() }},
		"only the output is closed": {1, func(k *killed) { _ = k.out.Close(); k.Send("shutdow", nil) }},
		"the log is closed": {0, func(k *killed) {
			_ = k.stderr.Close()
			k.Write("junk\r\n")
			k.Call("shutdown", nil, nil)
			k.Notify("exit", nil)
		}},
		"half a header":                  {1, func(k *killed) { k.Write("Content-Len"); k.Hangup() }},
		"half a message":                 {1, func(k *killed) { k.Write("Content-Length: 500\r\n\r\n{\"jsonrpc\":\"2.0\","); k.Hangup() }},
		"half a message and no reader":   {1, func(k *killed) { k.Write("Content-Length: 99999\r\n\r\n{"); k.Hangup(); _ = k.out.Close() }},
		"half a message after shutdown":  {0, func(k *killed) { k.Call("shutdown", nil, nil); k.Write("Content-Length: 500\r\n\r\n{"); k.Hangup() }},
		"exit without shutdown":          {1, func(k *killed) { k.Notify("exit", nil) }},
		"exit without shutdown or input": {1, func(k *killed) { k.Notify("exit", nil); k.Hangup() }},
		"exit after shutdown":            {0, func(k *killed) { k.Call("shutdown", nil, nil); k.Notify("exit", nil) }},
		"shutdown without exit":          {0, func(k *killed) { k.Call("shutdown", nil, nil); k.Hangup() }},
		"exit in the middle of writing": {1, func(k *killed) {
			k.Edit(k.uri, 3, lsptest.Change{Text: strings.Repeat("[ 1 ]\n", 50_000)})
			k.Notify("exit", nil)
		}},
	} {
		for _, requests := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/requests=%t", name, requests), func(t *testing.T) {
				k := busy(t, requests)
				end.do(k)
				done := make(chan struct{})
				go func() { defer close(done); _ = k.cmd.Wait() }() // the state is looked at below
				select {
				case <-done:
				case <-time.After(lsptest.Timeout):
					require.FailNow(t, "the server does not end")
				}
				assert.Equal(t, end.status, k.cmd.ProcessState.ExitCode(), k.cmd.ProcessState)
				assert.ErrorIs(t, syscall.Kill(-k.cmd.Process.Pid, 0), syscall.ESRCH, "processes are left")
			})
		}
	}
}
