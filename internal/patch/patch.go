// Package patch writes changes of texts in the form of git diff, which git apply takes.
package patch

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// context is the number of lines around a change.
const context = 3

// File is a file that changes.
type File struct {
	Name          string // with slashes
	Before, After string
	Executable    bool
	// Header asks for the lines `diff --git` and `index`. Git asks for them where names could be mistaken, but takes the
	// names behind them as relative to the top of the repository, wherever it is called; without, names are relative to
	// where git is called.
	Header bool
}

// Write writes what changes in a file, and nothing where nothing does.
func Write(w io.Writer, f File) error {
	if f.Before == f.After {
		return nil
	}
	var b bytes.Buffer
	from, to := Quote("a/"+f.Name), Quote("b/"+f.Name)
	if f.Header {
		mode := "100644"
		if f.Executable {
			mode = "100755"
		}
		fmt.Fprintf(&b, "diff --git %s %s\nindex %s..%s %s\n", from, to, blobID(f.Before), blobID(f.After), mode)
	}
	tab := ""
	if strings.Contains(f.Name, " ") {
		tab = "\t" // so that git finds the end of the name
	}
	fmt.Fprintf(&b, "--- %s%s\n+++ %s%s\n", from, tab, to, tab)
	old, now := compare(f.Before, f.After)
	changes := changes(old, now)
	moved, function := 0, ""
	for seen := 0; len(changes) > 0; {
		n := 1
		for n < len(changes) && changes[n].start-changes[n-1].end <= 2*context {
			n++
		}
		start := max(changes[0].start-context, 0)
		for i := start - 1; i >= seen; i-- {
			if name, ok := functionName(old.lines[i]); ok {
				function = name
				break
			}
		}
		seen = start
		moved += writeHunk(&b, old.lines, changes[:n], moved, function)
		changes = changes[n:]
	}
	_, err := w.Write(b.Bytes())
	return err
}

// blobID returns the name that git gives to a text, abbreviated as where few objects are.
func blobID(text string) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00%s", len(text), text)
	return hex.EncodeToString(h.Sum(nil))[:7]
}

// functionName returns what git shows of a line behind @@ where no driver is set for the file: a line that begins like
// a name (def_ff in xemit.c), up to 80 bytes of it.
func functionName(line string) (string, bool) {
	const most = 80
	c := line[0]
	if c != '_' && c != '$' && (c|0x20 < 'a' || c|0x20 > 'z') {
		return "", false
	}
	return " " + strings.TrimRight(line[:min(len(line), most)], " \t\n\v\f\r"), true
}

// change replaces the lines from start up to, not including, end.
type change struct {
	start, end int
	lines      []string
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

// writeHunk writes changes that are near each other, behind a line of the function that they are in. moved is how many
// lines more the text has before them by now; the result is how many more these add.
func writeHunk(b *bytes.Buffer, lines []string, changes []change, moved int, function string) (more int) {
	first, last := changes[0], changes[len(changes)-1]
	start, end := max(first.start-context, 0), min(last.end+context, len(lines))
	for _, c := range changes {
		more += len(c.lines) - (c.end - c.start)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@%s\n", lineRange(start, end-start), lineRange(start+moved, end-start+more), function)
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
