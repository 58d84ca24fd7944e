package lsp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// options run the rules of these tests and those that are named.
func options(only ...string) lsp.Options {
	return lsp.Options{
		Engine: engine.Options{Only: append(strings.Split(numbers, ","), only...)}, Version: "1.2.3", Idle: 40 * time.Millisecond,
	}
}

// start runs a server and opens the conversation.
func start(t *testing.T, root, capabilities string, only ...string) *lsptest.Client {
	t.Helper()
	c := lsptest.Start(t, options(only...))
	c.Initialize(root, capabilities)
	return c
}

func TestInitialize(t *testing.T) {
	for capabilities, want := range map[string]string{
		`{}`: "",
		`{"general":{"positionEncodings":["utf-16","utf-8"]}}`:             "utf-8",
		`{"general":{"positionEncodings":["utf-32","utf-16"]}}`:            "utf-32",
		`{"general":{"positionEncodings":["utf-32"]}}`:                     "utf-32",
		`{"general":{"positionEncodings":["utf-16","utf-32"]}}`:            "utf-16",
		`{"general":{"positionEncodings":[]}}`:                             "",
		`{"general":{"positionEncodings":"utf-8"}}`:                        "",
		`{"general":[],"workspace":5,"textDocument":{"callHierarchy":[]}}`: "",
	} {
		c := lsptest.Start(t, options())
		var result struct {
			Capabilities struct {
				PositionEncoding string
				TextDocumentSync struct {
					OpenClose bool
					Change    int
					Save      json.RawMessage
				}
				CodeActionProvider *struct{ CodeActionKinds []string }
			}
			ServerInfo struct{ Name, Version string }
		}
		require.NoError(t, json.Unmarshal(c.Initialize("", capabilities), &result))
		assert.Equal(t, want, result.Capabilities.PositionEncoding, capabilities)
		assert.True(t, result.Capabilities.TextDocumentSync.OpenClose)
		assert.Equal(t, 2, result.Capabilities.TextDocumentSync.Change)
		assert.NotEmpty(t, result.Capabilities.TextDocumentSync.Save)
		assert.Nil(t, result.Capabilities.CodeActionProvider, "the client takes no code actions")
		assert.Equal(t, "nixsift", result.ServerInfo.Name)
		assert.Equal(t, "1.2.3", result.ServerInfo.Version)
		assert.Equal(t, 0, c.Shutdown())
	}
}

func TestLifecycle(t *testing.T) {
	code := func(c *lsptest.Client, method string, params any) int {
		m := c.Reply(c.Send(method, params))
		require.NotNil(t, m.Error, method)
		require.NotEmpty(t, m.Error.Message)
		return m.Error.Code
	}
	hover := map[string]any{"textDocument": map[string]any{"uri": "file:///x.nix"}}
	c := lsptest.Start(t, options())
	assert.Equal(t, -32002, code(c, "textDocument/moniker", hover), "before initialize")
	assert.Equal(t, -32002, code(c, "shutdown", nil))
	c.Notify("textDocument/didOpen", hover)
	assert.Equal(t, -32602, code(c, "initialize", []int{1}))
	c.Initialize("", "")
	assert.Equal(t, -32600, code(c, "initialize", map[string]any{"capabilities": map[string]any{}}), "twice")
	assert.Equal(t, -32601, code(c, "textDocument/moniker", hover))
	assert.Equal(t, -32601, code(c, "$/strange", nil))
	assert.Equal(t, -32602, code(c, "textDocument/codeAction", map[string]any{"textDocument": 5}))
	assert.Equal(t, -32602, code(c, "textDocument/codeAction", nil))
	assert.Equal(t, -32602, code(c, "textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": "file:///x.nix"}}), "not open")
	c.Notify("$/strange", nil)
	c.Notify("strange", nil)
	c.Notify("textDocument/willSave", hover)
	c.Notify("textDocument/didSave", hover)
	c.Notify("textDocument/didClose", hover)
	c.Notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": "file:///x.nix", "version": 1}, "contentChanges": []any{}})
	c.Notify("textDocument/didChange", 5)
	c.Notify("textDocument/didOpen", map[string]any{"textDocument": nil})
	c.Notify("$/cancelRequest", map[string]any{"id": -1})
	c.Notify("$/cancelRequest", map[string]any{"id": map[string]any{}})
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": nil})
	c.Call("shutdown", nil, nil)
	assert.Equal(t, -32600, code(c, "textDocument/codeAction", hover), "after shutdown")
	assert.Equal(t, 0, c.Exit())
}

