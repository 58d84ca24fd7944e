package shell

import (
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// wideEncoding returns the name of the encoding whose characters take more than a byte each, UTF-16 or UTF-32, that a text
// is in: it has the mark of one, or begins with an ASCII character of such a width. For other texts it is "".
func wideEncoding(text string) string {
	head := text[:min(len(text), 4)]
	zeros := [4]bool{}
	for i := range head {
		zeros[i] = head[i] == 0
	}
	switch {
	case head == "\xff\xfe\x00\x00" || head == "\x00\x00\xfe\xff" || len(head) == 4 &&
		(zeros == [4]bool{false, true, true, true} || zeros == [4]bool{true, true, true, false}):
		return "UTF-32"
	case strings.HasPrefix(head, "\xff\xfe") || strings.HasPrefix(head, "\xfe\xff") || len(head) >= 2 && zeros[0] != zeros[1] &&
		(len(head) == 2 || len(head) == 4 && zeros[0] == zeros[2] && zeros[1] == zeros[3]):
		return "UTF-16"
	}
	return ""
}

// checkEncoding notes text that the program which runs a script takes for something else than it looks like. bash refuses a
// file with NUL in its first line and drops the character elsewhere, as other shells do; make leaves out the rest of the
// line. What stands behind an exit is data, such as an archive.
func (d *Doc) checkEncoding() {
	if name := wideEncoding(d.Text); name != "" {
		d.problem(0, "the file is "+name+": save it as UTF-8")
		return
	}
	at := strings.IndexByte(d.Text, 0)
	if at < 0 {
		return
	}
	tool := RecipeTool(d.Path)
	if tool == "" && endsBefore(d.Text[:at]) {
		return
	}
	if tool == "make" {
		d.problem(at, "the line has a NUL character: make leaves out the rest of it")
		return
	}
	d.problem(at, "the script has a NUL character: shells drop it or refuse the file")
}

func (d *Doc) problem(at int, msg string) {
	d.Problems = append(d.Problems, Problem{Msg: msg, Span: source.Span{Start: uint32(at), End: uint32(at + lineLen(d.Text[at:]))}})
}

// endsBefore reports whether a script has ended before its text does: by a line that exits,
// outside of any block.
func endsBefore(text string) bool {
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 && strings.HasPrefix(line, words[0]) &&
			(words[0] == "exit" && len(words) <= 2 || words[0] == "exit;") {
			return true
		}
	}
	return false
}
