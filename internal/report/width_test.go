package report

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/internal/diag"
)

var update = flag.Bool("update", false, "write the golden files")

// wideRun has lines of characters of all widths, and texts that are too long for a terminal.
func wideRun() *Run {
	const long = "this message is long enough to be broken on a terminal of eighty columns, and it names `a/path/that/is/not/broken/anywhere.nix` in between"
	lines := []struct{ text, mark, message string }{
		{`  description = "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字 MARK 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字";`, "MARK", "wide"},
		{`  emoji = "😀👩‍💻👍🏽🇩🇪❤️ MARK 😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀";`, "MARK", "emoji, joined and not"},
		{"  combining = \"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 MARK n\u0303n\u0303n\u0303n\u0303n\u0303n\u0303n\u0303n\u0303n\u0303n\u0303n\u0303\";", "MARK", "combining"},
		{"\t\ttabs\t=\tMARK;\t# behind\tit", "MARK", "tabs"},
		{"  return = MARK;\r", "MARK", "CRLF"},
		{"  left = " + strings.Repeat("ab ", 60) + "MARK;", "MARK", "at the end of a long line"},
		{"  MARK = " + strings.Repeat("cd ", 60) + ";", "MARK", "at its start"},
		{"  whole = [ " + strings.Repeat("漢x ", 40) + "];", "", long},
		{"  short = 1;", "short", long},
	}
	var text strings.Builder
	run := &Run{
		Summary: Summary{Files: 12345, Suppressed: 12, Generated: 345},
		Errors:  []FileError{{File: "/p/nixsift.toml", Message: long, Kind: "config", Line: 3, Column: 4}},
		Rule: func(id string) Rule {
			return Rule{URL: "https://example.org/a/long/address/that/is/never/broken/" + id}
		},
		BaseDir: "/p",
	}
	for i, l := range lines {
		at, n := 2, len(l.text)-2
		if l.mark != "" {
			at, n = strings.Index(l.text, l.mark), len(l.mark)
		}
		start := uint32(text.Len() + at)
		f := diag.Finding{Rule: "rule", Severity: diag.Warning, File: "/p/wide.nix", Span: span(start, start+uint32(n)), Message: l.message}
		if i >= len(lines)-2 {
			f.Help = long
			f.Related = []diag.Related{{Span: f.Span, Message: "what is said beside a mark, which may have no place there"}}
			f.Fixes = []diag.Fix{{Title: "a title that says at length what this fix would do to the file", Safety: diag.Unsafe}}
		}
		run.Findings = append(run.Findings, f)
		text.WriteString(l.text + "\n")
	}
	run.Sources = func(string) (string, bool) { return text.String(), true }
	return run
}

// TestWidths holds what terminals of several widths show: no line is wider, but for paths, addresses and words that would not
// fit on any.
func TestWidths(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		got := write(t, "text", wideRun(), Options{Width: width})
		golden := filepath.Join("testdata", fmt.Sprintf("text-%d.golden", width))
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		assert.Equal(t, string(want), got)
		for line := range strings.Lines(got) {
			line = strings.TrimSuffix(line, "\n")
			if strings.Contains(line, "-->") || strings.Contains(line, ":::") || strings.Contains(line, " = see: ") {
				continue
			}
			words := strings.Fields(line)
			long := 0
			for _, w := range words {
				long = max(long, Columns(w))
			}
			if long > width-len("   =   ") && len(words) <= 1 {
				continue
			}
			assert.LessOrEqual(t, Columns(line), width, line)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text         string
		first, width int
		want         []string
	}{
		{"a b c", 0, 0, []string{"a b c"}},
		{"aa bb cc", 5, 5, []string{"aa bb", "cc"}},
		{"aa bb cc", 2, 5, []string{"aa", "bb cc"}},
		{"aaaa bb", 2, 5, []string{"", "aaaa", "bb"}},
		{"aaaaaaaa bb", 5, 5, []string{"aaaaaaaa", "bb"}},
		{"漢字 漢字", 8, 8, []string{"漢字", "漢字"}},
		{"", 5, 5, []string{""}},
		{"a  b", 9, 9, []string{"a  b"}},
		{"aaa bbb", -3, 3, []string{"", "aaa", "bbb"}},
	} {
		assert.Equal(t, c.want, wrap(c.text, c.first, c.width), c.text)
	}
}

// TestNarrow: a terminal of hardly any columns is no reason to fail.
func TestNarrow(t *testing.T) {
	for _, width := range []int{1, 5, minWidth} {
		assert.NotEmpty(t, write(t, "text", wideRun(), Options{Width: width}))
		assert.NotEmpty(t, write(t, "text", wideRun(), Options{Width: width, Brief: true}))
		assert.NotEmpty(t, write(t, "text", wideRun(), Options{Width: width, Statistics: true}))
	}
}
