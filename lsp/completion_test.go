package lsp_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// proposal is what is proposed.
type proposal struct {
	Label            string
	InsertTextFormat int
	TextEdit         lsptest.Edit
	Documentation    json.RawMessage
	Data             json.RawMessage
}

// proposed asks for what may be written at a mark of a text that is open.
func proposed(c *lsptest.Client, uri string, at lsptest.Position) map[string]proposal {
	var list struct{ Items []proposal }
	c.Call("textDocument/completion", map[string]any{"textDocument": map[string]any{"uri": uri}, "position": at}, &list)
	out := map[string]proposal{}
	for _, i := range list.Items {
		out[i.Label] = i
	}
	return out
}

const snippeting = `{"textDocument":{"completion":{"completionItem":{"snippetSupport":true,"resolveSupport":{"properties":["documentation","detail"]}}}}}`

func TestSnippets(t *testing.T) {
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "module.nix", `{ lib, ... }: { options.my = with lib; {
  on = mkEnableOption "x"; text = mkOption { type = types.str; description = "The text."; }; list = mkOption { type = types.listOf types.int; };
  "odd $name" = mkOption { type = types.attrs; }; kind = mkOption { type = types.nullOr (types.enum [ "a,b" "c" ]); }; any = mkOption { };
  lines = mkOption { type = types.lines; };
}; }
`)
	c := lsptest.Start(t, lsp.Options{})
	c.Initialize(dir, snippeting)
	for text, want := range map[string]map[string]string{
		"{ my.⟦a⟧ }": {
			"on": "on = ${1|true,false|};", "text": `text = "$1";`, "list": "list = [ $1 ];", "odd $name": `"odd \$name" = { $1 };`,
			"kind": `kind = ${1|"a\,b","c"|};`, "any": "any = $1;", "lines": "lines = ''\n  $1\n'';",
		},
		"{ my.o⟦a⟧ = 1; }":                        {"on": "on"},
		"{ config, ... }: { x = config.my.⟦a⟧; }": {"on": "on", "text": "text"},
		"{ x = ⟦a⟧; }":                            {"let": "let\n  $1\nin\n$0", "then": "then"}, "⟦a⟧": {"let": "let\n  $1\nin\n$0"},
		"let f = { one, two ? 1 }: one; in f { ⟦a⟧ }": {"one": "one = $1;", "two": "two = $1;", "inherit": "inherit $0;"},
	} {
		text, at := marks("a.nix", text)
		uri := lsptest.URI(filepath.Join(dir, "a.nix"))
		c.Open(uri, "nix", 1, text)
		items := proposed(c, uri, at[0].at)
		for label, written := range want {
			i, ok := items[label]
			if !assert.True(t, ok, "%s in %s", label, text) {
				continue
			}
			assert.Equal(t, written, i.TextEdit.NewText, text)
			assert.Equal(t, strings.ContainsAny(written, "$"), i.InsertTextFormat == 2, "%s in %s", label, text)
		}
		c.Close(uri)
	}
}

func TestResolveItem(t *testing.T) {
	dir := t.TempDir()
	lsptest.WriteFile(t, dir, "module.nix", "{ lib, ... }: { options.my.text = lib.mkOption { type = lib.types.str; description = \"The text.\"; }; }\n")
	c := lsptest.Start(t, lsp.Options{})
	c.Initialize(dir, snippeting)
	uri := lsptest.URI(filepath.Join(dir, "a.nix"))
	c.Open(uri, "nix", 1, "{ my. }")
	at := lsptest.Position{Character: 5}
	i := proposed(c, uri, at)["text"]
	assert.Nil(t, i.Documentation)
	require.NotNil(t, i.Data)
	resolve := func() (resolved map[string]any) {
		c.Call("completionItem/resolve", map[string]any{"label": "text", "kind": 10, "data": i.Data, "own": 5}, &resolved)
		return resolved
	}
	for _, text := range []string{"{ my. }", "{ my.te }"} { // more was typed since
		c.Edit(uri, 2, lsptest.Change{Text: text})
		got := resolve()
		assert.Equal(t, map[string]any{"kind": "plaintext", "value": "The text."}, got["documentation"], text)
		assert.EqualValues(t, 5, got["own"])
	}
	c.Edit(uri, 3, lsptest.Change{Text: "1"})
	assert.Nil(t, resolve()["documentation"])
	c.Close(uri)
	assert.Equal(t, "text", resolve()["label"], "of a document that is closed")
	for _, data := range []any{nil, 5, map[string]any{"uri": 5}} { // clients ask about all proposals
		item := map[string]any{"label": "text"}
		if data != nil {
			item["data"] = data
		}
		m := c.Reply(c.Send("completionItem/resolve", item))
		require.Nil(t, m.Error)
		assert.Contains(t, string(m.Result), `"label":"text"`)
	}
}
