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

// lostBrace reports whether the binding or inherit that starts here belongs to a set whose { is missing.
func (p *Parser) lostBrace() bool { return p.lostBraceAt(p.i) }

// lostBraceAt is lostBrace for token i. The layout tells: what starts there is indented more than the
// statement that it would end, and the first } without a { that follows starts a line with the indentation of
// that statement. Outside of all bindings it is enough that there is such a }, and that no bracket was closed
// right before.
func (p *Parser) lostBraceAt(i int) bool {
	if p.kinds[i] != ast.TokInherit && p.bindingAssign(i) < 0 || !p.startsLine(i) {
		return false
	}
	at := p.statement()
	if at < 0 {
		before := i - 1
		for before > 0 && p.kinds[before].IsTrivia() {
			before--
		}
		if before < 0 || closingText[p.kinds[before]] != "" || p.open[closeBrace]+p.open[closeIn] > 0 {
			return false
		}
		closing := p.surplus(i)
		return closing >= 0 && p.startsLine(closing)
	}
	outer := p.stack[max(p.inner[closeBrace], p.inner[closeIn])].token
	if p.indent(i) <= p.indent(at) || !p.newlineBetween(outer, at) {
		return false
	}
	closing := p.surplus(i)
	return closing >= 0 && p.startsLine(closing) && p.indent(closing) == p.indent(at)
}

// surplus returns the first closing bracket from token i on that has no opening one behind i, if it is a }, or
// else -1. All calls together look at each token of the file twice at most.
func (p *Parser) surplus(i int) int {
	depth := 0
	for ; i < p.n; i++ {
		if p.scanned++; p.scanned > 2*p.n {
			break
		}
		switch p.kinds[i] {
		case ast.TokLBrace, ast.TokDollarCurly, ast.TokLParen, ast.TokLBracket:
			depth++
		case ast.TokRBrace, ast.TokRParen, ast.TokRBracket:
			if depth--; depth < 0 && p.kinds[i] == ast.TokRBrace {
				return i
			} else if depth < 0 {
				return -1
			}
		}
	}
	return -1
}

// lostBraceError makes e the error that a { is missing before the binding that starts here.
func (p *Parser) lostBraceError(e *ast.SyntaxError) {
	_, found := p.foundNext()
	e.Message, e.Help = "expected `{`, found "+found, ""
	if p.last < 0 {
		return
	}
	e.Hint = &ast.SyntaxHint{Span: p.span(p.last, p.last), Message: "`{` is missing after this"}
	e.Fix = p.insertion(" {", "insert `{`")
}

// lostSet reads the bindings of the set that lostBrace found, up to and including its } and the brackets
// directly behind that.
func (p *Parser) lostSet() {
	first, begin := p.i, p.count
	p.push(closeBrace, max(p.last, 0))
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

// missingOr adds what stands for something missing: an Error node without text, or the set whose { is lost.
func (p *Parser) missingOr(lost bool) {
	if lost {
		p.lostSet()
	} else {
		p.missing()
	}
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
