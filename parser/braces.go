package parser

import "github.com/nixsift/nixsift/ast"

// statement returns the first token of the binding or inherit that is being read, or -1 where none is, or
// where an interpolation lies between.
func (p *Parser) statement() int {
	i := max(p.inner[closeBrace], p.inner[closeIn])
	if i < 0 || p.stack[i].interp || p.stack[i].statement <= p.stack[i].token {
		return -1
	}
	return p.stack[i].statement
}

// lostBrace reports whether the binding or inherit that starts here belongs to a set whose { is missing. The
// layout tells: it is indented more than the statement that it would end, and the first } without a { that
// follows starts a line with the indentation of that statement.
func (p *Parser) lostBrace() bool {
	at := p.statement()
	if at < 0 || p.tok() != ast.TokInherit && !p.startsBinding() || !p.startsLine(p.i) {
		return false
	}
	indent := p.indent(at)
	outer := p.stack[max(p.inner[closeBrace], p.inner[closeIn])].token
	if p.indent(p.i) <= indent || !p.newlineBetween(outer, at) {
		return false
	}
	depth := 0
	for i := p.i; i < p.n; i++ {
		if p.scanned++; p.scanned > 2*p.n {
			return false
		}
		switch p.kinds[i] {
		case ast.TokLBrace, ast.TokDollarCurly, ast.TokLParen, ast.TokLBracket:
			depth++
		case ast.TokRBrace, ast.TokRParen, ast.TokRBracket:
			if depth == 0 {
				return p.kinds[i] == ast.TokRBrace && p.startsLine(i) && p.indent(i) == indent
			}
			depth--
		}
	}
	return false
}

// lostBraceError makes e the error that a { is missing before the binding that starts here.
func (p *Parser) lostBraceError(e *ast.SyntaxError) {
	_, found := p.foundNext()
	e.Message, e.Help = "expected `{`, found "+found, ""
	e.Hint = &ast.SyntaxHint{Span: p.span(p.last, p.last), Message: "`{` is missing after this"}
	e.Fix = p.insertion(" {", "insert `{`")
}

// lostSet reads the bindings of the set that lostBrace found, up to and including its } and the brackets
// directly behind that.
func (p *Parser) lostSet() {
	first, begin := p.i, p.count
	p.push(closeBrace, p.last)
	if p.enter() {
		p.bindings(ast.TokRBrace, -1)
	}
	p.leave()
	p.pop()
	if p.tok() == ast.TokRBrace {
		p.adv()
	}
	for (p.tok() == ast.TokRParen || p.tok() == ast.TokRBracket) && !p.newlineBetween(p.last, p.i) {
		p.adv()
	}
	p.wrap(ast.Error, first, begin)
}

// lostClosing reports whether the ; here stands where the } of the innermost set should, on a line of its own
// with the indentation of the line that opens the set: that } is missing.
func (p *Parser) lostClosing() bool {
	top := p.stack[len(p.stack)-1]
	return p.tok() == ast.TokSemi && top.by == closeBrace && p.alignedWith(top.token)
}

// alignedWith reports whether the current token starts a line that is indented like that of an earlier token.
func (p *Parser) alignedWith(opener int) bool {
	return p.startsLine(p.i) && p.newlineBetween(opener, p.i) && p.indent(opener) == p.indent(p.i)
}
