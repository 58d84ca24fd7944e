package nixlang

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// Shift returns the edits, in order, that move the lines of a span in a node, but for the first, when that goes
// from one indentation to another. Lines of indented strings go along where that keeps the value of the string.
// Indentations are of blanks or of tabs; where they mix the two, nothing moves.
func Shift(n ast.Node, span source.Span, from, to string) []diag.Edit {
	t := n.Tree()
	by := len(to) - len(from)
	text := span.Of(t.Source())
	unit := byte(' ')
	if strings.HasPrefix(from+to, "\t") {
		unit = '\t'
	}
	if by == 0 || !HasBreak(text) || strings.Trim(from+to, string(unit)) != "" {
		return nil
	}
	s := shifter{by: by, unit: unit, src: t.Source()}
	for tok := t.TokenAt(span.Start); tok.IsValid() && tok.Start() < span.End; tok = tok.Next() {
		switch tok.Kind() {
		case ast.TokSpace:
			if i := LastLine(tok.Text()); i > 0 && tok.Span().End < span.End && tok.Start() >= span.Start {
				s.move(tok.Start() + uint32(i))
			}
		case ast.TokBlockComment:
			if tok.Start() >= span.Start {
				s.lines(tok, false)
			}
		}
	}
	for d := range n.Descendants() {
		// Tabs are text to a string (parser-state.hh, stripIndentation).
		if unit == ' ' && d.Is(ast.IndString) && d.Start() >= span.Start && d.End() <= span.End && s.fits(d) {
			for tok := range ownText(d) {
				s.lines(tok, tok.Next() == d.LastToken())
			}
		}
	}
	slices.SortFunc(s.edits, func(a, b diag.Edit) int { return int(a.Span.Start) - int(b.Span.Start) })
	return s.edits
}

// maxMoved is the size in bytes of code up to which a fix moves its lines wherever it stands, and maxDepth the
// number of nodes around larger code up to which one does: in nested code, where each level has a finding, longer
// texts add up.
const (
	maxMoved = 1 << 13
	maxDepth = 40
)

// Movable reports whether the lines of a node may be moved, so that the work of all fixes of a file stays bounded.
func Movable(n ast.Node) bool {
	if n.Span().Len() <= maxMoved {
		return true
	}
	depth := 0
	for range n.Ancestors() {
		if depth++; depth > maxDepth {
			return false
		}
	}
	return true
}

// Unwrap returns the edits that leave of a let or with its body, which stands behind one of its tokens. A comment behind
// the token stays. What moves up to the line of the node takes its other lines along to the indentation there; where
// it would not hang together then, it keeps its place.
func Unwrap(n ast.Node, last ast.Token) []diag.Edit {
	t := n.Tree()
	next := last.Next()
	if next.Kind() == ast.TokSpace {
		next = next.Next()
	}
	head := source.Span{Start: n.Start(), End: last.Span().End}
	if StartsLine(next) && !StartsLine(n.FirstToken()) && (next.Kind().IsComment() || !Hangs(n.Child(1))) {
		return []diag.Edit{Cut(t, head)}
	}
	head.End = next.Start()
	edits := []diag.Edit{{Span: head, Text: Splice(t, head, "")}}
	if StartsLine(next) && Movable(n) {
		edits = append(edits, Shift(n, source.Span{Start: next.Start(), End: n.End()}, Indent(t, next.Start()), Indent(t, n.Start()))...)
	}
	return edits
}

// Hangs reports whether the lines of an expression, if it has several, belong to the line it begins on, as those of a set
// do: not so those of an operation or if.
func Hangs(n ast.Node) bool {
	for range maxDepth {
		switch n.Kind() {
		case ast.AttrSet, ast.List, ast.String, ast.IndString, ast.Paren:
			return true
		case ast.Apply, ast.Lambda:
			n = n.Child(1)
			continue
		}
		break
	}
	return !HasBreak(n.Text())
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
	unit  byte // a blank or a tab
	src   string
	edits []diag.Edit
}

// move shifts the line that starts at an offset, as far as there are blanks.
func (s *shifter) move(at uint32) {
	if s.by > 0 {
		s.edits = append(s.edits, diag.Edit{Span: source.Span{Start: at, End: at}, Text: strings.Repeat(string(s.unit), s.by)})
		return
	}
	if n := min(-s.by, len(s.src[at:])-len(strings.TrimLeft(s.src[at:], string(s.unit)))); n > 0 {
		s.edits = append(s.edits, diag.Edit{Span: source.Span{Start: at, End: at + uint32(n)}})
	}
}

// lines shifts the lines that start in a token. Empty ones stay; closing tells that an end of a string follows.
func (s *shifter) lines(tok ast.Token, closing bool) {
	text := tok.Text()
	at := 0
	for {
		_, end := FirstBreak(text[at:])
		if end < 0 {
			return
		}
		at += end
		if at < len(text) && !isBreak(text[at]) || at == len(text) && closing {
			s.move(tok.Start() + uint32(at))
		}
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
