package lsp_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// told returns what the client was told by window/logMessage.
func told(c *lsptest.Client) []string {
	out := []string{}
	for _, m := range c.Messages() {
		if m.Method == "window/logMessage" {
			out = append(out, string(m.Params))
		}
	}
	return out
}

// TestLostText sends changes that cannot be applied: the client is told once, nothing is said of the document, and the
// next whole text mends it.
func TestLostText(t *testing.T) {
	for name, change := range map[string]string{
		"start behind the text":  `"contentChanges":[{"range":{"start":{"line":5,"character":0},"end":{"line":5,"character":0}},"text":"x"}]`,
		"end behind the text":    `"contentChanges":[{"range":{"start":{"line":0,"character":1},"end":{"line":9,"character":0}},"text":"x"}]`,
		"second of two":          `"contentChanges":[{"text":"1"},{"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":0}},"text":"x"}]`,
		"negative line":          `"contentChanges":[{"range":{"start":{"line":-1,"character":0},"end":{"line":0,"character":0}},"text":"x"}]`,
		"column is a word":       `"contentChanges":[{"range":{"start":{"line":0,"character":"0"},"end":{"line":0,"character":0}},"text":"x"}]`,
		"fraction":               `"contentChanges":[{"range":{"start":{"line":0.5,"character":0},"end":{"line":0,"character":0}},"text":"x"}]`,
		"no end":                 `"contentChanges":[{"range":{"start":{"line":0,"character":0}},"text":"x"}]`,
		"no column":              `"contentChanges":[{"range":{"start":{"line":0},"end":{"line":0,"character":0}},"text":"x"}]`,
		"range is a list":        `"contentChanges":[{"range":[],"text":"x"}]`,
		"no text":                `"contentChanges":[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}}}]`,
		"text is null":           `"contentChanges":[{"text":null}]`,
		"text is a number":       `"contentChanges":[{"text":5}]`,
		"changes are null":       `"contentChanges":null`,
		"changes are an object":  `"contentChanges":{}`,
		"a change is a word":     `"contentChanges":["x"]`,
		"no changes":             `"other":1`,
		"version is a word":      `"textDocument":{"uri":"untitled:a","version":"x"},"contentChanges":[]`,
		"version of before":      `"textDocument":{"uri":"untitled:a","version":3},"contentChanges":[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"text":"x"}]`,
		"version of before, two": `"textDocument":{"uri":"untitled:a","version":3},"contentChanges":[]`,
	} {
		for mend, how := range map[string]func(c *lsptest.Client){
			"change": func(c *lsptest.Client) { c.Edit("untitled:a", 9, lsptest.Change{Text: "[ 13 13 ]"}) },
			"open":   func(c *lsptest.Client) { c.Close("untitled:a"); c.Open("untitled:a", "nix", 9, "[ 13 13 ]") },
			"save": func(c *lsptest.Client) {
				c.Notify("textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": "untitled:a"}, "text": "[ 13 13 ]"})
			},
		} {
			t.Run(name+"/"+mend, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c := start(t, "", "")
					const uri = "untitled:a"
					c.Open(uri, "nix", 4, "[ 13 ]")
					c.Diagnostics(uri, 4)
					if !strings.Contains(change, "textDocument") {
						change = `"textDocument":{"uri":"untitled:a","version":5},` + change
					}
					c.Notify("textDocument/didChange", json.RawMessage("{"+change+"}"))
					r := lsptest.At(0, 2, 0, 4)
					c.Edit(uri, 6, lsptest.Change{Range: &r, Text: "14 13"})
					c.Notify("textDocument/didChange", json.RawMessage("{"+change+"}"))
					assert.Empty(t, c.Actions(uri, lsptest.At(0, 0, 0, 9)))
					c.Notify("workspace/didChangeConfiguration", nil)
					time.Sleep(time.Minute) // a renewal and a pause in typing
					assert.Len(t, c.Published(uri), 1, "nothing is said of a text that is not known")
					how(c)
					p := c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 2 })
					assert.Equal(t, lsptest.At(0, 5, 0, 7), p.Diagnostics[1].Range)
					messages := told(c)
					require.Len(t, messages, 1)
					assert.Contains(t, messages[0], "untitled:a: its text is not known")
					c.Edit(uri, 10, lsptest.Change{Range: &r, Text: "1"})
					c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 && *p.Version == 10 })
					assert.Equal(t, 0, c.Shutdown())
				})
			})
		}
	}
}

