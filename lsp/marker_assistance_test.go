package lsp_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/lsp/lsptest"
)

func init() {
	features["signatureHelp"] = func(s *session, m marked) string {
		var help *struct {
			Signatures []struct {
				Label         string
				Documentation struct{ Value string }
				Parameters    []struct {
					Label         json.RawMessage
					Documentation struct{ Value string }
				}
			}
			ActiveSignature, ActiveParameter int
		}
		s.Call("textDocument/signatureHelp", s.here(m), &help)
		if help == nil {
			return "nothing"
		}
		var out []string
		for _, d := range help.Signatures {
			out = append(out, d.Label)
			for i, p := range d.Parameters {
				var at [2]int
				require.NoError(s.t, json.Unmarshal(p.Label, &at))
				text := string(utf16.Decode(utf16.Encode([]rune(d.Label))[at[0]:at[1]]))
				if i == help.ActiveParameter {
					out = append(out, strings.TrimRight(fmt.Sprintf("active: %s  %s", text, p.Documentation.Value), " "))
				}
			}
			if d.Documentation.Value != "" {
				out = append(out, d.Documentation.Value)
			}
		}
		return strings.Join(out, "\n")
	}
}

func init() {
	features["inlayHint"] = func(s *session, m marked) string {
		params := s.here(m)
		var r lsptest.Range
		if m.argument == "" {
			r.End = lsptest.Position{Line: len(s.texts[m.file])}
		} else {
			_, err := fmt.Sscanf(m.argument, "%d-%d", &r.Start.Line, &r.End.Line)
			require.NoError(s.t, err)
		}
		params["range"] = r
		var list []struct {
			Position                  lsptest.Position
			Label                     string
			PaddingLeft, PaddingRight bool
		}
		s.Call("textDocument/inlayHint", params, &list)
		if len(list) == 0 {
			return "nothing"
		}
		lines := strings.Split(s.texts[m.file], "\n")
		var out []string
		for _, h := range list {
			line := utf16.Encode([]rune(lines[h.Position.Line]))
			label := h.Label
			if h.PaddingLeft {
				label = " " + label
			}
			if h.PaddingRight {
				label += " "
			}
			before, after := string(utf16.Decode(line[:h.Position.Character])), string(utf16.Decode(line[h.Position.Character:]))
			out = append(out, strings.TrimSpace(fmt.Sprintf("%d:%s⟪%s⟫%s", h.Position.Line+1, before, label, after)))
		}
		return strings.Join(out, "\n")
	}
}

func init() {
	features["documentLink"] = func(s *session, m marked) string {
		var list []struct {
			Range  lsptest.Range
			Target string
		}
		s.Call("textDocument/documentLink", s.here(m), &list)
		var out []string
		for _, l := range list {
			target, err := filepath.Rel(s.dir, strings.TrimPrefix(l.Target, "file://"))
			if err != nil || !strings.HasPrefix(l.Target, "file://") {
				target = l.Target
			}
			out = append(out, s.place(s.uri(m.file), l.Range)+" → "+target)
		}
		return strings.Join(out, "\n")
	}
}

// wordsOf presents semantic tokens, a line for each line of a text.
func wordsOf(text string, data []uint32) string {
	lines := strings.Split(text, "\n")
	var out []string
	line, character, last := 0, 0, -1
	for i := 0; i < len(data); i += 5 {
		if data[i] > 0 {
			character = 0
		}
		line, character = line+int(data[i]), character+int(data[i+1])
		word := string(utf16.Decode(utf16.Encode([]rune(lines[line]))[character : character+int(data[i+2])]))
		say := word + ":" + ide.TokenTypes[data[i+3]]
		for bit, name := range ide.TokenModifierNames {
			if data[i+4]&(1<<bit) != 0 {
				say += "+" + name
			}
		}
		if line != last {
			out, last = append(out, fmt.Sprintf("%d:", line+1)), line
		}
		out[len(out)-1] += " " + say
	}
	return strings.Join(out, "\n")
}

func init() {
	features["semanticTokens"] = func(s *session, m marked) string {
		var tokens struct{ Data []uint32 }
		params, method := s.here(m), "textDocument/semanticTokens/full"
		if m.argument != "" {
			var r lsptest.Range
			_, err := fmt.Sscanf(m.argument, "%d-%d", &r.Start.Line, &r.End.Line)
			require.NoError(s.t, err)
			params["range"], method = r, "textDocument/semanticTokens/range"
		}
		s.Call(method, params, &tokens)
		return wordsOf(s.texts[m.file], tokens.Data)
	}
}

func init() {
	type selection struct {
		Range  lsptest.Range
		Parent json.RawMessage
	}
	features["selectionRange"] = func(s *session, m marked) string {
		params := s.here(m)
		params["positions"] = []any{m.at}
		var list []json.RawMessage
		s.Call("textDocument/selectionRange", params, &list)
		require.Len(s.t, list, 1)
		var out []string
		for raw := list[0]; raw != nil; {
			var d selection
			require.NoError(s.t, json.Unmarshal(raw, &d))
			out = append(out, s.place(s.uri(m.file), d.Range))
			raw = d.Parent
		}
		return strings.Join(out, "\n")
	}
	features["linkedEditingRange"] = func(s *session, m marked) string {
		var linked *struct{ Ranges []lsptest.Range }
		s.Call("textDocument/linkedEditingRange", s.here(m), &linked)
		if linked == nil {
			return "nothing"
		}
		var out []string
		for _, r := range linked.Ranges {
			out = append(out, s.place(s.uri(m.file), r))
		}
		return strings.Join(out, "\n")
	}
}

func init() {
	type item struct {
		Name, Detail, URI string
		Kind              int
		Range             lsptest.Range `json:"range"`
		SelectionRange    lsptest.Range `json:"selectionRange"`
	}
	features["callHierarchy"] = func(s *session, m marked) string {
		var items []json.RawMessage
		s.Call("textDocument/prepareCallHierarchy", s.here(m), &items)
		var out []string
		for _, raw := range items {
			var f item
			require.NoError(s.t, json.Unmarshal(raw, &f))
			out = append(out, fmt.Sprintf("%s: %s %s", f.Name, f.Detail, s.place(f.URI, f.SelectionRange)))
			var in []struct {
				From       item
				FromRanges []lsptest.Range
			}
			s.Call("callHierarchy/incomingCalls", map[string]any{"item": raw}, &in)
			for _, c := range in {
				for _, r := range c.FromRanges {
					out = append(out, fmt.Sprintf("  from %s: %s", c.From.Name, s.place(c.From.URI, r)))
				}
			}
			var to []struct {
				To         item
				FromRanges []lsptest.Range
			}
			s.Call("callHierarchy/outgoingCalls", map[string]any{"item": raw}, &to)
			for _, c := range to {
				for _, r := range c.FromRanges {
					out = append(out, fmt.Sprintf("  to %s (%s): %s", c.To.Name, s.place(c.To.URI, c.To.SelectionRange), s.place(f.URI, r)))
				}
			}
		}
		return strings.Join(out, "\n")
	}
}

func init() {
	for _, name := range []string{"implementation", "typeDefinition"} {
		features[name] = func(s *session, m marked) string { return s.locations("textDocument/"+name, s.here(m)) }
	}
}
