package lsp

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// reference is a text as LSP describes it, without an index: units of an encoding, looked through from the
// start for each position.
type reference[U byte | uint16] struct{ units []U }

// lineEnd returns where the text of the line that starts at a place ends, and where the next one starts;
// more is false where there is none.
func (r reference[U]) lineEnd(start int) (end, next int, more bool) {
	for i := start; i < len(r.units); i++ {
		switch {
		case r.units[i] == '\r' && i+1 < len(r.units) && r.units[i+1] == '\n':
			return i, i + 2, true
		case r.units[i] == '\r' || r.units[i] == '\n':
			return i, i + 1, true
		}
	}
	return len(r.units), len(r.units), false
}

// at finds a position. No column reaches the end of a line.
func (r reference[U]) at(p protocol.Position) int {
	start := 0
	for range p.Line {
		_, next, more := r.lineEnd(start)
		if !more {
			return len(r.units)
		}
		start = next
	}
	end, _, _ := r.lineEnd(start)
	return r.whole(min(start+p.Character, end))
}

// lines counts the lines.
func (r reference[U]) lines() int {
	for n, start := 1, 0; ; n++ {
		_, next, more := r.lineEnd(start)
		if !more {
			return n
		}
		start = next
	}
}

// outside reports whether a change is of another text than this one.
func (r reference[U]) outside(c protocol.TextDocumentContentChangeEvent) bool {
	if c.Range == nil || c.Range.Start == (protocol.Position{}) {
		return false
	}
	n := r.lines()
	atEnd := c.Range.End.Line == n && c.Range.End.Character == 0
	return c.Range.Start.Line >= n || c.Range.End.Line >= n && !atEnd
}

// whole moves a place in the middle of a character to its start.
func (r reference[U]) whole(at int) int {
	inside := func(u U) bool {
		switch v := any(u).(type) {
		case byte:
			return v&0xC0 == 0x80
		case uint16:
			return v&0xFC00 == 0xDC00
		}
		return false
	}
	for at > 0 && at < len(r.units) && inside(r.units[at]) {
		at--
	}
	return at
}

func (r reference[U]) apply(c protocol.TextDocumentContentChangeEvent, units func(string) []U) reference[U] {
	if c.Range == nil {
		return reference[U]{units(c.Text)}
	}
	a, b := r.at(c.Range.Start), r.at(c.Range.End)
	return reference[U]{slices.Concat(r.units[:min(a, b)], units(c.Text), r.units[max(a, b):])}
}

func utf16Units(s string) []uint16 { return utf16.Encode([]rune(s)) }
func utf8Units(s string) []byte    { return []byte(s) }

var pieces = []string{"a", "bc", "\n", "\r\n", "\r", "é", "😀", "𝒳y", "", " ", "\t", "\n\n", "日本", "{ x = 1; }"}

