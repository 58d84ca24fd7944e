// Package lsptest is a client for tests of the language server: it runs the server in the test's process,
// or talks to any other through pipes, and speaks JSON of its own, so that a mistake in package protocol is
// not made twice.
package lsptest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp"
)

// Timeout is how long the client waits for a message: long enough for any machine, since who waits so long fails.
const Timeout = 3 * time.Minute

// Message is one message of the server.
type Message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// Position is a line and a column from 0.
type Position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// Range is half-open.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// Diagnostic is a published finding.
type Diagnostic struct {
	Range           Range  `json:"range"`
	Severity        int    `json:"severity"`
	Code            string `json:"code"`
	CodeDescription struct {
		Href string `json:"href"`
	} `json:"codeDescription"`
	Source             string `json:"source"`
	Message            string `json:"message"`
	Tags               []int  `json:"tags"`
	RelatedInformation []struct {
		Location struct {
			URI   string `json:"uri"`
			Range Range  `json:"range"`
		} `json:"location"`
		Message string `json:"message"`
	} `json:"relatedInformation"`
	Data json.RawMessage `json:"data"`
}

// Published are the diagnostics of one message. Version is nil where the message has none.
type Published struct {
	URI         string       `json:"uri"`
	Version     *int         `json:"version"`
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// Codes returns the codes of the diagnostics in order.
func (p Published) Codes() []string {
	codes := []string{}
	for _, d := range p.Diagnostics {
		codes = append(codes, d.Code)
	}
	return codes
}

// Edit is a change of a text.
type Edit struct {
	Range        Range  `json:"range"`
	NewText      string `json:"newText"`
	AnnotationID string `json:"annotationId"`
}

// Action is a code action.
type Action struct {
	Title       string          `json:"title"`
	Kind        string          `json:"kind"`
	IsPreferred bool            `json:"isPreferred"`
	Diagnostics []Diagnostic    `json:"diagnostics"`
	Data        json.RawMessage `json:"data"`
	Command     *struct {
		Command   string `json:"command"`
		Arguments []any  `json:"arguments"`
	} `json:"command"`
	Edit struct {
		Changes         map[string][]Edit `json:"changes"`
		DocumentChanges []struct {
			Kind         string `json:"kind"` // of an operation on the file URI; "" for edits
			URI          string `json:"uri"`
			TextDocument struct {
				URI     string `json:"uri"`
				Version *int   `json:"version"`
			} `json:"textDocument"`
			Edits []Edit `json:"edits"`
		} `json:"documentChanges"`
		ChangeAnnotations map[string]struct {
			Label             string `json:"label"`
			NeedsConfirmation bool   `json:"needsConfirmation"`
		} `json:"changeAnnotations"`
	} `json:"edit"`
}

// Client talks to one server.
type Client struct {
	t      testing.TB
	out    io.WriteCloser
	status chan int
	nextID int
	pulls  bool // the client asks for diagnostics

	mu        sync.Mutex
	changed   *sync.Cond
	messages  []Message // all, in order
	published []Published
	answers   map[string]any // to requests of the server, by method
	ended     bool
}

// Start runs a server in this process.
func Start(t testing.TB, opts lsp.Options) *Client {
	t.Helper()
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	if opts.Log == nil {
		opts.Log = io.Discard
	}
	c := Connect(t, fromServer, toServer)
	c.status = make(chan int, 1)
	go func() {
		status, err := lsp.Serve(in, out, opts)
		if err != nil {
			t.Errorf("the server does not start: %v", err)
		}
		_ = in.Close()
		_ = out.Close()
		c.status <- status
	}()
	t.Cleanup(func() { _ = toServer.Close() })
	return c
}

// Connect talks to a server through pipes.
func Connect(t testing.TB, from io.Reader, to io.WriteCloser) *Client {
	c := &Client{t: t, out: to}
	c.changed = sync.NewCond(&c.mu)
	go c.read(bufio.NewReader(from))
	return c
}

func (c *Client) read(r *bufio.Reader) {
	defer func() {
		c.mu.Lock()
		c.ended = true
		c.changed.Broadcast()
		c.mu.Unlock()
	}()
	for {
		header, err := textproto.NewReader(r).ReadMIMEHeader()
		if err != nil {
			return
		}
		n, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			c.t.Errorf("the server sent the header %v", header)
			return
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		var m Message
		if err := json.Unmarshal(body, &m); err != nil {
			c.t.Errorf("the server sent %s: %v", body, err)
			return
		}
		c.take(m)
	}
}

func (c *Client) take(m Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.messages = append(c.messages, m)
	if m.Method == "textDocument/publishDiagnostics" {
		var p Published
		if err := json.Unmarshal(m.Params, &p); err != nil {
			c.t.Errorf("the server published %s: %v", m.Params, err)
		}
		c.published = append(c.published, p)
	}
	if m.Method != "" && m.ID != nil {
		go c.send(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": c.answers[m.Method]})
	}
	c.changed.Broadcast()
}

// Write sends bytes as they are.
func (c *Client) Write(s string) {
	_, err := io.WriteString(c.out, s)
	require.NoError(c.t, err)
}

func (c *Client) send(v any) {
	body, err := json.Marshal(v)
	if err != nil {
		c.t.Error(err)
		return
	}
	_, _ = fmt.Fprintf(c.out, "Content-Length: %d\r\n\r\n%s", len(body), body)
}

// Answer says what the client answers to requests of the server; without it, that is null.
func (c *Client) Answer(method string, result any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answers == nil {
		c.answers = map[string]any{}
	}
	c.answers[method] = result
}

// Notify sends a notification.
func (c *Client) Notify(method string, params any) {
	c.send(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
}

// Send sends a request and returns its id.
func (c *Client) Send(method string, params any) int {
	c.nextID++
	c.send(map[string]any{"jsonrpc": "2.0", "id": c.nextID, "method": method, "params": params})
	return c.nextID
}

// Reply waits for the answer to a request.
func (c *Client) Reply(id int) Message {
	c.t.Helper()
	return c.Wait(func(m Message) bool { return m.Method == "" && string(m.ID) == strconv.Itoa(id) })
}

// Call sends a request, waits for its answer and fails the test if that is an error.
func (c *Client) Call(method string, params, result any) {
	c.t.Helper()
	m := c.Reply(c.Send(method, params))
	if m.Error != nil {
		require.FailNow(c.t, method+": "+m.Error.Message)
	}
	if result != nil {
		require.NoError(c.t, json.Unmarshal(m.Result, result))
	}
}

// Wait waits for a message, one that came already included.
func (c *Client) Wait(is func(Message) bool) Message {
	c.t.Helper()
	var found Message
	c.until("a message", func() bool {
		for _, m := range c.messages {
			if is(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// until waits for a condition that holds under the lock.
func (c *Client) until(what string, holds func() bool) {
	c.t.Helper()
	late := false
	timer := time.AfterFunc(Timeout, func() {
		c.mu.Lock()
		late = true
		c.changed.Broadcast()
		c.mu.Unlock()
	})
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !holds() {
		if late || c.ended {
			var last strings.Builder
			for _, m := range c.messages[max(0, len(c.messages)-5):] {
				fmt.Fprintf(&last, "\n%s %s %s", m.Method, m.Params, m.Result)
			}
			require.FailNow(c.t, "the server did not send "+what+"; its last messages:"+last.String())
		}
		c.changed.Wait()
	}
}

// Capable are capabilities of a client that takes all that a server may say of diagnostics, and code actions, but knows
// nothing of file watching, resolving and versions in edits.
const Capable = `"textDocument":{"publishDiagnostics":{"relatedInformation":true,"tagSupport":{"valueSet":[1,2]},"versionSupport":true,
	"codeDescriptionSupport":true,"dataSupport":true},"codeAction":{"codeActionLiteralSupport":{"codeActionKind":{"valueSet":[""]}},
	"isPreferredSupport":true}}`

// Initialize opens the conversation. Capabilities are a JSON object, or "" for one of Capable.
func (c *Client) Initialize(root, capabilities string) (result json.RawMessage) {
	c.t.Helper()
	if capabilities == "" {
		capabilities = "{" + Capable + "}"
	}
	c.pulls = strings.Contains(capabilities, `"diagnostic":`)
	params := map[string]any{"processId": nil, "rootUri": nil, "capabilities": json.RawMessage(capabilities)}
	if root != "" {
		params["rootUri"] = URI(root)
	}
	c.Call("initialize", params, &result)
	c.Notify("initialized", map[string]any{})
	return result
}

// Open opens a document.
func (c *Client) Open(uri, language string, version int, text string) {
	c.Notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": uri, "languageId": language, "version": version, "text": text,
	}})
}

// Change is one edit of a document; without a range it is the whole text.
type Change struct {
	Range *Range `json:"range,omitempty"`
	Text  string `json:"text"`
}

// Edit changes a document.
func (c *Client) Edit(uri string, version int, changes ...Change) {
	c.Notify("textDocument/didChange", map[string]any{
		"textDocument": map[string]any{"uri": uri, "version": version}, "contentChanges": changes,
	})
}

// Save says that a document was saved.
func (c *Client) Save(uri string) {
	c.Notify("textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": uri}})
}

// Close closes a document.
func (c *Client) Close(uri string) {
	c.Notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
}

// Actions asks for the code actions of a range.
func (c *Client) Actions(uri string, r Range, only ...string) []Action {
	c.t.Helper()
	ctx := map[string]any{"diagnostics": []any{}}
	if len(only) > 0 {
		ctx["only"] = only
	}
	var actions []Action
	c.Call("textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": uri}, "range": r, "context": ctx}, &actions)
	return actions
}

// Diagnostics waits for the diagnostics of a version of a document, those that other files of the project decide included.
func (c *Client) Diagnostics(uri string, version int) Published {
	c.t.Helper()
	c.First(uri, version)
	if !c.pulls { // the answer comes when all is published
		c.Reply(c.Send("textDocument/diagnostic", map[string]any{"textDocument": map[string]any{"uri": uri}}))
	}
	return c.First(uri, version)
}

// First waits for diagnostics of a version of a document. Others may follow.
func (c *Client) First(uri string, version int) Published {
	c.t.Helper()
	return c.DiagnosticsThat(uri, func(p Published) bool { return p.Version != nil && *p.Version == version })
}

// DiagnosticsThat waits until the newest diagnostics of a document are as wanted.
func (c *Client) DiagnosticsThat(uri string, wanted func(Published) bool) Published {
	c.t.Helper()
	var last Published
	c.until("the wanted diagnostics of "+uri, func() bool {
		for i := len(c.published) - 1; i >= 0; i-- {
			if last = c.published[i]; last.URI == uri {
				return wanted(last)
			}
		}
		return false
	})
	return last
}

// Published returns all diagnostics of a document that came so far.
func (c *Client) Published(uri string) []Published {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []Published
	for _, p := range c.published {
		if p.URI == uri {
			out = append(out, p)
		}
	}
	return out
}

// Messages returns all messages that came so far.
func (c *Client) Messages() []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Message(nil), c.messages...)
}

