package lsp_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// hintsOf returns the labels of the hints in a document.
func hintsOf(c *lsptest.Client, uri string) []string {
	var list []struct{ Label string }
	c.Call("textDocument/inlayHint", map[string]any{"textDocument": map[string]any{"uri": uri}, "range": lsptest.At(0, 0, 99, 0)}, &list)
	labels := []string{}
	for _, h := range list {
		labels = append(labels, h.Label)
	}
	return labels
}

// TestHintSettings turns hints off in each way that editors have for settings.
func TestHintSettings(t *testing.T) {
	const text = "let f = { a ? 1 }: [ a ]; in { x = 1 + 1; y = f { }; }\n"
	begin := func(capabilities string, options any) (*lsptest.Client, string) {
		c := lsptest.Start(t, lsp.Options{})
		dir := t.TempDir()
		uri := lsptest.URI(lsptest.WriteFile(t, dir, "a.nix", text))
		if options != nil {
			c.Call("initialize", map[string]any{"processId": nil, "rootUri": lsptest.URI(dir), "capabilities": json.RawMessage(capabilities), "initializationOptions": options}, nil)
			c.Notify("initialized", map[string]any{})
		} else {
			c.Initialize(dir, capabilities)
		}
		c.Open(uri, "nix", 1, text)
		return c, uri
	}
	hints := func(name string, value any) any { return map[string]any{"inlayHints": map[string]any{name: value}} }
	both := []string{"= 2", "a ? 1"}

	c, uri := begin("{}", nil)
	assert.Equal(t, both, hintsOf(c, uri))
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"nixsift": hints("values", false)}})
	assert.Equal(t, both[1:], hintsOf(c, uri))
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": hints("defaults", false)})
	assert.Equal(t, both[:1], hintsOf(c, uri))
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"other": 1}})
	assert.Equal(t, both[:1], hintsOf(c, uri), "nothing is said")
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": hints("defaults", "no Boolean")})
	assert.Equal(t, both, hintsOf(c, uri))

	c, uri = begin("{}", hints("values", false))
	assert.Equal(t, both[1:], hintsOf(c, uri))

	c, uri = begin(`{"workspace":{"configuration":true,"inlayHint":{"refreshSupport":true}}}`, nil)
	c.Answer("workspace/configuration", []any{hints("values", false)})
	c.Notify("workspace/didChangeConfiguration", map[string]any{"settings": nil})
	c.Wait(func(m lsptest.Message) bool { return m.Method == "workspace/inlayHint/refresh" })
	assert.Equal(t, both[1:], hintsOf(c, uri))
}

// TestHintAge tells how old an input is: the day is that of the test.
func TestHintAge(t *testing.T) {
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "flake.lock", fmt.Sprintf(`{ "nodes": { "root": { "inputs": { "a": "a" } }, "a": {
		"locked": { "lastModified": %d, "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "owner": "o", "repo": "a", "rev": "0123456789abcdef0123456789abcdef01234567", "type": "github" },
		"original": { "owner": "o", "repo": "a", "type": "github" } } }, "root": "root", "version": 7 }`, time.Now().Add(-100*time.Hour).Unix()))
	const text = "{ inputs.a.url = \"github:o/a\"; outputs = _: { }; }\n"
	uri := lsptest.URI(lsptest.WriteFile(t, dir, "flake.nix", text))
	c := lsptest.Start(t, lsp.Options{})
	c.Initialize(filepath.Dir(dir), "")
	c.Open(uri, "nix", 1, text)
	labels := hintsOf(c, uri)
	assert.Len(t, labels, 1)
	assert.Regexp(t, regexp.MustCompile(`^4 days old, 0123456789ab$`), labels[0])
}
