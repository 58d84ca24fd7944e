package traps

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "tab-in-indented-string", Family: family, Since: "0.1.0",
	Summary: "A tab keeps the indentation of an indented string from being removed",
	Doc: "From `''` strings Nix removes the spaces that all lines start with. A tab is text to it: a line that starts with one has\n" +
		"no indentation, so no line loses any, and the tabs stay in the string. Indent with spaces, and put tabs that belong to\n" +
		"the text, as in a Makefile, behind the common spaces.\n" +
		"\n" +
		"Tabs that a shell strips are meant: nothing is said of those of a here-document that `<<-` opens in the string.",
	Severity: diag.Info, Presets: rules.Strict,
	On: []ast.Kind{ast.IndString},
	Node: func(p *rules.Pass, n ast.Node) {
		text := n.Text()
		if strings.IndexByte(text, '\t') < 0 || strings.IndexByte(text, '\n') < 0 || strings.Contains(text, "\r\n") {
			return // crlf-in-source speaks about carriage returns, which keep the indentation too
		}
		tabbed, spaces := measure(n, p.Tree.Source(), documents{})
		if tabbed.Len() > 0 {
			if docs := strippedDocuments(n, p.Tree.Source(), commonIndent(tabbed, spaces, p.Tree.Source())); len(docs.lines) > 0 {
				tabbed, spaces = measure(n, p.Tree.Source(), docs)
			}
		}
		if tabbed.Len() == 0 || spaces >= 0 && spaces <= int(tabbed.Start-lineStart(p.Tree.Source(), tabbed.Start)) {
			return
		}
		p.Report(diag.Finding{
			Span:    tabbed,
			Message: "this tab is text: the lines of the string keep their indentation from here",
			Help:    "indent with spaces",
		})
	},
})

// commonIndent returns the number of spaces that Nix removes from the lines of a string, given what measure returns.
func commonIndent(tab source.Span, spaces int, text string) int {
	behind := int(tab.Start - lineStart(text, tab.Start))
	if spaces < 0 {
		return behind
	}
	return min(behind, spaces)
}

func lineStart(text string, at uint32) uint32 {
	return uint32(strings.LastIndexByte(text[:at], '\n') + 1)
}

// measure returns the tab that follows the fewest spaces at the start of a line, and the fewest spaces of the
// lines that start without a tab; -1 where there are none. Blank lines do not count, but the last one does
// where a tab stands before the closing quotes, nor do those that are in the documents.
func measure(n ast.Node, text string, docs documents) (tab source.Span, spaces int) {
	spaces, least := firstLine(n, text), -1
	// Lines start behind a newline that is text, not within an interpolation.
	for part := range ast.Parts(n) {
		if !part.IsText() {
			continue
		}
		for i := part.Span.Start; i < part.Span.End; {
			nl := strings.IndexByte(text[i:part.Span.End], '\n')
			if nl < 0 {
				break
			}
			i += uint32(nl) + 1
			first := i
			for first < part.Span.End && text[first] == ' ' {
				first++
			}
			count := int(first - i)
			switch {
			case first < part.Span.End && text[first] == '\n':
			case first == part.Span.End && first+2 == n.End():
				// the line of the closing quotes
			case first < part.Span.End && text[first] == '\t' && docs.strip(i, first):
			case first < part.Span.End && text[first] == '\t':
				if least < 0 || count < least {
					least, tab = count, source.Span{Start: first, End: first + 1}
				}
			case spaces < 0 || count < spaces:
				spaces = count
			}
		}
	}
	return tab, spaces
}

// firstLine returns the number of spaces before the text on the line of the opening quotes, which counts as the
// others do; -1 where there is no text, or where it starts with a tab.
func firstLine(n ast.Node, text string) int {
	from := n.Start() + 2
	rest := strings.TrimLeft(text[from:n.End()], " ")
	if rest[0] == '\n' || rest[0] == '\t' {
		return -1
	}
	return int(n.End()-from) - len(rest)
}