// Forget drops the messages that came so far, but for the newest diagnostics of each document: a long session would keep them all.
func (c *Client) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	newest := map[string]int{}
	for i, p := range c.published {
		newest[p.URI] = i
	}
	var kept []Published
	for i, p := range c.published {
		if newest[p.URI] == i {
			kept = append(kept, p)
		}
	}
	c.messages, c.published = nil, kept
}

// Shutdown ends the conversation as LSP asks for, and returns the exit status of a server in this process.
func (c *Client) Shutdown() int {
	c.t.Helper()
	c.Call("shutdown", nil, nil)
	return c.Exit()
}

// Exit says exit, and returns the exit status of a server in this process.
func (c *Client) Exit() int {
	c.t.Helper()
	c.Notify("exit", nil)
	if c.status == nil {
		return 0
	}
	return c.Status()
}

// Hangup closes the server's input.
func (c *Client) Hangup() { _ = c.out.Close() }

// Status waits for the end of a server in this process.
func (c *Client) Status() int {
	c.t.Helper()
	select {
	case s := <-c.status:
		return s
	case <-time.After(Timeout):
		require.FailNow(c.t, "the server does not end")
		return 0
	}
}

// URI returns the URI of a path, escaped as little as possible.
func URI(path string) string {
	return "file://" + strings.NewReplacer("%", "%25", " ", "%20", "#", "%23", "?", "%3F").Replace(filepath.ToSlash(path))
}

// At returns the range from one place to another.
func At(line, from, toLine, to int) Range {
	return Range{Position{line, from}, Position{toLine, to}}
}

// WriteFile writes a file below a folder and returns its path.
func WriteFile(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}
