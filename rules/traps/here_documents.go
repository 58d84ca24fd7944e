package traps

import (
	"regexp"
	"sort"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// documents are the here-documents of shell text in an indented string that <<- opens: the shell strips the tabs that
// their lines start with (POSIX, Shell Command Language, 2.7.4).
type documents struct {
	lines  []source.Span // in order, each from its first line up to its terminator's end
	indent uint32        // the spaces that Nix removes from each line
}

// strip reports whether a shell strips the tab at an offset in the line that starts at another.
func (d documents) strip(line, tab uint32) bool {
	if tab-line != d.indent {
		return false // behind a space, which is text to the shell
	}
	i := sort.Search(len(d.lines), func(i int) bool { return tab < d.lines[i].End })
	return i < len(d.lines) && d.lines[i].Start <= tab
}

// opening is the redirection that opens a here-document whose tabs are stripped, with its word in one of the groups.
var opening = regexp.MustCompile(`(?:^|[^<])<<-[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|\\?([A-Za-z_][\w.-]*))`)

// maxOpen is the number of here-documents that one line may open.
const maxOpen = 16

// strippedDocuments finds the here-documents in an indented string. indent is the number of spaces that Nix removes from
// its lines. A document whose terminator the shell does not find, as where spaces stand before it, is none.
func strippedDocuments(n ast.Node, text string, indent int) (docs documents) {
	docs.indent = uint32(indent)
	start := n.Start() + 2
	if !strings.Contains(text[start:n.End()], "<<-") {
		return docs
	}
	lines := strings.SplitAfter(shellText(n, text), "\n")
	last := map[string]int{} // by the word that stands alone on a line
	for i, line := range lines {
		last[strings.TrimLeft(stripped(line, indent), "\t")] = i
	}
	var open []string // the words of documents that begin on the next line
	var begin, at uint32
	for i, line := range lines {
		next, bare := at+uint32(len(line)), stripped(line, indent)
		if len(open) > 0 {
			if strings.TrimLeft(bare, "\t") == open[0] {
				docs.lines = append(docs.lines, source.Span{Start: start + begin, End: start + next})
				open, begin = open[1:], next
			}
		} else {
			for _, m := range opening.FindAllStringSubmatch(bare, maxOpen) {
				if word := m[1] + m[2] + m[3]; last[word] > i {
					open = append(open, word)
				}
			}
			begin = next
		}
		at = next
	}
	return docs
}

// stripped returns a line without its end and the spaces, at most indent, that Nix removes from its start.
func stripped(line string, indent int) string {
	line = strings.TrimSuffix(line, "\n")
	return line[min(indent, len(line)-len(strings.TrimLeft(line, " "))):]
}

// shellText returns the text between the quotes of an indented string, with what is no text blotted out.
func shellText(n ast.Node, text string) string {
	start := n.Start() + 2
	out := []byte(strings.TrimSuffix(text[start:n.End()], "''"))
	for part := range ast.Parts(n) {
		if !part.IsText() {
			for i := part.Span.Start - start; i < part.Span.End-start; i++ {
				out[i] = '$'
			}
		}
	}
	return string(out)
}
