package lsp_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp/lsptest"
)

const pulling = `{"workspace":{"diagnostics":{"refreshSupport":true}},"textDocument":{"diagnostic":{},"publishDiagnostics":{"versionSupport":true}}}`

type report struct {
	Kind, ResultID, URI string
	Version             *int
	Items               []lsptest.Diagnostic
}

func (r report) codes() []string { return lsptest.Published{Diagnostics: r.Items}.Codes() }

func pull(c *lsptest.Client, uri, previous string) (r report) {
	c.Call("textDocument/diagnostic", map[string]any{"textDocument": map[string]any{"uri": uri}, "identifier": "nixsift", "previousResultId": previous}, &r)
	return r
}

// TestPull asks for the diagnostics of documents, open ones and others, and for what has changed of them.
func TestPull(t *testing.T) {
	dir := t.TempDir()
	open := lsptest.URI(lsptest.WriteFile(t, dir, "a.nix", "1"))
	closed := lsptest.URI(lsptest.WriteFile(t, dir, "b.nix", "13"))
	c := start(t, dir, pulling)
	c.Open(open, "nix", 1, "13")
	first := pull(c, open, "")
	assert.Equal(t, "full", first.Kind)
	assert.Equal(t, []string{"unlucky-number"}, first.codes())
	assert.Equal(t, "unchanged", pull(c, open, first.ResultID).Kind)
	c.Edit(open, 2, lsptest.Change{Text: "[ 13 13 ]"})
	second := pull(c, open, first.ResultID)
	assert.Equal(t, []string{"unlucky-number", "unlucky-number"}, second.codes())
	assert.NotEqual(t, first.ResultID, second.ResultID)
	c.Edit(open, 3, lsptest.Change{Text: "1"})
	none := pull(c, open, second.ResultID)
	assert.Equal(t, "full", none.Kind)
	assert.Empty(t, none.Items)
	assert.Equal(t, []string{"unlucky-number"}, pull(c, closed, "").codes())
	assert.Empty(t, pull(c, lsptest.URI(filepath.Join(dir, "nowhere.nix")), "").Items)
	for _, p := range c.Published(open) {
		if p.Version != nil && *p.Version > 1 {
			assert.Fail(t, "diagnostics are published to a client that asks for them")
		}
	}
	assert.Equal(t, 0, c.Shutdown())
}

// TestPullUndeclared answers a client that asks without having said so, and goes on to publish.
func TestPullUndeclared(t *testing.T) {
	dir := t.TempDir()
	uri := lsptest.URI(lsptest.WriteFile(t, dir, "a.nix", "1"))
	c := start(t, dir, "")
	c.Open(uri, "nix", 1, "13")
	assert.Equal(t, []string{"unlucky-number"}, pull(c, uri, "").codes())
	c.Edit(uri, 2, lsptest.Change{Text: "1"})
	assert.Empty(t, c.Diagnostics(uri, 2).Diagnostics)
	assert.Equal(t, 0, c.Shutdown())
}

// TestPullRefreshes asks the client to ask again about a document that another one concerns.
func TestPullRefreshes(t *testing.T) {
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "flake.nix", "{ outputs = _: { }; }\n")
	a := lsptest.URI(lsptest.WriteFile(t, dir, "a.nix", "{ n = 1 + import ./b.nix; }"))
	b := lsptest.URI(lsptest.WriteFile(t, dir, "b.nix", "2"))
	c := start(t, dir, pulling, "wrong-operand")
	c.Open(a, "nix", 1, "{ n = 1 + import ./b.nix; }")
	c.Open(b, "nix", 1, "2")
	assert.Empty(t, pull(c, a, "").Items)
	c.Edit(b, 2, lsptest.Change{Text: "[ ]"})
	c.Wait(func(m lsptest.Message) bool { return m.Method == "workspace/diagnostic/refresh" })
	assert.Equal(t, []string{"wrong-operand"}, pull(c, a, "").codes())
	assert.Equal(t, 0, c.Shutdown())
}

// TestWorkspacePull asks for the diagnostics of all files: buffers count as the files, what did not change is left out, and a request
// is held until something does.
func TestWorkspacePull(t *testing.T) {
	dir := t.TempDir()
	a := lsptest.URI(lsptest.WriteFile(t, dir, "a.nix", "1"))
	b := lsptest.URI(lsptest.WriteFile(t, dir, "dir/b.nix", "13"))
	c := start(t, dir, pulling)
	ask := func(previous []map[string]any) int {
		return c.Send("workspace/diagnostic", map[string]any{"previousResultIds": previous})
	}
	answer := func(id int) (out map[string]report, previous []map[string]any) {
		m := c.Reply(id)
		require.Nil(t, m.Error)
		var r struct{ Items []report }
		require.NoError(t, json.Unmarshal(m.Result, &r))
		out = map[string]report{}
		for _, i := range r.Items {
			out[i.URI] = i
			previous = append(previous, map[string]any{"uri": i.URI, "value": i.ResultID})
		}
		return out, previous
	}
	first, previous := answer(ask([]map[string]any{}))
	require.Len(t, first, 1)
	assert.Equal(t, []string{"unlucky-number"}, first[b].codes())
	assert.Nil(t, first[b].Version)

	held := ask(previous)
	c.Open(a, "nix", 7, "[ 13 ]")
	second, _ := answer(held)
	require.Len(t, second, 1)
	assert.Equal(t, []string{"unlucky-number"}, second[a].codes())
	assert.Equal(t, 7, *second[a].Version)

	c.Open(b, "nix", 1, "1")
	third, _ := answer(ask(previous))
	assert.Equal(t, "full", third[b].Kind)
	assert.Empty(t, third[b].Items)

	again := ask([]map[string]any{{"uri": a, "value": second[a].ResultID}})
	assert.Equal(t, 0, c.Shutdown())
	require.NotNil(t, c.Reply(again).Error)
}