// TestOpenWithoutText opens a document whose text cannot be read; an empty text is none.
func TestOpenWithoutText(t *testing.T) {
	c := start(t, "", "")
	for i, text := range []string{``, `,"text":null`, `,"text":5`} {
		uri := fmt.Sprintf("untitled:%d", i)
		c.Notify("textDocument/didOpen", json.RawMessage(`{"textDocument":{"uri":"`+uri+`","languageId":"nix","version":1`+text+`}}`))
		r := lsptest.At(0, 0, 0, 0)
		c.Edit(uri, 2, lsptest.Change{Range: &r, Text: "13"})
		c.Edit(uri, 3, lsptest.Change{Text: "[ 13 ]"})
		assert.Len(t, c.Diagnostics(uri, 3).Diagnostics, 1)
		assert.Len(t, c.Published(uri), 1)
	}
	assert.Len(t, told(c), 3)
	// What else is wrong does not matter.
	c.Notify("textDocument/didOpen", json.RawMessage(`{"textDocument":{"uri":"file:///nowhere/a.nix","languageId":5,"version":"x","text":"13"}}`))
	c.DiagnosticsThat("file:///nowhere/a.nix", func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 && p.Version == nil })
}

// TestLostTextIsNotSeen holds that other files see what is on disk then.
func TestLostTextIsNotSeen(t *testing.T) {
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "a.nix", "import ./b.nix")
	a, b := lsptest.URI(filepath.Join(dir, "a.nix")), lsptest.URI(filepath.Join(dir, "b.nix"))
	c := start(t, dir, "", "missing-path")
	c.Open(b, "nix", 1, "1")
	c.Open(a, "nix", 1, "import ./b.nix")
	assert.Empty(t, c.Diagnostics(a, 1).Diagnostics)
	r := lsptest.At(7, 0, 7, 0)
	c.Edit(b, 2, lsptest.Change{Range: &r, Text: "1"})
	c.DiagnosticsThat(a, func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 })
	c.Edit(b, 3, lsptest.Change{Text: "1"})
	c.Save(a)
	c.DiagnosticsThat(a, func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 })
}

// TestSavedTextWins saves a text that edits did not make.
func TestSavedTextWins(t *testing.T) {
	c := start(t, "", "")
	const uri = "untitled:a"
	c.Open(uri, "nix", 1, "[ 13 ]")
	c.Diagnostics(uri, 1)
	c.Notify("textDocument/didSave", map[string]any{"textDocument": map[string]any{"uri": uri}, "text": "[ 13 13 ]"})
	c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 2 && *p.Version == 1 })
	c.Notify("textDocument/didSave", json.RawMessage(`{"textDocument":{"uri":"untitled:a"},"text":7}`))
	c.Edit(uri, 2, lsptest.Change{Text: "1"})
	assert.Empty(t, c.Diagnostics(uri, 2).Diagnostics)
}

// TestInitializeWithWrongTypes opens conversations with parameters of other types than they should have.
func TestInitializeWithWrongTypes(t *testing.T) {
	dir := t.TempDir()
	for _, params := range []string{
		`{"rootUri":5}`, `{"rootUri":{}}`, `{"rootUri":"garbage"}`, `{"rootUri":"untitled:x"}`, `{"rootUri":"file://%zz"}`, `{"rootUri":""}`,
		`{"rootUri":null,"rootPath":7}`, `{"rootPath":"relative/path"}`, `{"workspaceFolders":5}`, `{"workspaceFolders":{}}`,
		`{"workspaceFolders":[5,null,{"uri":7},{"name":"x"},[]]}`, `{"workspaceFolders":"x","rootUri":true}`,
		`{"initializationOptions":5}`, `{"initializationOptions":[1]}`, `{"capabilities":null}`, `{"capabilities":5}`, `{"capabilities":[]}`,
		`{"capabilities":{"textDocument":[],"workspace":null,"general":"x","window":7}}`, `{"processId":"x"}`, `{"processId":-5}`, `{"processId":1.5}`,
		`{"processId":99999999999999999999}`, `{"processId":{}}`, `{"locale":5,"trace":[],"clientInfo":"x"}`, `{}`,
	} {
		c := lsptest.Start(t, options())
		c.Call("initialize", json.RawMessage(params), nil)
		c.Notify("initialized", nil)
		c.Open("untitled:a", "nix", 1, "13")
		c.DiagnosticsThat("untitled:a", func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 })
		assert.Equal(t, 0, c.Shutdown(), params)
	}
	// What is right among it counts.
	c := start(t, "", "", "missing-path")
	assert.Equal(t, 0, c.Shutdown())
	c = lsptest.Start(t, options())
	c.Call("initialize", json.RawMessage(`{"rootUri":5,"workspaceFolders":[7,{"uri":"`+lsptest.URI(dir)+`"}],"capabilities":{"general":{"positionEncodings":[5,"utf-8"]}}}`), nil)
	c.Open("untitled:a", "nix", 1, "[ \"é\" 13 ]")
	p := c.DiagnosticsThat("untitled:a", func(p lsptest.Published) bool { return len(p.Diagnostics) == 1 })
	assert.Equal(t, lsptest.At(0, 7, 0, 9), p.Diagnostics[0].Range)
}