func randomText(r *rand.Rand, n int) string {
	var b strings.Builder
	for range r.IntN(n + 1) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

// randomChanges are changes as no editor would send them: out of range, swapped, in the middle of
// characters, and sometimes sorted from the last line to the first as editors do.
func randomChanges(r *rand.Rand) []protocol.TextDocumentContentChangeEvent {
	var out []protocol.TextDocumentContentChangeEvent
	place := func() protocol.Position {
		return protocol.Position{Line: r.IntN(1 + r.IntN(12)), Character: r.IntN(14)}
	}
	for range 1 + r.IntN(5) {
		c := protocol.TextDocumentContentChangeEvent{Text: randomText(r, 4)}
		if r.IntN(12) > 0 {
			c.Range = &protocol.Range{Start: place(), End: place()}
			if r.IntN(3) > 0 {
				c.Range.End = c.Range.Start
				c.Range.End.Character += r.IntN(3)
			}
		}
		out = append(out, c)
	}
	if r.IntN(2) == 0 {
		slices.SortFunc(out, func(a, b protocol.TextDocumentContentChangeEvent) int {
			if a.Range == nil || b.Range == nil {
				return 0
			}
			return b.Range.Start.Line - a.Range.Start.Line
		})
	}
	return out
}

// checkChanges compares applyChanges with the reference in both encodings, and with its own edits.
func checkChanges(t *testing.T, text string, changes []protocol.TextDocumentContentChangeEvent) {
	t.Helper()
	checkEncoded(t, text, protocol.UTF16, changes, utf16Units, func(u []uint16) string { return string(utf16.Decode(u)) })
	checkEncoded(t, text, protocol.UTF8, changes, utf8Units, func(u []byte) string { return string(u) })
}

func checkEncoded[U byte | uint16](t *testing.T, text string, encoding protocol.PositionEncoding, changes []protocol.TextDocumentContentChangeEvent, units func(string) []U, decode func([]U) string) {
	t.Helper()
	ref := reference[U]{units(text)}
	for i, c := range changes {
		if ref.outside(c) {
			_, _, err := applyChanges(source.NewLineIndex(text), encoding, changes)
			require.Error(t, err, "%s: %q after %+v", encoding, text, changes)
			changes = changes[:i]
			break
		}
		ref = ref.apply(c, units)
	}
	got, edits, err := applyChanges(source.NewLineIndex(text), encoding, changes)
	require.NoError(t, err, "%s: %q after %+v", encoding, text, changes)
	require.Equal(t, decode(ref.units), got, "%s: %q after %+v", encoding, text, changes)
	again := text
	for _, e := range edits {
		again = splice(again, []edit{e})
	}
	require.Equal(t, got, again, "%s: the edits of %q after %+v", encoding, text, changes)
}

func TestRandomChanges(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		checkChanges(t, randomText(r, 20), randomChanges(r))
	}
}

func FuzzChanges(f *testing.F) {
	f.Add("a😀\r\nb", uint64(1))
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		text = string(bytes.ToValidUTF8([]byte(text), []byte("\uFFFD"))) // as JSON brings it
		checkChanges(t, text, randomChanges(rand.New(rand.NewPCG(seed, 0))))
	})
}

func at(line, from, toLine, to int) *protocol.Range {
	return &protocol.Range{Start: protocol.Position{Line: line, Character: from}, End: protocol.Position{Line: toLine, Character: to}}
}

