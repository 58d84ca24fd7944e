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
		Errors:  []FileError{{File: "/p/" + evil, Message: evil, Kind: "unreadable", Line: 1, Column: 1}, {Message: evil, Kind: "config"}},
		BaseDir: "/p",
		Sources: func(string) (string, bool) { return "x " + evil + " y", true },
		Rule:    func(string) (string, string) { return "A path", "https://example.org" },
	}
	for _, format := range Formats() {
		out := write(t, format, run, Options{})
		for _, r := range out {
			assert.False(t, unicode.IsControl(r) && r != '\n', "%s: control character %q", format, r)
		}
		switch format {
		case "text", "short", "github":
			assert.NotContains(t, out, "\u202e", format)
			assert.NotContains(t, out, "\n::error::x", format)
			if format != "github" {
				assert.NotContains(t, out, "\n::", format)
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
		default:
			assert.True(t, json.Valid([]byte(out)), format)
		}
	}
}

// TestLongLineFingerprints: the line of a finding counts for its fingerprint near the finding only, so that many
// findings on one long line cost no more than elsewhere.
func TestLongLineFingerprints(t *testing.T) {
	line := strings.Repeat("x", 10*printReach)
	of := func(text string) string {
		p := &printer{Run: &Run{Sources: func(string) (string, bool) { return text, true }}, indexes: map[string]*source.LineIndex{}, paths: map[string]string{}}
		return fingerprints{}.of(p, &diag.Finding{File: "a", Span: source.Span{Start: 5 * printReach, End: 5*printReach + 1}})
	}
	assert.Equal(t, of(line), of(line+"y"))
	assert.NotEqual(t, of(line), of(line[:5*printReach+1]+"y"+line))
}
