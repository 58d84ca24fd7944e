package lsp_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp/lsptest"
)

// resolving are the capabilities of a client that asks for edits later.
var resolving = `{"textDocument":{"publishDiagnostics":{"versionSupport":true},"codeAction":{"codeActionLiteralSupport":{"codeActionKind":{"valueSet":[]}},
	"dataSupport":true,"resolveSupport":{"properties":["command","edit"]}}}}`

// TestActionsCheckNothing holds that requests use what was found for the version.
func TestActionsCheckNothing(t *testing.T) {
	for _, capabilities := range []string{"", resolving} {
		c := start(t, "", capabilities)
		const uri = "untitled:a"
		c.Open(uri, "nix", 1, "# counted\n[ 0 13 14 ]")
		c.Diagnostics(uri, 1)
		before := checks.Load()
		for range 20 {
			assert.NotEmpty(t, c.Actions(uri, lsptest.At(1, 0, 1, 9)))
		}
		assert.Equal(t, before, checks.Load())
		if capabilities != "" { // and neither does the offer of all fixes
			assert.Len(t, c.Actions(uri, lsptest.At(0, 0, 0, 0), "source.fixAll"), 1)
			assert.Equal(t, before, checks.Load())
		}
	}
}

// TestActionsWaitForTheCheck asks before the document is checked: the check that is under way is enough.
func TestActionsWaitForTheCheck(t *testing.T) {
	c := start(t, "", "")
	const uri = "untitled:a"
	before := begun.Load()
	c.Open(uri, "nix", 1, "[ 42 13 ]")
	assert.Len(t, c.Actions(uri, lsptest.At(0, 5, 0, 5)), 4)
	assert.Equal(t, before+1, begun.Load())
}

// TestActionsAfterAnEdit asks for a place in a version that is not the newest any more when it is checked: the answer is
// about the same place in the newest.
func TestActionsAfterAnEdit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, "", "")
		const uri = "untitled:a"
		text := "[ 42 42 42 42\n13 ]"
		c.Open(uri, "nix", 1, text)
		ask := func(r lsptest.Range) int {
			return c.Send("textDocument/codeAction", map[string]any{
				"textDocument": map[string]any{"uri": uri}, "range": r, "context": map[string]any{"diagnostics": []any{}, "only": []string{"quickfix"}},
			})
		}
		stays, goes := ask(lsptest.At(1, 1, 1, 1)), ask(lsptest.At(0, 2, 0, 4))
		r := lsptest.At(0, 1, 0, 4)
		c.Edit(uri, 2, lsptest.Change{Range: &r, Text: "\n\n"})
		var actions []lsptest.Action
		require.NoError(t, json.Unmarshal(c.Reply(stays).Result, &actions))
		assert.Equal(t, "[\n\n 42 42 42\n12 ]", apply("[\n\n 42 42 42\n13 ]", find(t, actions, "replace it by `12`").Edit.Changes[uri]))
		require.NoError(t, json.Unmarshal(c.Reply(goes).Result, &actions))
		assert.Empty(t, actions)
	})
}

func TestResolve(t *testing.T) {
	c := start(t, "", resolving)
	const uri = "untitled:a"
	const text = "# twice\n[ 13 14 13 ]"
	c.Open(uri, "nix", 1, text)
	all := find(t, c.Actions(uri, lsptest.At(0, 0, 0, 0)), fixAllTitle)
	assert.Empty(t, all.Edit.Changes)
	sent := map[string]any{"title": all.Title, "kind": all.Kind, "data": all.Data, "extra": 5}
	var resolved lsptest.Action
	m := c.Reply(c.Send("codeAction/resolve", sent))
	require.Nil(t, m.Error)
	require.NoError(t, json.Unmarshal(m.Result, &resolved))
	assert.Equal(t, all.Title, resolved.Title)
	assert.Contains(t, string(m.Result), `"extra":5`)
	assert.Equal(t, "# twice\n[ 11 14 11 ]", apply(text, resolved.Edit.Changes[uri]))

	code := func(params any) int {
		m := c.Reply(c.Send("codeAction/resolve", params))
		require.NotNil(t, m.Error)
		return m.Error.Code
	}
	m = c.Reply(c.Send("codeAction/resolve", map[string]any{"title": "x", "command": map[string]any{"title": "x", "command": "y"}}))
	require.Nil(t, m.Error)
	assert.JSONEq(t, `{"title":"x","command":{"title":"x","command":"y"}}`, string(m.Result))
	assert.Equal(t, -32602, code(map[string]any{"title": "x", "data": 5}))
	assert.Equal(t, -32602, code(map[string]any{"title": "x", "data": map[string]any{"uri": "untitled:none"}}))
	c.Edit(uri, 2, lsptest.Change{Text: "13"})
	assert.Equal(t, -32801, code(sent), "an edit of another text is wrong")

	// What breaks the file is not applied, though it was offered.
	c.Edit(uri, 3, lsptest.Change{Text: "[ 140 ]"})
	all = find(t, c.Actions(uri, lsptest.At(0, 0, 0, 0)), fixAllTitle)
	c.Call("codeAction/resolve", map[string]any{"title": all.Title, "data": all.Data}, &resolved)
}

