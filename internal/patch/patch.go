// Package patch writes changes of texts in the form of git diff, which git apply takes.
package patch

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// context is the number of lines around a change.
const context = 3

// Write writes what edits do to a text. The edits are sorted and do not touch each other; name is the path of the
// file with slashes. Git asks for a `diff --git` line where names could be mistaken, but takes the names behind one
// as relative to the top of the repository, wherever it is called; without header the line is left out, and the names
// are relative to where git is called.
func Write(w io.Writer, name, before string, edits []diag.Edit, header bool) error {
	changes := lineChanges(before, edits)
	if len(changes) == 0 {
		return nil
	}
	var b bytes.Buffer
	from, to := Quote("a/"+name), Quote("b/"+name)
	if header {
		fmt.Fprintf(&b, "diff --git %s %s\n", from, to)
	}
	tab := ""
	if strings.Contains(name, " ") {
		tab = "\t" // so that git finds the end of the name
	}
	fmt.Fprintf(&b, "--- %s%s\n+++ %s%s\n", from, tab, to, tab)
	lines := splitLines(before)
	moved := 0
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].start-changes[n-1].end <= 2*context {
			n++
		}
		moved += writeHunk(&b, lines, changes[:n], moved)
		changes = changes[n:]
	}
	_, err := w.Write(b.Bytes())
	return err
}

// change replaces the lines from start up to, not including, end.
type change struct {
	start, end int
	lines      []string
}

// lineChanges widens edits to whole lines and leaves out what stays the same at their ends.
func lineChanges(before string, edits []diag.Edit) []change {
	var out []change
	line, counted := 0, 0 // the number of the line that holds an offset
	lineAt := func(offset int) int {
		line += strings.Count(before[counted:offset], "\n")
		counted = offset
		return line
	}
	for len(edits) > 0 {
		// The edits of a group share lines.
		start := strings.LastIndexByte(before[:edits[0].Span.Start], '\n') + 1
		end, n := 0, 0
		for n < len(edits) && (n == 0 || int(edits[n].Span.Start) < end) {
			end = int(edits[n].Span.End)
			text := edits[n].Text
			if whole := strings.HasSuffix(text, "\n") || text == "" && n == 0 && int(edits[n].Span.Start) == start; whole &&
				end > start && before[end-1] == '\n' {
				// The line behind begins with another edit, or stays.
			} else if i := strings.IndexByte(before[end:], '\n'); i >= 0 {
				end += i + 1
			} else {
				end = len(before)
			}
			n++
		}
		var text strings.Builder
		at := start
		for _, e := range edits[:n] {
			text.WriteString(before[at:e.Span.Start])
			text.WriteString(e.Text)
			at = int(e.Span.End)
		}
		text.WriteString(before[at:end])
		edits = edits[n:]
		out = appendChange(out, lineAt(start), splitLines(before[start:end]), splitLines(text.String()))
	}
	return out
}

// appendChange adds a change of lines, without those that both have at their ends.
func appendChange(out []change, at int, old, now []string) []change {
	for len(old) > 0 && len(now) > 0 && old[0] == now[0] {
		old, now, at = old[1:], now[1:], at+1
	}
	for len(old) > 0 && len(now) > 0 && old[len(old)-1] == now[len(now)-1] {
		old, now = old[:len(old)-1], now[:len(now)-1]
	}
	if len(old)+len(now) == 0 {
		return out
	}
	if n := len(out); n > 0 && out[n-1].end == at {
		out[n-1].end += len(old)
		out[n-1].lines = slices.Concat(out[n-1].lines, now)
		return out
	}
	return append(out, change{at, at + len(old), now})
}

// splitLines parts a text behind each \n: what git takes for a line.
func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// writeHunk writes changes that are near each other. moved is how many lines more the text has before them by now;
// the result is how many more these add.
func writeHunk(b *bytes.Buffer, lines []string, changes []change, moved int) (more int) {
	first, last := changes[0], changes[len(changes)-1]
	start, end := max(first.start-context, 0), min(last.end+context, len(lines))
	for _, c := range changes {
		more += len(c.lines) - (c.end - c.start)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", lineRange(start, end-start), lineRange(start+moved, end-start+more))
	at := start
	for _, c := range changes {
		writeLines(b, ' ', lines[at:c.start])
		writeLines(b, '-', lines[c.start:c.end])
		writeLines(b, '+', c.lines)
		at = c.end
	}
	writeLines(b, ' ', lines[at:end])
	return more
}

// lineRange spells where a hunk is: its first line, from 1, or the line before it where it has none.
func lineRange(start, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", start)
	case 1:
		return fmt.Sprint(start + 1)
	}
	return fmt.Sprintf("%d,%d", start+1, n)
}

func writeLines(b *bytes.Buffer, sign byte, lines []string) {
	for _, line := range lines {
		b.WriteByte(sign)
		b.WriteString(line)
		if !strings.HasSuffix(line, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// Quote spells a path as git does by default (core.quotePath): in quotes and with escapes where it has bytes
// that are not printable ASCII, quotes or backslashes.
func Quote(path string) string {
	if !strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r >= 0x7f || r == '"' || r == '\\' }) {
		return path
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(path) {
		c := path[i]
		if j := strings.IndexByte("\a\b\t\n\v\f\r\"\\", c); j >= 0 {
			b.WriteByte('\\')
			b.WriteByte(`abtnvfr"\`[j])
		} else if c < ' ' || c >= 0x7f {
			fmt.Fprintf(&b, `\%03o`, c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
