package lsp_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/lsp"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

// unit counts the columns of a text in an encoding.
var unit = map[string]func(text string) int{
	"utf-8":  func(text string) int { return len(text) },
	"utf-16": func(text string) int { return len(utf16.Encode([]rune(text))) },
	"utf-32": utf8.RuneCountInString,
}

// inBytes returns an answer with all columns in bytes, and semantic tokens by the places where they start and end.
func inBytes(t *testing.T, lines []string, encoding string, answer any) any {
	column := func(line, character int) int {
		text := lines[line]
		for i := range text {
			if unit[encoding](text[:i]) == character {
				return i
			}
		}
		require.Equal(t, unit[encoding](text), character, "%s: column %d is in the middle of a character of %q", encoding, character, text)
		return len(text)
	}
	switch v := answer.(type) {
	case []any:
		for i := range v {
			v[i] = inBytes(t, lines, encoding, v[i])
		}
	case map[string]any:
		line, isPosition := v["line"].(float64)
		if isPosition {
			v["character"] = column(int(line), int(v["character"].(float64)))
			return v
		}
		if data, isTokens := v["data"].([]any); isTokens {
			line, character := 0, 0
			var out []any
			for i := 0; i < len(data); i += 5 {
				number := func(n int) int { return int(data[i+n].(float64)) }
				if number(0) > 0 {
					character = 0
				}
				line, character = line+number(0), character+number(1)
				out = append(out, line, column(line, character), column(line, character+number(2)), number(3), number(4))
			}
			return out
		}
		for name := range v {
			v[name] = inBytes(t, lines, encoding, v[name])
		}
	}
	return answer
}

// TestEncodingsOfAssistance asks for the same in all encodings: the answers mean the same places.
func TestEncodingsOfAssistance(t *testing.T) {
	const text = `/* 😀é */ let f = { "é😀" ? 1, x ? "😀" }: x; é = 1; ü = 2; n😀 = 3; name = 1 + 1; /* é */ g = y: name; in [ /* 😀 */ (f { x = "😀é${toString 1}"; }) name (g "é" name) ]
# 😀 https://example.org/é/x
(f { /* é😀 */ x = name; })
`
	lines := strings.Split(text, "\n")
	want := map[string]any{}
	asked := 0
	for _, encoding := range []string{"utf-16", "utf-8", "utf-32"} {
		c := lsptest.Start(t, lsp.Options{})
		dir := t.TempDir()
		c.Initialize(dir, `{"general":{"positionEncodings":["`+encoding+`"]},"textDocument":{"signatureHelp":{"signatureInformation":{"parameterInformation":{"labelOffsetSupport":true}}}}}`)
		const uri = "untitled:a"
		c.Open(uri, "nix", 1, text)
		ask := func(key, method string, params map[string]any) any {
			params["textDocument"] = map[string]any{"uri": uri}
			var answer any
			c.Call(method, params, &answer)
			raw, err := json.Marshal(answer)
			require.NoError(t, err)
			answer = inBytes(t, lines, encoding, answer)
			if encoding == "utf-16" {
				want[key] = answer
			} else {
				assert.Equal(t, want[key], answer, "%s %s: %s", encoding, key, raw)
			}
			asked++
			return answer
		}
		assert.NotEmpty(t, ask("words", "textDocument/semanticTokens/full", map[string]any{}))
		assert.NotEmpty(t, ask("links", "textDocument/documentLink", map[string]any{}))
		end := lsptest.Position{Line: 2, Character: unit[encoding](lines[2])}
		assert.NotEmpty(t, ask("hints", "textDocument/inlayHint", map[string]any{"range": lsptest.Range{End: end}}))
		ask("part", "textDocument/semanticTokens/range", map[string]any{"range": lsptest.Range{Start: lsptest.Position{Line: 1}, End: end}})
		found := 0
		for i := range lines[0] {
			at := lsptest.Position{Character: unit[encoding](lines[0][:i])}
			for _, method := range []string{"selectionRange", "linkedEditingRange", "signatureHelp", "prepareCallHierarchy", "definition"} {
				key := method + lines[0][:i]
				if ask(key, "textDocument/"+method, map[string]any{"position": at, "positions": []any{at}}) != nil {
					found++
				}
			}
		}
		assert.Greater(t, found, len(lines[0]))
	}
	assert.Greater(t, asked, 1000)
}
