package nixlang

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// Splice returns text as it has to be written in the place of span: with a blank before or behind it where
// it would run into the byte there, as in f(x) without its parentheses.
func Splice(t *ast.Tree, span source.Span, text string) string {
	src := t.Source()
	var before, behind byte = ' ', ' '
	if span.Start > 0 {
		before = src[span.Start-1]
	}
	if int(span.End) < len(src) {
		behind = src[span.End]
		if behind == '.' && t.TokenAt(span.End).Kind() != ast.TokDot {
			behind = '/' // x./a is one path
		}
	}
	if text == "" {
		if apart(before) || ends(behind, "") {
			return ""
		}
		return " "
	}
	if !apart(before) && !isSpace(text[0]) && !(strings.IndexByte(closers, text[0]) >= 0) {
		text = " " + text
	}
	if !ends(behind, text) && !apart(text[len(text)-1]) {
		text += " "
	}
	return text
}

const closers = ")]};,"

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// apart reports whether no expression can run into a byte that stands before it. A colon does: x:y is a URL.
func apart(c byte) bool { return isSpace(c) || strings.IndexByte("([{;,!=", c) >= 0 }

// ends reports whether a byte cannot be taken for a part of the text before it.
func ends(c byte, text string) bool {
	if isSpace(c) || strings.IndexByte(closers, c) >= 0 {
		return true
	}
	if c != '.' || text == "" {
		return false
	}
	return strings.IndexByte(")]}\"", text[len(text)-1]) >= 0 || ast.IsIdentifier(text)
}

// Same reports whether two expressions are written with the same tokens, up to parentheses around them,
// white space and comments. In one scope they mean the same.
func Same(a, b ast.Node) bool {
	a, b = a.Unparen(), b.Unparen()
	if !a.IsValid() || !b.IsValid() || a.Kind() != b.Kind() {
		return false
	}
	return SameTokens(a.FirstToken(), a.LastToken(), b.FirstToken(), b.LastToken())
}

// SameTokens reports whether two runs of tokens, first to last, are the same up to trivia.
func SameTokens(a, lastA, b, lastB ast.Token) bool {
	for {
		if a.Kind() != b.Kind() || a.Text() != b.Text() {
			return false
		}
		endA, endB := a == lastA, b == lastB
		if endA || endB {
			return endA && endB
		}
		a, b = a.NextSignificant(), b.NextSignificant()
		if !a.IsValid() || !b.IsValid() {
			return false
		}
	}
}

// InParens returns the edit that puts text in the place of n together with the parentheses around n, if there
// are some: what takes them away at the same time, because n needs none, then waits.
func InParens(n ast.Node, text string) (source.Span, string) {
	p := n.Parent()
	if !p.Is(ast.Paren) {
		return n.Span(), text
	}
	src := n.Tree().Source()
	return p.Span(), src[p.Start():n.Start()] + text + src[n.End():p.End()]
}