func TestChanges(t *testing.T) {
	type change = protocol.TextDocumentContentChangeEvent
	replace := func(line, from, toLine, to int, text string) change {
		return change{Range: at(line, from, toLine, to), Text: text}
	}
	for name, test := range map[string]struct {
		text, want string
		encoding   protocol.PositionEncoding
		changes    []change
	}{
		"none":                    {"a", "a", protocol.UTF16, nil},
		"whole text":              {"a", "b", protocol.UTF16, []change{{Text: "b"}}},
		"behind a surrogate pair": {"😀x", "😀y", protocol.UTF16, []change{replace(0, 2, 0, 3, "y")}},
		"in a surrogate pair":     {"😀x", "yx", protocol.UTF16, []change{replace(0, 1, 0, 2, "y")}},
		"bytes":                   {"😀x", "😀y", protocol.UTF8, []change{replace(0, 4, 0, 5, "y")}},
		"in a character":          {"éx", "yx", protocol.UTF8, []change{replace(0, 1, 0, 2, "y")}},
		"end of a CRLF line":      {"a\r\nb", "a!\r\nb", protocol.UTF16, []change{replace(0, 9, 0, 9, "!")}},
		"join CRLF lines":         {"a\r\nb", "ab", protocol.UTF16, []change{replace(0, 1, 1, 0, "")}},
		"all, from far away":      {"a\nb", "!", protocol.UTF8, []change{replace(0, 0, 2147483647, 2147483647, "!")}},
		"to the next line":        {"a\nb", "a\n!", protocol.UTF16, []change{replace(1, 0, 2, 0, "!")}},
		"one after the other":     {"a", "xyza", protocol.UTF16, []change{replace(0, 0, 0, 0, "x"), replace(0, 1, 0, 1, "y"), replace(0, 2, 0, 2, "z")}},
		"many cursors":            {"a\nb\nc", "1a\n1b\n1c", protocol.UTF16, []change{replace(2, 0, 2, 0, "1"), replace(1, 0, 1, 0, "1"), replace(0, 0, 0, 0, "1")}},
		"swapped ends":            {"abc", "ac", protocol.UTF16, []change{replace(0, 2, 0, 1, "")}},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := applyChanges(source.NewLineIndex(test.text), test.encoding, test.changes)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

// TestChangesOutside refuses changes of another text.
func TestChangesOutside(t *testing.T) {
	for _, r := range []*protocol.Range{
		at(2, 0, 2, 0), at(7, 0, 8, 0), at(1, 0, 2, 1), at(1, 0, 3, 0), at(0, 1, 2147483647, 0), at(9, 0, 0, 0),
	} {
		_, _, err := applyChanges(source.NewLineIndex("a\nb"), protocol.UTF16, []protocol.TextDocumentContentChangeEvent{{Text: "c\nd"}, {Range: r, Text: "x"}})
		assert.ErrorContains(t, err, "of a text of 2 lines")
	}
}

// TestMoved holds that what survives edits still means the same text.
func TestMoved(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	survived := 0
	for range 20_000 {
		text := randomText(r, 30)
		if text == "" {
			continue
		}
		a, b := uint32(r.IntN(len(text))), uint32(r.IntN(len(text)+1))
		s := source.Span{Start: min(a, b), End: max(a, b)}
		got, edits, err := applyChanges(source.NewLineIndex(text), protocol.UTF16, randomChanges(r))
		if err != nil {
			continue
		}
		found := moved([]diag.Finding{{File: "x", Span: s, Fixes: []diag.Fix{{Edits: []diag.Edit{{Span: s}}}}}}, "x", edits)
		if len(found) == 0 {
			continue
		}
		require.LessOrEqual(t, int(found[0].Span.End), len(got))
		if len(found[0].Fixes) > 0 {
			survived++
			require.Equal(t, s.Of(text), found[0].Fixes[0].Edits[0].Span.Of(got))
		}
	}
	assert.Greater(t, survived, 1000)
}

func TestMovedKeepsOtherFiles(t *testing.T) {
	f := diag.Finding{
		File: "a", Span: source.Span{Start: 4, End: 8},
		Related: []diag.Related{{File: "b", Span: source.Span{Start: 1, End: 2}}, {Span: source.Span{Start: 0, End: 2}}},
		Fixes:   []diag.Fix{{Title: "here", Edits: []diag.Edit{{Span: source.Span{Start: 4, End: 8}}}}, {Title: "there", Edits: []diag.Edit{{File: "b"}}}},
	}
	got := moved([]diag.Finding{f}, "a", []edit{{source.Span{Start: 5, End: 6}, "xyz"}})
	require.Len(t, got, 1)
	assert.Equal(t, source.Span{Start: 4, End: 10}, got[0].Span)
	assert.Len(t, got[0].Related, 2)
	require.Len(t, got[0].Fixes, 1)
	assert.Equal(t, "there", got[0].Fixes[0].Title)
	assert.Equal(t, source.Span{Start: 4, End: 8}, f.Span, "the finding itself is not touched")
	assert.Equal(t, []diag.Finding{f}, moved([]diag.Finding{f}, "c", []edit{{source.Span{}, "x"}}))
	assert.Empty(t, moved([]diag.Finding{f}, "a", []edit{{source.Span{Start: 0, End: 6}, ""}}))
}

func TestDifference(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		a, b := randomText(r, 12), randomText(r, 12)
		e := difference(a, b)
		require.Equal(t, b, splice(a, []edit{e}))
		require.True(t, strings.ToValidUTF8(e.text, "") == e.text, "%q → %q by %q", a, b, e.text)
	}
}
