package pattern

import (
	"github.com/nixsift/nixsift/ast"
)

// piece is text of a string or path, or an interpolation.
type piece struct {
	text   string
	interp ast.Node
}

func add(list []piece, p piece) []piece {
	switch {
	case p.interp.IsValid():
		return append(list, p)
	case p.text == "":
		return list
	case len(list) > 0 && !list[len(list)-1].interp.IsValid():
		list[len(list)-1].text += p.text
		return list
	}
	return append(list, p)
}

// stringPieces returns the decoded pieces of a string of any form.
func stringPieces(n ast.Node) (list []piece) {
	switch n.Kind() {
	case ast.URI:
		return []piece{{text: n.Text()}}
	case ast.IndString:
		for _, p := range ast.IndentedParts(n) {
			list = add(list, piece{p.Text, p.Interp})
		}
	case ast.String:
		for p := range ast.Parts(n) {
			if p.IsText() {
				list = add(list, piece{text: ast.UnescapeString(p.Span.Of(n.Tree().Source()))})
			} else {
				list = add(list, piece{interp: p.Interp})
			}
		}
	}
	return list
}

// rawPieces returns the pieces of a path.
func rawPieces(n ast.Node) (list []piece) {
	for p := range ast.Parts(n) {
		if p.IsText() {
			list = add(list, piece{text: p.Span.Of(n.Tree().Source())})
		} else {
			list = add(list, piece{interp: p.Interp})
		}
	}
	return list
}

// text matches strings by what they are.
func (m *matcher) text(p, t ast.Node, next *goal) (*goal, bool) {
	if !t.Is(ast.String) && !t.Is(ast.IndString) && !t.Is(ast.URI) {
		return nil, false
	}
	return m.pieces(stringPieces(p), stringPieces(t), next)
}

func (m *matcher) pieces(p, t []piece, next *goal) (*goal, bool) {
	if len(p) != len(t) {
		return nil, false
	}
	for i := len(p) - 1; i >= 0; i-- {
		a, b := p[i], t[i]
		switch {
		case a.interp.IsValid() != b.interp.IsValid() || a.text != b.text:
			return nil, false
		case a.interp.IsValid():
			next = m.goal(goal{do: doExpr, p: a.interp.FirstChild(), t: b.interp.FirstChild(), next: next})
		}
	}
	return next, true
}