// TestRequestsDelayNoDiagnostics types while requests hang, more of them than there are processors.
func TestRequestsDelayNoDiagnostics(t *testing.T) {
	release := make(chan struct{})
	hanging.Store(&release)
	c := start(t, "", "")
	const n = 8
	uri := func(i int) string { return fmt.Sprintf("untitled:%d", i) }
	for i := range n {
		c.Open(uri(i), "nix", 1, "# hang\n13")
		c.Diagnostics(uri(i), 1)
	}
	before := hung.Load()
	var ids []int
	for i := range n {
		for range 4 {
			ids = append(ids, c.Send("textDocument/codeAction", map[string]any{
				"textDocument": map[string]any{"uri": uri(i)}, "range": lsptest.At(0, 0, 9, 0), "context": map[string]any{"diagnostics": []any{}, "only": []string{"source.fixAll"}},
			}))
		}
	}
	require.Eventually(t, func() bool { return hung.Load() > before }, lsptest.Timeout, time.Millisecond)
	assert.Len(t, c.Actions(uri(0), lsptest.At(1, 0, 1, 0), "quickfix"), 4, "short requests go on, too")
	for i := range n {
		c.Edit(uri(i), 2, lsptest.Change{Text: "[ 13 14 ]"})
	}
	for i := range n {
		assert.Len(t, c.Diagnostics(uri(i), 2).Diagnostics, 2)
	}
	close(release)
	for _, id := range ids { // about the newest version
		var actions []lsptest.Action
		require.NoError(t, json.Unmarshal(c.Reply(id).Result, &actions))
		require.Len(t, actions, 1)
	}
}

// TestCancelledWhileWaiting takes back a request whose document is not checked yet, and one that is closed.
func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, "", "")
		const uri = "untitled:a"
		c.Open(uri, "nix", 1, "["+strings.Repeat(" 42", 30)+" ]")
		params := map[string]any{"textDocument": map[string]any{"uri": uri}, "range": lsptest.At(0, 0, 0, 9), "context": map[string]any{"diagnostics": []any{}}}
		a, b := c.Send("textDocument/codeAction", params), c.Send("textDocument/codeAction", params)
		c.Notify("$/cancelRequest", map[string]any{"id": a})
		assert.Equal(t, -32800, c.Reply(a).Error.Code)
		c.Close(uri)
		assert.Equal(t, -32801, c.Reply(b).Error.Code)
		assert.Equal(t, 0, c.Shutdown())
	})
}

// TestFixesBeyondTheBound mends more than is shown.
func TestFixesBeyondTheBound(t *testing.T) {
	c := start(t, "", "")
	const uri, n = "untitled:a", 5000
	text := "[" + strings.Repeat(" 13\n", n) + " ]"
	c.Open(uri, "nix", 1, text)
	p := c.Diagnostics(uri, 1)
	require.Len(t, p.Diagnostics, 2001)
	assert.Equal(t, "more findings are not shown here; `nixsift check` lists them", p.Diagnostics[0].Message)
	all := c.Actions(uri, lsptest.At(0, 0, 0, 0), "source.fixAll")
	require.Len(t, all, 1)
	assert.Equal(t, strings.ReplaceAll(text, "13", "12"), apply(text, all[0].Edit.Changes[uri]))
}