// TestMinimalClients takes one ability after the other away: what a client did not declare is not sent.
func TestMinimalClients(t *testing.T) {
	dir := t.TempDir()
	all := map[string][]string{ // where a capability stands: the names of fields that it allows
		`"relatedInformation":true`:                                       {"relatedInformation"},
		`"tagSupport":{"valueSet":[1,2]}`:                                 {"tags"},
		`"versionSupport":true`:                                           {"version"},
		`"codeDescriptionSupport":true`:                                   {"codeDescription", "href"},
		`"dataSupport":true`:                                              {"data", "fix"},
		`"codeActionLiteralSupport":{"codeActionKind":{"valueSet":[""]}}`: {"kind", "edit", "codeActionProvider"},
		`"isPreferredSupport":true`:                                       {"isPreferred"},
		`"dataSupport":true,"resolveSupport":{"properties":["edit"]}`:     {"resolveProvider", "state"},
		`"documentChanges":true`:                                          {"documentChanges"},
		`"dynamicRegistration":true`:                                      {"client/registerCapability"},
		`"positionEncodings":["utf-16"]`:                                  {"positionEncoding"},
	}
	published := []string{`"relatedInformation":true`, `"tagSupport":{"valueSet":[1,2]}`, `"versionSupport":true`, `"codeDescriptionSupport":true`, `"dataSupport":true`}
	actions := []string{`"codeActionLiteralSupport":{"codeActionKind":{"valueSet":[""]}}`, `"isPreferredSupport":true`, `"dataSupport":true,"resolveSupport":{"properties":["edit"]}`}
	session := func(without string) string {
		pick := func(from ...string) string {
			var out []string
			for _, f := range from {
				if f != without && without != "everything" {
					out = append(out, f)
				}
			}
			return "{" + strings.Join(out, ",") + "}"
		}
		capabilities := `{"general":` + pick(`"positionEncodings":["utf-16"]`) + `,"workspace":{"workspaceEdit":` + pick(`"documentChanges":true`) +
			`,"didChangeWatchedFiles":` + pick(`"dynamicRegistration":true`) + `},"textDocument":{"publishDiagnostics":` + pick(published...) + `,"codeAction":` + pick(actions...) + `}}`
		c := lsptest.Start(t, options())
		c.Initialize(dir, capabilities)
		c.Open("untitled:a", "nix", 1, "[ 13 14 ]")
		c.DiagnosticsThat("untitled:a", func(p lsptest.Published) bool { return len(p.Diagnostics) == 2 })
		if list := c.Actions("untitled:a", lsptest.At(0, 0, 0, 9)); without == "everything" || without == actions[0] {
			assert.Empty(t, list)
		} else {
			assert.NotEmpty(t, list)
		}
		if without != "everything" && without != `"dynamicRegistration":true` {
			c.Wait(func(m lsptest.Message) bool { return m.Method == "client/registerCapability" })
		}
		assert.Equal(t, 0, c.Shutdown())
		var b strings.Builder
		for _, m := range c.Messages() {
			fmt.Fprintf(&b, "%q\n%s\n%s\n", m.Method, m.Params, m.Result)
			assert.Contains(t, []string{"", "textDocument/publishDiagnostics", "client/registerCapability", "window/logMessage"}, m.Method)
		}
		return b.String()
	}
	everything := session("")
	for capability, fields := range all {
		got := session(capability)
		for _, field := range fields {
			assert.Contains(t, everything, `"`+field+`"`)
			if field == "data" || field == "fix" { // the actions may have some
				got = strings.ReplaceAll(got, `"data":{"uri"`, "")
			}
			if field == "version" { // the server and edits have one, too
				got = strings.ReplaceAll(got, `"version":"1.2.3"`, "")
				got = strings.ReplaceAll(got, `"textDocument":{"uri":"untitled:a","version":1}`, "")
			}
			assert.NotContains(t, got, `"`+field+`"`, capability)
		}
	}
	nothing := strings.ReplaceAll(session("everything"), `"version":"1.2.3"`, "")
	for _, fields := range all {
		for _, field := range fields {
			assert.NotContains(t, nothing, `"`+field+`"`)
		}
	}
}

