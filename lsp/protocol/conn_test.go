package protocol_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp/protocol"
)

type discard struct{}

func (discard) Printf(string, ...any) {}

// frame wraps a body as a well-behaved client does.
func frame(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }

// talk sends bytes to a connection whose handler echoes parameters, and returns the bodies of what came
// back, in order. notes are the methods of the notifications.
func talk(t *testing.T, input string) (replies []string, notes []string) {
	t.Helper()
	var out bytes.Buffer
	c := protocol.NewConn(strings.NewReader(input), &out, discard{})
	var mu sync.Mutex
	c.Start(func(r *protocol.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.IsNotification() {
			notes = append(notes, r.Method)
			return
		}
		if r.Method == "fail" {
			r.Reply(nil, errors.New("no luck"))
			return
		}
		r.Reply(r.Params, nil)
		r.Reply("again", nil)
	})
	<-c.Done()
	c.Close(time.Second)
	r := bufio.NewReader(&out)
	for {
		header, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return replies, notes
		}
		require.NoError(t, err)
		var n int
		_, err = fmt.Sscanf(header, "Content-Length: %d\r\n", &n)
		require.NoError(t, err, header)
		body := make([]byte, n+2)
		_, err = io.ReadFull(r, body)
		require.NoError(t, err)
		replies = append(replies, string(body[2:]))
	}
}

func errorCode(t *testing.T, body string) (id string, code int) {
	t.Helper()
	var m struct {
		ID    json.RawMessage
		Error struct{ Code int }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &m), body)
	return string(m.ID), m.Error.Code
}