func TestExitStatus(t *testing.T) {
	c := lsptest.Start(t, options())
	assert.Equal(t, 1, c.Exit(), "before initialize")
	c = start(t, "", "")
	assert.Equal(t, 1, c.Exit(), "without shutdown")
	c = start(t, "", "")
	c.Hangup()
	assert.Equal(t, 1, c.Status(), "the client is gone")
	c = start(t, "", "")
	c.Call("shutdown", nil, nil)
	c.Hangup()
	assert.Equal(t, 0, c.Status(), "the client is gone after shutdown")
	_, err := lsp.Serve(strings.NewReader(""), &bytes.Buffer{}, lsp.Options{Engine: engine.Options{Only: []string{"no-such-rule"}}})
	assert.ErrorContains(t, err, "no-such-rule")
}

// TestEverythingAtOnce sends a whole conversation without waiting, as a pipe does: nothing that was asked
// for is lost.
func TestEverythingAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := lsptest.Start(t, options())
		c.Write("")
		id := c.Send("initialize", map[string]any{"capabilities": json.RawMessage("{" + lsptest.Capable + "}")})
		c.Notify("initialized", map[string]any{})
		c.Open("untitled:a", "nix", 1, "[ 42 13 ]")
		c.Send("shutdown", nil)
		c.Notify("exit", nil)
		assert.Equal(t, 0, c.Status())
		c.Reply(id)
		assert.Equal(t, []string{"slow-number", "unlucky-number"}, c.First("untitled:a", 1).Codes())
	})
}

func TestDiagnostics(t *testing.T) {
	c := start(t, "", "")
	const uri = "file:///nowhere/a.nix"
	c.Open(uri, "nix", 7, "# 😀\n[ \"😀\" 13\r\n  14 ]\n")
	p := c.Diagnostics(uri, 7)
	require.Len(t, p.Diagnostics, 2)
	d := p.Diagnostics[0]
	assert.Equal(t, lsptest.At(1, 7, 1, 9), d.Range)
	assert.Equal(t, 2, d.Severity)
	assert.Equal(t, "unlucky-number", d.Code)
	assert.Equal(t, "https://github.com/nixsift/nixsift/blob/main/docs/rules/unlucky-number.md", d.CodeDescription.Href)
	assert.Equal(t, "nixsift", d.Source)
	assert.Equal(t, "`13` is unlucky\ntake `12`", d.Message)
	assert.Equal(t, []int{1}, d.Tags)
	assert.JSONEq(t, `{"fix":"safe"}`, string(d.Data))
	require.Len(t, d.RelatedInformation, 1, "a file that cannot be read is left out")
	assert.Equal(t, uri, d.RelatedInformation[0].Location.URI)
	assert.Equal(t, lsptest.At(0, 0, 0, 1), d.RelatedInformation[0].Location.Range)
	assert.Equal(t, lsptest.At(2, 2, 2, 4), p.Diagnostics[1].Range)
	assert.Equal(t, 4, p.Diagnostics[1].Severity)
	assert.Equal(t, []int{2}, p.Diagnostics[1].Tags)
	c.Edit(uri, 8, lsptest.Change{Text: "1"})
	assert.NotNil(t, c.Diagnostics(uri, 8).Diagnostics, "an empty list, not null")
	c.Close(uri)
	c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return p.Version == nil && len(p.Diagnostics) == 0 })
	for _, m := range c.Messages() {
		assert.NotContains(t, string(m.Params), `"diagnostics":null`)
	}
}

func TestSynchronization(t *testing.T) {
	for capabilities, behind := range map[string]int{`{"general":{"positionEncodings":["utf-8"]},` + lsptest.Capable + `}`: 7, "": 5} {
		c := start(t, "", capabilities)
		const uri = "untitled:a"
		c.Open(uri, "nix", 1, "[ \r\n]")
		r := func(l, a, m, b int) *lsptest.Range { x := lsptest.At(l, a, m, b); return &x }
		c.Edit(uri, 2,
			lsptest.Change{Range: r(0, 2, 0, 2), Text: "\"\""},
			lsptest.Change{Range: r(0, 3, 0, 3), Text: "😀"},
			lsptest.Change{Range: r(0, 99, 0, 99), Text: " 13"},
		)
		p := c.Diagnostics(uri, 2)
		require.Len(t, p.Diagnostics, 1)
		assert.Equal(t, lsptest.At(0, behind+2, 0, behind+4), p.Diagnostics[0].Range, capabilities)
		c.Edit(uri, 3, lsptest.Change{Range: r(0, behind+2, 0, behind+3), Text: ""}, lsptest.Change{Range: r(1, 9, 2, 0), Text: "\n"})
		assert.Empty(t, c.Diagnostics(uri, 3).Diagnostics)
		c.Edit(uri, 4, lsptest.Change{Text: "13"})
		assert.Len(t, c.Diagnostics(uri, 4).Diagnostics, 1)
	}
}