// TestOneFile opens, edits and closes one file by URIs that are spelt differently.
func TestOneFile(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "x y"), 0o777))
	plain := "file://" + dir + "/x%20y/aé.nix"
	for _, uri := range []string{
		"file://" + dir + "/x%20y/a%C3%A9.nix", "file://" + dir + "/x%20y/a%c3%a9.nix", "file://localhost" + dir + "/x%20y/aé.nix", "FILE://" + dir + "/x y/aé.nix",
		"file:" + dir + "/x%20y/aé.nix", "file://" + dir + "/./x%20y/../x%20y//aé.nix", "file://" + dir + "/%78%20%79/%61é.nix",
	} {
		c := start(t, dir, "")
		c.Open(uri, "nix", 1, "13")
		assert.Len(t, c.Diagnostics(uri, 1).Diagnostics, 1)
		c.Edit(plain, 2, lsptest.Change{Text: "[ 13 13 ]"})
		assert.Len(t, c.Diagnostics(uri, 2).Diagnostics, 2, "the answer has the spelling of didOpen")
		assert.NotEmpty(t, c.Actions(plain, lsptest.At(0, 2, 0, 2)))

		c.Open(plain, "nix", 3, "[ 13 13 13 ]") // by another name, too
		assert.Len(t, c.Diagnostics(plain, 3).Diagnostics, 3)
		c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 })
		c.Close(plain) // one of the two
		c.DiagnosticsThat(plain, func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 })
		c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 3 })
		c.Edit(uri, 4, lsptest.Change{Text: "[ 13 ]"})
		assert.Len(t, c.Diagnostics(uri, 4).Diagnostics, 1)
		c.Close(uri)
		c.DiagnosticsThat(uri, func(p lsptest.Published) bool { return len(p.Diagnostics) == 0 })
		assert.Equal(t, -32602, c.Reply(c.Send("textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": uri}})).Error.Code)
		assert.Equal(t, 0, c.Shutdown())
	}
}

// TestLinks opens a file by way of a link, too: for the editor those are two texts, so they are for the server.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "real/a.nix", "1")
	require.NoError(t, os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "link")))
	a, b := lsptest.URI(filepath.Join(dir, "real", "a.nix")), lsptest.URI(filepath.Join(dir, "link", "a.nix"))
	c := start(t, dir, "")
	c.Open(a, "nix", 1, "[ 13 ]")
	c.Open(b, "nix", 1, "[ 13 13 ]")
	assert.Len(t, c.Diagnostics(a, 1).Diagnostics, 1)
	assert.Len(t, c.Diagnostics(b, 1).Diagnostics, 2)
	c.Close(a)
	c.Edit(b, 2, lsptest.Change{Text: "1"})
	assert.Empty(t, c.Diagnostics(b, 2).Diagnostics)
}

// TestPanicsAreTold holds that the client hears of a failure, once, and the rest goes on.
func TestPanicsAreTold(t *testing.T) {
	c := start(t, "", "")
	const uri = "untitled:a"
	for v := range 5 {
		if text := "[ 666 13" + strings.Repeat(" ", v) + " ]"; v == 0 {
			c.Open(uri, "nix", v, text)
		} else {
			c.Edit(uri, v, lsptest.Change{Text: text})
		}
		assert.Equal(t, []string{"unlucky-number"}, c.Diagnostics(uri, v).Codes())
	}
	messages := told(c)
	require.Len(t, messages, 1)
	assert.Contains(t, messages[0], "panicking-number failed: the number of the beast")
	assert.Contains(t, messages[0], `"type":1`)

	opts := options()
	opts.Engine.FS = panicFS{workspace.OS}
	c = lsptest.Start(t, opts)
	c.Initialize("", "")
	c.Open("file:///nowhere/boom.nix", "nix", 1, "13")
	c.Open("file:///nowhere/a.nix", "nix", 1, "[ 141 ]")
	c.Diagnostics("file:///nowhere/a.nix", 1)
	params := map[string]any{"textDocument": map[string]any{"uri": "file:///nowhere/a.nix"}, "range": lsptest.At(0, 2, 0, 2), "context": map[string]any{"diagnostics": []any{}}}
	assert.Equal(t, -32603, c.Reply(c.Send("textDocument/codeAction", params)).Error.Code)
	c.Reply(c.Send("textDocument/codeAction", params))
	messages = told(c)
	require.Len(t, messages, 2)
	assert.Contains(t, messages[0], "textDocument/didOpen failed: boom; please report this")
	assert.Contains(t, messages[1], "textDocument/codeAction failed: boom")
	assert.Equal(t, 0, c.Shutdown())
}

