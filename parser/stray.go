package parser

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// closes is the token that closes a bracket; other constructs have none.
var closes = [closers]ast.TokenKind{closeParen: ast.TokRParen, closeBracket: ast.TokRBracket, closeBrace: ast.TokRBrace}

// maxFollowing is the number of closing brackets that strayParen looks at.
const maxFollowing = 4

// strayParen reports whether the current token is a ) that has lost its (: without it, the closing brackets that follow
// close what is open, and with it they do not.
func (p *Parser) strayParen() bool {
	if p.tok() != ast.TokRParen {
		return false
	}
	following, all, ok := p.following()
	if !ok {
		return false
	}
	innermost := len(p.stack) - 1
	without := p.closedBy(following, all, innermost)
	outer := p.inner[closeParen]
	return without && (outer < 0 || !p.closedBy(following, all, outer-1))
}

// following returns the first closing brackets behind the current token that have no opening one behind it. all tells that
// no more follow; ok is false where too much was looked at already.
func (p *Parser) following() (kinds []ast.TokenKind, all, ok bool) {
	depth := 0
	for i := p.after(p.i); i < p.n; i++ {
		if p.scanned++; p.scanned > 2*p.n {
			return nil, false, false
		}
		switch k := p.kinds[i]; k {
		case ast.TokLBrace, ast.TokDollarCurly, ast.TokLParen, ast.TokLBracket:
			depth++
		case ast.TokRBrace, ast.TokRParen, ast.TokRBracket:
			if depth > 0 {
				depth--
				continue
			}
			if kinds = append(kinds, k); len(kinds) == maxFollowing {
				return kinds, false, true
			}
		}
	}
	return kinds, true, true
}

// closedBy reports whether closing brackets close the open ones, from a place in the stack outward.
func (p *Parser) closedBy(kinds []ast.TokenKind, all bool, from int) bool {
	for i := from; i >= 0; i-- {
		want := closes[p.stack[i].by]
		switch {
		case want == 0:
			continue
		case len(kinds) == 0:
			return !all
		case kinds[0] != want:
			return false
		}
		kinds = kinds[1:]
	}
	return len(kinds) == 0
}

// closeLost takes a ) behind what needs parentheses for the one that closes it: the ( is missing then, at token first, and
// that is all. at is the index of the error about it, or -1.
func (p *Parser) closeLost(at, first int) {
	if !p.strayParen() {
		return
	}
	if at >= 0 {
		start := p.span(first, first).Start
		p.errors[at].Hint = &ast.SyntaxHint{Span: p.span(p.i, p.i), Message: "this `)` has no `(`"}
		p.errors[at].Fix = &ast.SyntaxFix{Title: "insert `(`", Span: source.Span{Start: start, End: start}, Text: "("}
	}
	p.adv()
}
