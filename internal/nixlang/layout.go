package nixlang

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// StartsLine reports whether nothing but blanks stands before a token on its line.
func StartsLine(tok ast.Token) bool {
	prev := tok.Prev()
	return !prev.IsValid() || prev.Kind() == ast.TokSpace && (strings.Contains(prev.Text(), "\n") || !prev.Prev().IsValid())
}

// Indent returns the blanks at the start of the line that holds an offset.
func Indent(t *ast.Tree, offset uint32) string {
	src := t.Source()
	at := strings.LastIndexByte(src[:offset], '\n') + 1
	end := at
	for end < len(src) && (src[end] == ' ' || src[end] == '\t') {
		end++
	}
	return src[at:end]
}

// Shift returns the edits, in order, that move the lines of a span in a node, but for the first, when that goes
// from one indentation to another. Lines of indented strings go along where that keeps the value of the string.
// Where the indentations are not of blanks alone, nothing moves.
func Shift(n ast.Node, span source.Span, from, to string) []diag.Edit {
	t := n.Tree()
	by := len(to) - len(from)
	text := span.Of(t.Source())
	if by == 0 || !strings.Contains(text, "\n") || strings.Trim(from+to, " ") != "" {
		return nil
	}
	s := shifter{by: by, src: t.Source()}
	for tok := t.TokenAt(span.Start); tok.IsValid() && tok.Start() < span.End; tok = tok.Next() {
		switch tok.Kind() {
		case ast.TokSpace:
			if i := strings.LastIndexByte(tok.Text(), '\n'); i >= 0 && tok.Span().End < span.End && tok.Start() >= span.Start {
				s.move(tok.Start() + uint32(i) + 1)
			}
		case ast.TokBlockComment:
			if tok.Start() >= span.Start {
				s.lines(tok, false)
			}
		}
	}
	for d := range n.Descendants() {
		if d.Is(ast.IndString) && d.Start() >= span.Start && d.End() <= span.End && s.fits(d) {
			for tok := range ownText(d) {
				s.lines(tok, tok.Next() == d.LastToken())
			}
		}
	}
	slices.SortFunc(s.edits, func(a, b diag.Edit) int { return int(a.Span.Start) - int(b.Span.Start) })
	return s.edits
}

// Shifted returns the text of a node after Shift.
func Shifted(n ast.Node, from, to string) string { return ShiftedSpan(n, n.Span(), from, to) }

// ShiftedSpan returns the text of a span in a node after Shift.
func ShiftedSpan(n ast.Node, span source.Span, from, to string) string {
	src := n.Tree().Source()
	var b strings.Builder
	at := span.Start
	for _, e := range Shift(n, span, from, to) {
		b.WriteString(src[at:e.Span.Start] + e.Text)
		at = e.Span.End
	}
	b.WriteString(src[at:span.End])
	return b.String()
}

type shifter struct {
	by    int
	src   string
	edits []diag.Edit
}

// move shifts the line that starts at an offset, as far as there are blanks.
func (s *shifter) move(at uint32) {
	if s.by > 0 {
		s.edits = append(s.edits, diag.Edit{Span: source.Span{Start: at, End: at}, Text: strings.Repeat(" ", s.by)})
		return
	}
	if n := min(-s.by, blanks(s.src[at:])); n > 0 {
		s.edits = append(s.edits, diag.Edit{Span: source.Span{Start: at, End: at + uint32(n)}})
	}
}

// lines shifts the lines that start in a token. Empty ones stay; closing tells that an end of a string follows.
func (s *shifter) lines(tok ast.Token, closing bool) {
	text := tok.Text()
	for i := strings.IndexByte(text, '\n'); i >= 0; {
		i++
		if i < len(text) && text[i] != '\n' && text[i] != '\r' || i == len(text) && closing {
			s.move(tok.Start() + uint32(i))
		}
		next := strings.IndexByte(text[i:], '\n')
		if next < 0 {
			break
		}
		i += next
	}
}

// fits reports whether an indented string keeps its value when its lines are shifted: it begins with a line
// break, and no line with text has fewer blanks than go away (parser-state.hh, stripIndentation).
func (s *shifter) fits(n ast.Node) bool {
	first := true
	for tok := range ownText(n) {
		text := tok.Text()
		line, rest, found := strings.Cut(text, "\n")
		if first && (tok.Prev() != n.FirstToken() || !found || strings.Trim(line, " ") != "") || strings.Contains(text, "\r") || strings.Contains(text, "''\\\n") {
			return false
		}
		first = false
		for found {
			line, rest, found = strings.Cut(rest, "\n")
			blank := strings.Trim(line, " ") == "" && (found || tok.Next() == n.LastToken())
			if !blank && blanks(line) < -s.by {
				return false
			}
			if s.by > 0 && !found && line == "" && !blank {
				return false // an interpolation in column 0
			}
		}
	}
	return !first
}

func blanks(text string) int { return len(text) - len(strings.TrimLeft(text, " ")) }

// ownText yields the tokens of text of a string, without those of strings inside its interpolations.
func ownText(n ast.Node) func(yield func(ast.Token) bool) {
	return func(yield func(ast.Token) bool) {
		interp := n.FirstChild()
		for tok := n.FirstToken(); tok.IsValid() && tok.Start() < n.End(); tok = tok.Next() {
			if interp.IsValid() && tok == interp.FirstToken() {
				tok = interp.LastToken()
				interp = interp.NextSibling()
				continue
			}
			if tok.Kind() == ast.TokIndText && !yield(tok) {
				return
			}
		}
	}
}