// TestMalformedMessages sends what is no message in the middle of a session, whose documents stay what they were.
func TestMalformedMessages(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{Engine: engine.Options{Only: []string{"unlucky-number"}}})
	c.Initialize("", "")
	const uri = "untitled:a"
	c.Open(uri, "nix", 0, "[ ]")
	r := lsptest.At(0, 1, 0, 1)
	frame := func(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }
	for i, junk := range []string{
		"junk\r\n", "\r\n\r\n", "Content-Length: x\r\n\r\n", "Content-Length: -1\r\n\r\n", "Content-Type: x\r\n\r\n", "Content-Length: 99999999999\r\n\r\n",
		frame(""), frame("{"), frame("[]"), frame("null"), frame("5"), frame(`"x"`), frame("\xff\xfe"), frame(strings.Repeat("[", 20_000)),
		frame(`{"jsonrpc":"2.0"}`), frame(`{"jsonrpc":"2.0","id":{},"method":"shutdown"}`), frame(`{"jsonrpc":"1.0","id":7,"method":"shutdown"}`),
		frame(`{"jsonrpc":"2.0","method":5}`), frame(`{"jsonrpc":"2.0","id":1,"result":{}}`), frame(`{"jsonrpc":"2.0","id":"x","error":5}`),
		frame(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":5}`), frame(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{}}`),
		frame(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":[]}`), frame(`{"jsonrpc":"2.0","method":"textDocument/didChange"}`),
		frame(`{"jsonrpc":"2.0","method":"textDocument/didClose","params":{"textDocument":{"uri":5}}}`), frame(`{"jsonrpc":"2.0","method":"textDocument/didSave","params":"x"}`),
		frame(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":[]}}`), frame(`{"jsonrpc":"2.0","method":"$/setTrace","params":5}`),
		frame(`{"jsonrpc":"2.0","id":"b","method":"textDocument/codeAction","params":{"textDocument":{"uri":"untitled:a"},"range":5}}`),
		frame(`{"jsonrpc":"2.0","id":"c","method":"codeAction/resolve","params":null}`), frame(`{"jsonrpc":"2.0","id":"d","method":"shutdow","params":{}}`),
	} {
		c.Write(junk)
		c.Edit(uri, i+1, lsptest.Change{Range: &r, Text: " 13"})
		assert.Len(t, c.Diagnostics(uri, i+1).Diagnostics, i+1, "%q", junk)
	}
	assert.Equal(t, 0, c.Shutdown())
}

// TestOddIDs sends requests, answers and cancellations with ids of all kinds: those that the protocol has come back as they were, and
// none ends the session.
func TestOddIDs(t *testing.T) {
	c := start(t, "", "")
	frame := func(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }
	for _, id := range []string{
		"0", "-1", "-2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "-99999999999999999999999", `""`, `"\u0000"`, `"` + strings.Repeat("x", 1<<16) + `"`,
	} {
		c.Write(frame(`{"jsonrpc":"2.0","id":` + id + `,"method":"no/such"}`))
		m := c.Wait(func(m lsptest.Message) bool { return string(m.ID) == id })
		assert.Equal(t, -32601, m.Error.Code, id)
		c.Write(frame(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":` + id + `}}`))
	}
	for _, id := range []string{"true", "{}", "[]", "null", "1.5", "1e300"} {
		c.Write(frame(`{"jsonrpc":"2.0","id":` + id + `,"method":"no/such"}`))
		c.Write(frame(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":` + id + `}}`))
	}
	for _, id := range []string{"77777", "-1", "1e300", "99999999999999999999999", `"x"`, "null", "[]", "1.5", "true"} {
		c.Write(frame(`{"jsonrpc":"2.0","id":` + id + `,"result":null}`))
		c.Write(frame(`{"jsonrpc":"2.0","id":` + id + `,"error":{"code":1e300,"message":5}}`))
	}
	assert.Equal(t, 0, c.Shutdown())
}
