package lsp_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
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
