package main

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
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
		{"--pipe=/tmp/x"}, {"--pipe", "/tmp/x"}, {"--socket=5000"}, {"--socket", "5000"}, {"--port", "5000"}, {"--tcp"}, {"--node-ipc"},
	} {
		status, stdout, stderr := nixsift(t, t.TempDir(), conversation, append([]string{"lsp"}, args...)...)
		assert.Equal(t, exitUsage, status, args)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, "the server talks on standard input and output only; start it with `nixsift lsp --stdio`", args)
	}
	for _, args := range [][]string{{"--stdio=false"}, {"--clientProcessId=x"}, {"--nope"}, {"file.nix"}} {
		status, _, stderr := nixsift(t, t.TempDir(), conversation, append([]string{"lsp"}, args...)...)
		assert.Equal(t, exitUsage, status, "%q: %s", args, stderr)
	}
}
