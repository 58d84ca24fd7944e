package lsp_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// TestTokenDelta edits a document at random: the tokens that a client has by deltas are those of the whole document.
func TestTokenDelta(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{})
	c.Initialize("", "")
	const uri = "untitled:a"
	text := strings.Repeat("let f = { a, b ? 1 }: lib.mkIf a [ \"x\" b ]; in # 😀\n", 20) + "f { a = true; }\n"
	c.Open(uri, "nix", 1, text)
	document := map[string]any{"textDocument": map[string]any{"uri": uri}}
	type answer struct {
		ResultID string
		Data     []uint32
		Edits    []struct {
			Start, DeleteCount int
			Data               []uint32
		}
	}
	var first answer
	c.Call("textDocument/semanticTokens/full", document, &first)
	have, id := first.Data, first.ResultID
	require.NotEmpty(t, have)
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"", " ", "x", "\"", "''", "{", "}", "let ", "😀", "\n", "# ", "a.b = 1; "}
	sizes := 0
	for version := 2; version < 60; version++ {
		line := random.IntN(20)
		at := lsptest.At(line, random.IntN(20), line, random.IntN(20))
		if at.End.Character < at.Start.Character {
			at.Start, at.End = at.End, at.Start
		}
		if version%10 == 0 { // nothing changes
			at.End = at.Start
			c.Edit(uri, version, lsptest.Change{Range: &at, Text: ""})
		} else {
			c.Edit(uri, version, lsptest.Change{Range: &at, Text: pieces[random.IntN(len(pieces))]})
		}
		var delta, full answer
		c.Call("textDocument/semanticTokens/full/delta", map[string]any{"textDocument": document["textDocument"], "previousResultId": id}, &delta)
		require.Nil(t, delta.Data)
		for _, e := range delta.Edits {
			have = slices.Concat(have[:e.Start], e.Data, have[e.Start+e.DeleteCount:])
			sizes += len(e.Data)
		}
		if version%10 == 0 {
			assert.Empty(t, delta.Edits)
		}
		c.Call("textDocument/semanticTokens/full", document, &full)
		require.Equal(t, full.Data, have, "version %d", version)
		id = full.ResultID
	}
	assert.Less(t, sizes, 60*len(have)/2, "the changes are smaller than the whole")

	var unknown answer // a client that has other ones gets all
	c.Call("textDocument/semanticTokens/full/delta", map[string]any{"textDocument": document["textDocument"], "previousResultId": "none"}, &unknown)
	assert.Equal(t, have, unknown.Data)
}
