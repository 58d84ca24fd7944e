package ide

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/nixlang"
)

// Fold is a part of a text that may be hidden: from what opens it, which stays, to the end of the last line that goes.
type Fold struct {
	Span    source.Span
	Comment bool
}

// maxFolds bounds the parts of a file that may be hidden.
const maxFolds = 20_000

// Folds returns the parts of the file that may be hidden, each of several lines, in source order: what is in sets, lists, strings and the
// braces of a function, the bindings of lets, and comments. Of two that begin together the outer one comes first.
func (v *View) Folds() []Fold {
	var out []Fold
	add := func(f Fold) {
		if len(out) < maxFolds && nixlang.HasBreak(f.Span.Of(v.tree.Source())) {
			out = append(out, f)
		}
	}
	for n := range v.tree.Root().Descendants() {
		if opening, closing := delimiters(n); opening.IsValid() && closing.IsValid() && opening.Start() < closing.Start() {
			add(Fold{Span: inside(v.tree.Source(), opening.Span().End, closing.Start())})
		}
	}
	for first := range v.tree.Comments() {
		if first.Kind() == ast.TokBlockComment {
			if line, _ := nixlang.FirstBreak(first.Text()); line >= 0 {
				add(Fold{Span: source.Span{Start: first.Start() + uint32(line), End: first.Span().End}, Comment: true})
			}
			continue
		}
		if continues(first) {
			continue
		}
		last := first
		for next := following(last); next.IsValid(); next = following(last) {
			last = next
		}
		add(Fold{Span: source.Span{Start: first.Span().End, End: last.Span().End}, Comment: true})
	}
	slices.SortStableFunc(out, func(a, b Fold) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	return out
}

// delimiters returns the tokens around what may be hidden of a node; invalid ones where there are none.
func delimiters(n ast.Node) (opening, closing ast.Token) {
	switch n.Kind() {
	case ast.List, ast.String, ast.IndString:
		return n.FirstToken(), closingOf(n)
	case ast.AttrSet, ast.LegacyLet:
		return braceOf(n), closingOf(n)
	case ast.Pattern:
		if n.HasError() {
			break // a brace in it may be that of a default
		}
		closing = n.LastToken()
		for closing.IsValid() && closing.Kind() != ast.TokRBrace && closing.Start() > n.Start() {
			closing = closing.Prev() // over the name behind @
		}
		return braceOf(n), closing
	case ast.Let:
		return n.FirstToken(), (ast.LetExpr{Node: n}).Body().FirstToken().PrevSignificant()
	}
	return ast.Token{}, ast.Token{}
}

// braceOf returns the first opening brace of a node, behind rec, let or a name.
func braceOf(n ast.Node) ast.Token {
	for tok := n.FirstToken(); tok.IsValid() && tok.Start() < n.End(); tok = tok.Next() {
		if tok.Kind() == ast.TokLBrace {
			return tok
		}
	}
	return ast.Token{}
}

// closingOf returns the last token of a node if that closes it: what is half typed may end with a token of its last part.
func closingOf(n ast.Node) ast.Token {
	last := n.LastToken()
	switch last.Kind() {
	case ast.TokRBrace, ast.TokRBracket, ast.TokQuote, ast.TokIndQuote:
	default:
		return ast.Token{}
	}
	for c := range n.Children() {
		if c.End() > last.Start() {
			return ast.Token{}
		}
	}
	return last
}

// inside returns the span between two tokens. Where only blanks and closing brackets stand before the second one on its line, that
// line stays, so that what is folded shows how it ends.
func inside(text string, start, end uint32) source.Span {
	line := max(nixlang.LineStart(text, end), start)
	if line > start && strings.Trim(text[line:end], " \t)]}") == "" {
		end = line - 1
		if end > start && text[end] == '\n' && text[end-1] == '\r' {
			end--
		}
	}
	return source.Span{Start: start, End: end}
}

// following returns the comment on the next line that goes on with a comment; invalid where there is none. Both have a line for themselves.
func following(comment ast.Token) ast.Token {
	space := comment.Next()
	next := space.Next()
	if comment.Kind() != ast.TokLineComment || !nixlang.StartsLine(comment) || space.Kind() != ast.TokSpace || nixlang.Breaks(space.Text()) != 1 ||
		next.Kind() != ast.TokLineComment {
		return ast.Token{}
	}
	return next
}

// continues reports whether a comment goes on with the one on the line before it.
func continues(comment ast.Token) bool {
	before := comment.Prev().Prev()
	return before.IsValid() && following(before) == comment
}