const ping = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[1,"<&>"]}}`

const pong = `{"jsonrpc":"2.0","id":1,"result":{"a":[1,"<&>"]}}`

func TestFrames(t *testing.T) {
	n := fmt.Sprint(len(ping))
	for name, input := range map[string]string{
		"plain":              frame(ping),
		"lower case":         "content-length: " + n + "\r\n\r\n" + ping,
		"upper case":         "CONTENT-LENGTH:" + n + "\r\n\r\n" + ping,
		"no blank":           "Content-Length:" + n + "\r\n\r\n" + ping,
		"blanks":             "Content-Length \t:  " + n + " \t\r\n\r\n" + ping,
		"bare newlines":      "Content-Length: " + n + "\n\n" + ping,
		"content type":       "Content-Length: " + n + "\r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n\r\n" + ping,
		"content type first": "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: " + n + "\r\n\r\n" + ping,
		"empty lines":        "\r\n\r\n" + frame(ping),
		"body with blanks":   frame(" \r\n\t" + ping + "\n "),
	} {
		t.Run(name, func(t *testing.T) {
			replies, _ := talk(t, input+frame(`{"jsonrpc":"2.0","method":"note"}`))
			assert.Equal(t, []string{pong}, replies)
		})
	}
}

// noted is a log that keeps what it is told.
type noted struct{ strings.Builder }

func (n *noted) Printf(format string, args ...any) { fmt.Fprintf(n, format+"\n", args...) }

// TestCutOff holds that an input that ends in the middle of something is noted in the log.
func TestCutOff(t *testing.T) {
	for input, want := range map[string]string{
		"": "", frame(ping): "", "Content-Length: 50\r\n\r\n{": "behind 1 of the 50 bytes of a message", "Content-Len": "within the headers",
		strings.Repeat("x", 1<<20): "within the headers", "X: " + strings.Repeat("x", 1<<20): "within the headers",
	} {
		var log noted
		c := protocol.NewConn(strings.NewReader(input), io.Discard, &log)
		c.Start(func(r *protocol.Request) { r.Reply(nil, nil) })
		<-c.Done()
		c.Close(time.Second)
		if want == "" {
			assert.Empty(t, log.String())
		}
		assert.Contains(t, log.String(), want)
	}
}

// TestRecovery sends what is no message, and a good message behind it: the first is answered with an error,
// once, the second as ever.
func TestRecovery(t *testing.T) {
	tests := map[string]struct {
		input string
		code  int
	}{
		"no JSON":             {frame(`{"jsonrpc":`), protocol.CodeParseError},
		"rubbish behind":      {frame(ping + "}"), protocol.CodeParseError},
		"empty body":          {frame(""), protocol.CodeParseError},
		"text":                {frame("hello"), protocol.CodeParseError},
		"too deep":            {frame(strings.Repeat(`{"a":`, 100_000)), protocol.CodeParseError},
		"no object":           {frame(`5`), protocol.CodeInvalidRequest},
		"no method":           {frame(`{"jsonrpc":"2.0"}`), protocol.CodeInvalidRequest},
		"method is a number":  {frame(`{"jsonrpc":"2.0","method":5}`), protocol.CodeInvalidRequest},
		"other version":       {frame(`{"jsonrpc":"1.0","method":"x"}`), protocol.CodeInvalidRequest},
		"null id":             {frame(`{"jsonrpc":"2.0","id":null,"method":"x"}`), protocol.CodeInvalidRequest},
		"id is an object":     {frame(`{"jsonrpc":"2.0","id":{},"method":"x"}`), protocol.CodeInvalidRequest},
		"id is a fraction":    {frame(`{"jsonrpc":"2.0","id":1.5,"method":"x"}`), protocol.CodeInvalidRequest},
		"huge length":         {"Content-Length: 99999999999\r\n\r\n{}", protocol.CodeInvalidRequest},
		"length out of range": {"Content-Length: 99999999999999999999999\r\n\r\n{}", protocol.CodeParseError},
		"negative length":     {"Content-Length: -5\r\n\r\n{}", protocol.CodeParseError},
		"length is a word":    {"Content-Length: many\r\n\r\n{}", protocol.CodeParseError},
		"no length":           {"Content-Type: text\r\n\r\n" + ping, protocol.CodeParseError},
		"no headers":          {ping + "\n", protocol.CodeParseError},
		"length too small":    {"Content-Length: 10\r\n\r\n" + ping, protocol.CodeParseError},
		"long rubbish":        {strings.Repeat("x", 1<<20) + "\n", protocol.CodeParseError},
		"rubbish in front":    {strings.Repeat("content-length: x", 1<<16), protocol.CodeParseError},
		"empty batch":         {frame("[]"), protocol.CodeInvalidRequest},
		"broken batch":        {frame("[1,"), protocol.CodeParseError},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			replies, _ := talk(t, test.input+frame(ping))
			require.NotEmpty(t, replies)
			assert.Equal(t, pong, replies[len(replies)-1], "the message behind")
			id, code := errorCode(t, replies[0])
			assert.Equal(t, "null", id)
			assert.Equal(t, test.code, code, replies[0])
			want := 2
			if name == "length too small" { // the body is wrong, and what follows it
				want = 3
			}
			assert.Len(t, replies, want)
		})
	}
}

func TestInvalidRequestsKeepTheirID(t *testing.T) {
	replies, _ := talk(t, frame(`{"jsonrpc":"2.0","id":"a"}`)+frame(`{"jsonrpc":"2.0","id":2,"method":"m","result":1}`))
	require.Len(t, replies, 2)
	for i, want := range []string{`"a"`, "2"} {
		id, code := errorCode(t, replies[i])
		assert.Equal(t, want, id)
		assert.Equal(t, protocol.CodeInvalidRequest, code)
	}
}

func TestIDs(t *testing.T) {
	for sent, want := range map[string]string{
		`0`: `0`, `-7`: `-7`, `18446744073709551616`: `18446744073709551616`, `""`: `""`, `"a\u0062"`: `"ab"`, `"1"`: `"1"`,
	} {
		replies, _ := talk(t, frame(`{"jsonrpc":"2.0","id":`+sent+`,"method":"m","params":[]}`))
		assert.Equal(t, []string{`{"jsonrpc":"2.0","id":` + want + `,"result":[]}`}, replies)
	}
}

func TestReplies(t *testing.T) {
	replies, notes := talk(t, frame(`{"id":1,"method":"fail"}`)+frame(`{"id":2,"method":"null"}`)+frame(`{"method":"a","params":null}`)+frame(`{"id":3,"result":5}`)+frame(`{"id":null,"error":{"code":1,"message":"x"}}`))
	require.Len(t, replies, 2)
	_, code := errorCode(t, replies[0])
	assert.Equal(t, protocol.CodeInternalError, code)
	assert.Equal(t, `{"jsonrpc":"2.0","id":2,"result":null}`, replies[1])
	assert.Equal(t, []string{"a"}, notes)
}

func TestBatch(t *testing.T) {
	replies, notes := talk(t, frame(`[`+ping+`,{"jsonrpc":"2.0","method":"note"},7,{"jsonrpc":"2.0","id":2,"method":"fail"}]`)+frame(`[{"jsonrpc":"2.0","method":"other"}]`)+frame(ping))
	require.Len(t, replies, 2)
	var parts []json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(replies[0]), &parts))
	require.Len(t, parts, 3)
	id, code := errorCode(t, string(parts[0]))
	assert.Equal(t, "null", id)
	assert.Equal(t, protocol.CodeInvalidRequest, code)
	assert.Equal(t, pong, string(parts[1]))
	assert.Equal(t, pong, replies[1])
	assert.Equal(t, []string{"note", "other"}, notes)
}

// TestInputEnds ends the input within a message.
func TestInputEnds(t *testing.T) {
	for _, input := range []string{"", "Content-Le", "Content-Length: 100\r\n", "Content-Length: 100\r\n\r\n{", "Content-Length: 200000000\r\n\r\n{"} {
		replies, _ := talk(t, frame(ping)+input)
		assert.Equal(t, []string{pong}, replies, "%q", input)
	}
}

// TestClientThatDoesNotRead sends many requests before it reads an answer.
func TestClientThatDoesNotRead(t *testing.T) {
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	c := protocol.NewConn(in, out, discard{})
	c.Start(func(r *protocol.Request) { r.Reply(r.Params, nil) })
	const n = 2000
	for range n {
		_, err := io.WriteString(toServer, frame(ping))
		require.NoError(t, err)
	}
	got := 0
	r := bufio.NewReader(fromServer)
	want := frame(pong)
	buf := make([]byte, len(want))
	for ; got < n; got++ {
		_, err := io.ReadFull(r, buf)
		require.NoError(t, err)
		require.Equal(t, want, string(buf))
	}
	c.Close(time.Second)
}

func TestCall(t *testing.T) {
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	c := protocol.NewConn(in, out, discard{})
	c.Start(func(*protocol.Request) {})
	go func() {
		buf := make([]byte, 4096)
		n, _ := fromServer.Read(buf)
		var m struct{ ID json.RawMessage }
		_ = json.Unmarshal(buf[bytes.IndexByte(buf, '{'):n], &m)
		_, _ = io.WriteString(toServer, frame(`{"jsonrpc":"2.0","id":`+string(m.ID)+`,"result":{"ok":true}}`))
	}()
	var result struct{ OK bool }
	require.NoError(t, c.Call(t.Context(), "client/ask", map[string]int{"x": 1}, &result))
	assert.True(t, result.OK)
	c.Close(time.Second)
}

// FuzzConn holds that no input stops a connection from answering what stands behind it.
func FuzzConn(f *testing.F) {
	f.Add([]byte(frame(ping)))
	f.Add([]byte("Content-Length: 3\r\n\r\n{}"))
	f.Add([]byte("content-length:9999999999\n\n"))
	f.Fuzz(func(t *testing.T, junk []byte) {
		// The line end finishes a header that junk may have begun; the first message may fall victim to a
		// length in it.
		input := string(junk) + "\r\n\r\n" + strings.Repeat(" ", 1<<10) + frame(ping)
		if bytes.Contains(bytes.ToLower(junk), []byte("length")) {
			return
		}
		replies, _ := talk(t, input)
		require.NotEmpty(t, replies)
		require.Equal(t, pong, replies[len(replies)-1])
	})
}
