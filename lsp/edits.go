package lsp

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// edit replaces the bytes of a span in a text.
type edit struct {
	span source.Span
	text string
}

// applyChanges returns the text after changes, each of which speaks of the text that the one before made,
// and the edits they come to, in the same order. It fails on a range that does not lie in the text: then the client
// has another one in mind.
//
// Editors send the changes of many cursors from the last line to the first. Those do not move each other,
// so the text is put together once, not once for each.
func applyChanges(lines *source.LineIndex, encoding protocol.PositionEncoding, changes []protocol.TextDocumentContentChangeEvent) (string, []edit, error) {
	text := lines.Text()
	var all, pending []edit // pending: of text, from the last to the first, not yet applied
	flush := func() {
		if len(pending) > 0 {
			text = splice(text, pending)
			pending, lines = pending[:0], nil
		}
	}
	for _, c := range changes {
		if c.Range == nil {
			flush()
			all = append(all, difference(text, c.Text))
			text, lines = c.Text, nil
			continue
		}
		if n := len(pending); n > 0 && max(c.Range.Start.Line, c.Range.End.Line) >= lines.Line(pending[n-1].span.Start)-1 {
			flush()
		}
		if lines == nil {
			lines = source.NewLineIndex(text)
		}
		if err := inside(lines, *c.Range); err != nil {
			return "", nil, err
		}
		e := edit{span(lines, encoding, *c.Range), c.Text}
		pending = append(pending, e)
		all = append(all, e)
	}
	flush()
	return text, all, nil
}

// inside reports a range that does not lie in a text. A column behind the end of its line means that end (LSP 3.17,
// "Position"). A range may end at the start of the line behind the last, and one that starts where the text does
// anywhere behind it: so editors say that they mean all the rest.
func inside(lines *source.LineIndex, r protocol.Range) error {
	last := lines.Lines() - 1
	switch {
	case r.Start.Line <= last && r.End.Line <= last:
	case r.Start.Line <= last && r.End == (protocol.Position{Line: last + 1}):
	case r.Start == protocol.Position{}:
	default:
		return fmt.Errorf("a change from line %d to %d of a text of %d lines", r.Start.Line+1, r.End.Line+1, last+1)
	}
	return nil
}

// difference returns one edit that makes one text of another. It keeps what both begin and end with.
func difference(before, after string) edit {
	n := min(len(before), len(after))
	start := 0
	for start < n && before[start] == after[start] {
		start++
	}
	end := 0
	for end < n-start && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	// A column counts whole characters.
	for start > 0 && start < len(before) && !utf8.RuneStart(before[start]) {
		start--
	}
	for end > 0 && !utf8.RuneStart(before[len(before)-end]) {
		end--
	}
	return edit{source.Span{Start: uint32(start), End: uint32(len(before) - end)}, after[start : len(after)-end]}
}

// splice applies edits that stand in the order from the last to the first.
func splice(text string, edits []edit) string {
	size := len(text)
	for _, e := range edits {
		size += len(e.text) - e.span.Len()
	}
	var b strings.Builder
	b.Grow(size)
	at := uint32(0)
	for _, e := range slices.Backward(edits) {
		b.WriteString(text[at:e.span.Start])
		b.WriteString(e.text)
		at = e.span.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// moved returns findings as they stand after edits of a file. A finding grows with an edit inside of it and
// is dropped where an edit crosses its bounds; a fix is dropped where an edit touches it.
func moved(findings []diag.Finding, file string, edits []edit) []diag.Finding {
	if len(findings) == 0 || len(edits) == 0 {
		return findings
	}
	var out []diag.Finding
	for _, f := range findings {
		if f.File == file && !move(&f.Span, edits, true) {
			continue
		}
		in := func(other string) bool { return other == file || other == "" && f.File == file }
		var related []diag.Related
		for _, r := range f.Related {
			if !in(r.File) || move(&r.Span, edits, true) {
				related = append(related, r)
			}
		}
		var fixes []diag.Fix
		for _, x := range f.Fixes {
			x.Edits = slices.Clone(x.Edits)
			if !slices.ContainsFunc(x.Edits, func(e diag.Edit) bool { return in(e.File) && !move(&e.Span, edits, false) }) {
				for i := range x.Edits {
					if in(x.Edits[i].File) {
						move(&x.Edits[i].Span, edits, false)
					}
				}
				fixes = append(fixes, x)
			}
		}
		f.Related, f.Fixes = related, fixes
		out = append(out, f)
	}
	return out
}

// move carries a span over edits. It reports false, and leaves the span in no certain state, where the
// span does not survive; only if grow is set does it survive an edit inside of it.
func move(s *source.Span, edits []edit, grow bool) bool {
	for _, e := range edits {
		n, old := uint32(len(e.text)), uint32(e.span.Len())
		switch {
		case s.End <= e.span.Start && (s.Len() > 0 || s.End < e.span.Start):
		case e.span.End <= s.Start:
			s.Start += n - old
			s.End += n - old
		case grow && s.Start <= e.span.Start && e.span.End <= s.End && e.span.Len() < s.Len():
			s.End += n - old
		default:
			return false
		}
	}
	return true
}
