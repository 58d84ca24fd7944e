package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// TestHostileText: no format lets names, messages or code reach a terminal, or the reader of the format, as
// anything but text.
func TestHostileText(t *testing.T) {
	const evil = "a\x1b[31m\x1b]0;x\a\r\n::error::x\u202eb\u2066\x00\x7f\u0085\xff<&\">'%0A"
	run := &Run{
		Findings: []diag.Finding{{
			Rule: "missing-path", Severity: diag.Error, File: "/p/" + evil + ".nix", Span: source.Span{Start: 2, End: 6}, Message: "no `" + evil + "`", Help: evil,
			Related: []diag.Related{{File: "/p/" + evil, Message: evil}},
			Fixes:   []diag.Fix{{Title: evil, Safety: diag.Safe, Edits: []diag.Edit{{Text: "x"}}}},
		}},
		Silenced: []diag.Silenced{{Finding: diag.Finding{Rule: "missing-path", Severity: diag.Error, File: "/p/" + evil, Message: evil}, Reason: evil}},
		Errors:   []FileError{{File: "/p/" + evil, Message: evil, Kind: "unreadable", Line: 1, Column: 1}, {Message: evil, Kind: "config"}},
		BaseDir:  "/p",
		Sources:  func(string) (string, bool) { return "x " + evil + " y", true },
		Rule: func(string) Rule {
			return Rule{Summary: "A path", Doc: "About paths.", Family: "paths", URL: "https://example.org", Severity: diag.Error}
		},
	}
	for _, format := range Formats() {
		out := write(t, format, run, Options{})
		if i := strings.IndexFunc(out, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }); i >= 0 {
			t.Errorf("%s: a control character comes out as it is, at %q: write names, messages and code by Visible", format, out[max(0, i-20):min(len(out), i+20)])
		}
		switch format {
		case "text", "short", "github":
			assert.NotContains(t, out, "\u202e", format)
			assert.NotContains(t, out, "\n::error::x", format)
			if format != "github" {
				assert.NotContains(t, out, "\n::", format)
			}
		case "markdown":
			assert.NotContains(t, out, "\u202e", format)
			assert.NotRegexp(t, "<[^/c]|</[^c]|::error|@|%0A&|`", strings.ReplaceAll(out, "%0A", ""), format)
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "|") {
					assert.Contains(t, []int{4, 5}, strings.Count(line, "|"), "%q has the cells of its table", line)
				}
			}
		case "checkstyle":
			for d := xml.NewDecoder(strings.NewReader(out)); ; {
				_, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(t, err)
			}
		case "jsonl":
			for line := range strings.Lines(out) {
				assert.True(t, json.Valid([]byte(line)), line)
			}
		case "json", "sarif", "gitlab":
			assert.True(t, json.Valid([]byte(out)), format)
		default:
			t.Errorf("%s: this test has no case for the format: add what its readers must not take for anything but text", format)
		}
	}
}
