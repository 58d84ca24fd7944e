package parser

import "github.com/nixsift/nixsift/ast"

// list parses [ e e ].
func (p *Parser) list() {
	first, begin := p.i, p.count
	p.adv()
	p.push(closeBracket, first)
	if p.enter() {
		for p.element(begin) {
		}
	}
	p.leave()
	p.pop()
	p.close(ast.TokRBracket, first)
	p.wrap(ast.List, first, begin)
}

// element parses one list element, or what stands where one should; false ends the list. begin is the
// first node of the list's elements.
func (p *Parser) element(begin int) bool {
	k := p.tok()
	switch {
	case startsSimple[k] && k != ast.TokLet:
		return p.selection(asElement)
	case k == ast.TokRBracket || k == ast.TokEOF || k == ast.TokInherit:
		return false
	case startsExpr(k):
		if p.startsKeywordExpr() {
			p.needsParens(asElement)
			return true
		}
		return p.selection(asElement)
	case p.strayParen():
		return p.junkElement()
	case k == ast.TokRParen || k == ast.TokRBrace:
		next := p.after(p.i)
		if p.closesOuter() || p.endsValue(next) && (p.kinds[next] != ast.TokRBracket || p.open[closeBracket] > 1) {
			return false
		}
	case p.closesOuter():
		return false
	case k == ast.TokMinus && p.isNumber(p.i+1) && (p.count == begin || p.last < p.i-1):
		p.negativeElement()
		return true
	case (k == ast.TokNot || k == ast.TokMinus) && (p.count == begin || k == ast.TokNot):
		p.operatorElement(false)
		return true
	case (binaryOps[k].op != ast.OpNone || k == ast.TokQuestion) && p.count > begin:
		p.operatorElement(true)
		return true
	}
	return p.junkElement()
}

// endsValue reports whether the token at i can stand behind a value that is complete.
func (p *Parser) endsValue(i int) bool {
	switch p.kinds[i] {
	case ast.TokSemi, ast.TokComma, ast.TokRParen, ast.TokRBracket, ast.TokRBrace, ast.TokEOF, ast.TokThen, ast.TokElse, ast.TokIn:
		return true
	}
	return false
}

// isNumber reports whether the token right at i is a number.
func (p *Parser) isNumber(i int) bool { return p.kinds[i] == ast.TokInt || p.kinds[i] == ast.TokFloat }

// negativeElement parses the -1 of [ 5 -1 ], which Nix does not take for a number.
func (p *Parser) negativeElement() {
	first, begin := p.i, p.count
	s := p.span(first, first+1)
	at := p.report(ast.SyntaxError{
		Kind: ast.ErrNegativeInList, Span: p.span(first, first), Message: "unexpected `-` in a list",
		Help: "a negative number in a list needs parentheses: `(" + s.Of(p.src) + ")`",
		Fix:  &ast.SyntaxFix{Title: "put the number in parentheses", Span: s, Text: "(" + s.Of(p.src) + ")"},
	})
	p.adv()
	p.simple(asElement)
	id := p.wrap(ast.Unary, first, begin)
	p.nodes[id].op = ast.OpNeg
	p.broken()
	p.closeLost(at, first)
}

// operatorElement parses an operator expression in a list, from its operator on, or from the start.
func (p *Parser) operatorElement(resume bool) {
	e := ast.SyntaxError{
		Kind: ast.ErrMissingParenInList, Span: p.span(p.i, p.i), Message: "unexpected " + p.found() + " in a list",
		Help: "a list element that is more than a name, a literal or a selection needs parentheses",
	}
	at, first := p.report(e), p.i
	if resume {
		first = int(p.top().first)
	}
	p.quiet++
	p.operators(resume)
	p.quiet--
	p.broken()
	p.parenFix(at, first)
	p.closeLost(at, first)
}

// parenFix gives error at the fix of putting the tokens from first to the last consumed in parentheses. The
// texts of all such fixes together stay within the size of the file.
func (p *Parser) parenFix(at, first int) {
	if at < 0 || p.last < first {
		return
	}
	s := p.span(first, p.last)
	if p.fixBytes += s.Len(); p.fixBytes > len(p.src) {
		return
	}
	p.errors[at].Fix = &ast.SyntaxFix{Title: "put it in parentheses", Span: s, Text: "(" + s.Of(p.src) + ")"}
}

// junkElement skips a token that no list can hold; a run of them is one error.
func (p *Parser) junkElement() bool {
	k := p.tok()
	if k == ast.TokSemi && p.endsBinding() {
		return false
	}
	if end := p.folderEnd(p.i, true); end >= 0 {
		p.bareFolder(p.i, end)
		return true
	}
	e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "unexpected " + p.found() + " in a list"}
	switch k {
	case ast.TokComma, ast.TokSemi:
		e.Help = "list elements are separated by blanks"
		e.Fix = &ast.SyntaxFix{Title: "remove this " + p.found(), Span: e.Span, Sure: k == ast.TokComma}
	case ast.TokAssign:
		e.Help = "a list holds values; bindings stand in a set: `[ { a = 1; } ]`"
	case ast.TokRParen, ast.TokRBrace:
		e.Help = "nothing is open that it could close"
	}
	if p.junk != p.last || k == ast.TokComma {
		p.report(e)
	}
	p.leaf(ast.Error)
	p.junk = p.last
	return true
}

// endsBinding reports whether the ; here is the end of the binding around a list that is not closed, rather
// than a separator of elements.
func (p *Parser) endsBinding() bool {
	i := p.after(p.i)
	switch p.kinds[i] {
	case ast.TokInherit, ast.TokIn, ast.TokRBrace, ast.TokEOF, ast.TokDollarCurly:
		return true
	}
	return p.bindingAssign(i) >= 0
}
