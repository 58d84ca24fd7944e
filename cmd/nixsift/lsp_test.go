package main

import (
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestServerFlags starts the server as editors do.
func TestServerFlags(t *testing.T) {
	const conversation = "Content-Length: 58\r\n\r\n" + `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}} ` +
		"Content-Length: 44\r\n\r\n" + `{"jsonrpc":"2.0","id":2,"method":"shutdown"}`
	pid := strconv.Itoa(os.Getpid())
	for _, args := range [][]string{
		{}, {"--stdio"}, {"--stdio=true"}, {"--clientProcessId=" + pid}, {"--clientProcessId", pid, "--stdio"}, {"--stdio", "--clientProcessId", "0"},
	} {
		status, stdout, stderr := nixsift(t, t.TempDir(), conversation, append([]string{"lsp"}, args...)...)
		assert.Equal(t, exitClean, status, "%q: %s", args, stderr)
		assert.Contains(t, stdout, `"id":2,"result":null`, args)
	}
	for flag, offers := range map[string]bool{"--stdio": true, "--diagnostics-only": false} {
		_, stdout, _ := nixsift(t, t.TempDir(), conversation, "lsp", flag)
		assert.Equal(t, offers, strings.Contains(stdout, "hoverProvider"), flag)
	}
	for _, args := range [][]string{
		{"--pipe=/tmp/x"}, {"--pipe", "/tmp/x"}, {"--port", "5000"}, {"--tcp"}, {"--node-ipc"},
	} {
		status, stdout, stderr := nixsift(t, t.TempDir(), conversation, append([]string{"lsp"}, args...)...)
		assert.Equal(t, exitUsage, status, args)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, "the server talks on standard input and output, or to a port with --socket; start it with `nixsift lsp --stdio`", args)
	}
	for _, bytes := range []string{conversation, conversation + "Content-Length: 33\r\n\r\n" + `{"jsonrpc":"2.0","method":"exit"}`, ""} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		said := make(chan string)
		go func() {
			conn, err := listener.Accept()
			if assert.NoError(t, err) {
				_, err = io.WriteString(conn, bytes)
				assert.NoError(t, err)
				assert.NoError(t, conn.(*net.TCPConn).CloseWrite())
			}
			b, err := io.ReadAll(conn)
			assert.NoError(t, err)
			said <- string(b)
		}()
		status, stdout, stderr := nixsift(t, t.TempDir(), "", "lsp", "--socket", strconv.Itoa(listener.Addr().(*net.TCPAddr).Port))
		assert.Equal(t, bytes == "", status != exitClean, stderr)
		assert.Empty(t, stdout)
		assert.Equal(t, bytes != "", strings.Contains(<-said, `"id":2,"result":null`))
		require.NoError(t, listener.Close())
	}
	for _, args := range [][]string{{"--stdio=false"}, {"--clientProcessId=x"}, {"--nope"}, {"file.nix"}, {"--socket=0"}, {"--socket=70000"}, {"--socket=x"}, {"--socket=1"}} {
		status, _, stderr := nixsift(t, t.TempDir(), conversation, append([]string{"lsp"}, args...)...)
		assert.Equal(t, exitUsage, status, "%q: %s", args, stderr)
	}
}