// TestTypingFast holds that versions never go back, that no check queues up behind another, and that the
// last version is checked.
func TestTypingFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, "", "")
		const uri, n = "untitled:a", 100
		before := begun.Load()
		c.Open(uri, "nix", 0, "[ 42 ]")
		for v := 1; v <= n; v++ {
			c.Edit(uri, v, lsptest.Change{Text: "[ 42" + strings.Repeat(" 13", v) + " ]"})
			time.Sleep(time.Millisecond)
		}
		last := c.Diagnostics(uri, n)
		assert.Len(t, last.Diagnostics, n+1)
		assert.Less(t, begun.Load()-before, int64(n/2), "checks that were run")
		version := -1
		for _, p := range c.Published(uri) {
			require.NotNil(t, p.Version)
			assert.Greater(t, *p.Version, version)
			version = *p.Version
			if *p.Version > 0 {
				assert.Len(t, p.Diagnostics, *p.Version+1, "the findings are those of the version")
			}
		}
	})
}

// TestTypingWithoutAPause holds that someone who does not stop sees something.
func TestTypingWithoutAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, "", "")
		const uri = "untitled:a"
		c.Open(uri, "nix", 0, "[ 42 ]")
		for v := range 150 {
			c.Edit(uri, v+1, lsptest.Change{Text: fmt.Sprintf("[ 42 42 %d ]", v)})
			time.Sleep(10 * time.Millisecond)
		}
		assert.GreaterOrEqual(t, len(c.Published(uri)), 2)
		assert.Equal(t, 0, c.Shutdown())
	})
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, "", "")
		const uri = "untitled:a"
		c.Open(uri, "nix", 1, "["+strings.Repeat(" 42", 20)+" ]")
		params := map[string]any{
			"textDocument": map[string]any{"uri": uri}, "range": lsptest.At(0, 0, 0, 100),
			"context": map[string]any{"diagnostics": []any{}},
		}
		a, b := c.Send("textDocument/codeAction", params), c.Send("textDocument/codeAction", params)
		c.Notify("$/cancelRequest", map[string]any{"id": a})
		m := c.Reply(a)
		require.NotNil(t, m.Error)
		assert.Equal(t, -32800, m.Error.Code)
		c.Notify("$/cancelRequest", map[string]any{"id": a})
		c.Notify("$/cancelRequest", map[string]any{"id": b})
		c.Reply(b)
		answers := 0
		for _, m := range c.Messages() {
			if m.Method == "" && string(m.ID) == fmt.Sprint(a) {
				answers++
			}
		}
		assert.Equal(t, 1, answers)
		assert.Equal(t, 0, c.Shutdown())
	})
}

// panicFS panics when it is asked for a path with the word in its name.
type panicFS struct{ workspace.FS }

func (f panicFS) Lstat(path string) (fs.FileInfo, error) {
	if strings.Contains(path, "boom") {
		panic("boom")
	}
	return f.FS.Lstat(path)
}

func (f panicFS) ReadFile(path string) ([]byte, error) {
	if strings.HasSuffix(path, "b.nix") {
		panic("boom")
	}
	return f.FS.ReadFile(path)
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestPanics(t *testing.T) {
	var log syncBuffer
	opts := options()
	opts.Log = &log
	opts.Engine.FS = panicFS{workspace.OS}
	c := lsptest.Start(t, opts)
	c.Initialize("", "")

	c.Open("file:///nowhere/boom.nix", "nix", 1, "13") // in a notification
	c.Open("file:///nowhere/a.nix", "nix", 1, "[ 666 13 141 ]")
	p := c.Diagnostics("file:///nowhere/a.nix", 1) // in a rule
	assert.Equal(t, []string{"unlucky-number", "doubtful-number"}, p.Codes(), "the other rules go on")
	m := c.Reply(c.Send("textDocument/codeAction", map[string]any{ // in a request
		"textDocument": map[string]any{"uri": "file:///nowhere/a.nix"}, "range": lsptest.At(0, 9, 0, 9), "context": map[string]any{"diagnostics": []any{}},
	}))
	require.NotNil(t, m.Error)
	assert.Equal(t, -32603, m.Error.Code)
	for _, want := range []string{"textDocument/didOpen failed: boom", "panicking-number", "textDocument/codeAction failed: boom", "goroutine"} {
		assert.Contains(t, log.String(), want)
	}
	assert.Equal(t, 0, c.Shutdown())
}

func TestURIs(t *testing.T) {
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "real/there.nix", "1")
	require.NoError(t, os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "link")))
	c := start(t, dir, "", "missing-path")
	for _, uri := range []string{
		"untitled:Untitled-1", "untitled:/a/b c.nix", "file:///c%3A/x/y.nix", "file:///C:/x/y.nix", "git:/a.nix?%7B%7D",
		"file://server/share/a.nix", "file:relative.nix", "vscode-vfs://github/a/b.nix", "", "file:///",
		lsptest.URI(filepath.Join(dir, "a b#%é.nix")), "file://" + dir + "/bare blank é.nix",
		lsptest.URI(filepath.Join(dir, "link", "x.nix")),
	} {
		c.Open(uri, "nix", 1, "[ 13 ]")
		assert.Equal(t, []string{"unlucky-number"}, c.Diagnostics(uri, 1).Codes(), uri)
		c.Edit(uri, 2, lsptest.Change{Text: "[ 13 13 ]"})
		assert.Len(t, c.Diagnostics(uri, 2).Diagnostics, 2, uri)
		assert.NotEmpty(t, c.Actions(uri, lsptest.At(0, 2, 0, 4)), uri)
		c.Close(uri)
	}
	// One document, however its URI is spelt; the answers have the spelling of didOpen.
	c.Open("file://"+dir+"/p%71.nix", "nix", 1, "13")
	c.Edit("file://"+dir+"/pq.nix", 2, lsptest.Change{Text: "13 13"})
	assert.Len(t, c.Diagnostics("file://"+dir+"/p%71.nix", 2).Diagnostics, 2)
	// Through a link, the neighbours are those of its target.
	through := lsptest.URI(filepath.Join(dir, "link", "x.nix"))
	c.Open(through, "nix", 1, "[ ./there.nix ./not-there.nix ]")
	assert.Equal(t, []string{"missing-path"}, c.Diagnostics(through, 1).Codes())
	// A text in no place has no neighbours.
	c.Open("untitled:x", "nix", 1, "[ ./not-there.nix 13 ]")
	assert.Equal(t, []string{"unlucky-number"}, c.Diagnostics("untitled:x", 1).Codes())
}

func TestOtherLanguages(t *testing.T) {
	c := start(t, "", "")
	for _, language := range []string{"json", "toml", "markdown", "yaml", "shellscript", ""} {
		uri := "untitled:" + language
		c.Open(uri, language, 1, "[ 13 ]")
		assert.Empty(t, c.Diagnostics(uri, 1).Diagnostics)
		assert.Empty(t, c.Actions(uri, lsptest.At(0, 0, 0, 9)))
	}
	c.Open("file:///nowhere/Nixfile", "nix", 1, "13")
	assert.Len(t, c.Diagnostics("file:///nowhere/Nixfile", 1).Diagnostics, 1)
}

// TestBuffersAreTheFiles holds that documents see each other as the editor has them.
func TestBuffersAreTheFiles(t *testing.T) {
	dir := t.TempDir()
	a, b := lsptest.URI(filepath.Join(dir, "a.nix")), lsptest.URI(filepath.Join(dir, "b.nix"))
	c := start(t, dir, "", "missing-path")
	c.Open(a, "nix", 1, "import ./b.nix")
	assert.Equal(t, []string{"missing-path"}, c.Diagnostics(a, 1).Codes())
	c.Open(b, "nix", 1, "1")
	clean := func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 }
	c.DiagnosticsThat(a, clean)
	c.Close(b)
	c.DiagnosticsThat(a, func(p lsptest.Published) bool { return !clean(p) })
	path := lsptest.WriteFile(t, dir, "b.nix", "1")
	c.Notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": lsptest.URI(path), "type": 1}}})
	c.DiagnosticsThat(a, clean)
	require.NoError(t, os.Remove(path))
	c.Save(a)
	c.DiagnosticsThat(a, func(p lsptest.Published) bool { return !clean(p) })
}

func TestWatchedFiles(t *testing.T) {
	c := start(t, "", `{"workspace":{"didChangeWatchedFiles":{"dynamicRegistration":true}}}`)
	m := c.Wait(func(m lsptest.Message) bool { return m.Method == "client/registerCapability" })
	assert.Contains(t, string(m.Params), `"globPattern":"**/*.toml"`)
	assert.Equal(t, 0, c.Shutdown())
}

// TestGit adds a file to the index behind the server's back; the next pause in typing shows it.
func TestGit(t *testing.T) {
	dir := t.TempDir()
	git := repository(t, dir)
	text := "{ outputs = _: import ./a.nix; }\n"
	flake := lsptest.URI(lsptest.WriteFile(t, dir, "flake.nix", text))
	lsptest.WriteFile(t, dir, "a.nix", "1")
	git("add", "flake.nix")
	c := start(t, dir, "", "untracked-file")
	c.Open(flake, "nix", 1, text)
	assert.Equal(t, []string{"untracked-file"}, c.Diagnostics(flake, 1).Codes())
	git("add", "a.nix")
	c.Edit(flake, 2, lsptest.Change{Text: text + "\n"})
	c.DiagnosticsThat(flake, func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 })
}
