package parser

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// closer names the tokens that end or continue an open construct.
type closer uint8

const (
	closeParen closer = iota
	closeBracket
	closeBrace
	closeIn
	closeThen
	closeElse
	closeSemi // of with and assert
	closers
)

// opened is a construct that is being read.
type opened struct {
	by     closer
	interp bool // ${, for closeBrace
	token  int  // its first token
	// statement is the first token of the binding or inherit that is being read in it, for closeBrace and closeIn.
	statement int
	outer     int // the next outer one of the same kind, as an index into the stack, or -1
}

var noneOpen = [closers]int{-1, -1, -1, -1, -1, -1, -1}

func (p *Parser) push(c closer, token int) {
	p.stack = append(p.stack, opened{by: c, token: token, outer: p.inner[c]})
	p.open[c]++
	p.inner[c] = len(p.stack) - 1
}

func (p *Parser) pop() {
	top := p.stack[len(p.stack)-1]
	p.open[top.by]--
	p.inner[top.by] = top.outer
	p.stack = p.stack[:len(p.stack)-1]
}

// inBindings reports whether the innermost open construct holds bindings: the current expression is then,
// but for chains such as x: and if … else, the value of one.
func (p *Parser) inBindings() bool {
	if len(p.stack) == 0 {
		return false
	}
	top := p.stack[len(p.stack)-1]
	return top.by == closeBrace && !top.interp || top.by == closeIn
}

// closesOuter reports whether the current token ends or continues a construct that is open: then the one
// being read ends here, and its own closing token is missing.
func (p *Parser) closesOuter() bool {
	switch p.tok() {
	case ast.TokRParen:
		return p.open[closeParen] > 0
	case ast.TokRBracket:
		return p.open[closeBracket] > 0
	case ast.TokRBrace:
		return p.open[closeBrace] > 0
	case ast.TokIn:
		return p.open[closeIn] > 0
	case ast.TokThen:
		return p.open[closeThen] > 0
	case ast.TokElse:
		return p.open[closeElse] > 0
	}
	return false
}

// wrongCloser reports whether the current token, which closes an outer construct, is rather a slip for the
// closing token of the innermost bracket.
func (p *Parser) wrongCloser() bool {
	i := max(p.inner[closeParen], p.inner[closeBracket], p.inner[closeBrace])
	return i >= 0 && p.wrongBehind(p.stack[i].token)
}

// wrongBehind is wrongCloser for the bracket that opens with a token. The layout tells: the closing token
// belongs to the bracket that opens on its line, or on a line with its indentation.
func (p *Parser) wrongBehind(inner int) bool {
	var want closer
	switch p.tok() {
	case ast.TokRParen:
		want = closeParen
	case ast.TokRBracket:
		want = closeBracket
	case ast.TokRBrace:
		want = closeBrace
	default:
		return false
	}
	i := p.inner[want]
	for i >= 0 && p.stack[i].token > inner {
		i = p.stack[i].outer
	}
	if i < 0 || p.stack[i].token == inner {
		return false
	}
	return p.pairs(inner, p.i) && !p.pairs(p.stack[i].token, p.i)
}

// slipFor reports whether the current token, which closes nothing, is a slip for the one that ends the
// innermost construct.
func (p *Parser) slipFor(end ast.TokenKind) bool {
	return closingText[end] != "" && p.endsValue(p.after(p.i)) && p.pairs(p.stack[len(p.stack)-1].token, p.i)
}

// pairs reports whether two brackets look like a pair: they stand on one line, or the second starts a line
// that is indented like that of the first.
func (p *Parser) pairs(opener, closing int) bool {
	if !p.newlineBetween(opener, closing) {
		return true
	}
	return p.startsLine(closing) && p.indent(opener) == p.indent(closing)
}

// indent returns the indentation of the line that a token stands on. Only lines up to maxLine are measured.
func (p *Parser) indent(i int) int {
	line := p.src[max(0, int(p.start[i])-maxLine):p.start[i]]
	line = line[strings.LastIndexByte(line, '\n')+1:]
	return len(line) - len(strings.TrimLeft(line, " \t"))
}

// atEnd points an error at the end of the file to the bracket that is most likely not closed: the first
// whose closing token is indented less than the line that opens it, or else the outermost that is open.
func (p *Parser) atEnd(e *ast.SyntaxError) {
	var stack []int
	culprit := -1
	for i := 0; i < p.n && culprit < 0; i++ {
		switch p.kinds[i] {
		case ast.TokLBrace, ast.TokDollarCurly, ast.TokLParen, ast.TokLBracket:
			stack = append(stack, i)
		case ast.TokRBrace, ast.TokRParen, ast.TokRBracket:
			if n := len(stack); n > 0 {
				if p.startsLine(i) && p.indent(i) < p.indent(stack[n-1]) {
					culprit = stack[n-1]
				}
				stack = stack[:n-1]
			}
		}
	}
	if culprit < 0 && len(stack) > 0 {
		culprit = stack[0]
	}
	if culprit < 0 || p.kinds[culprit] == ast.TokDollarCurly {
		return
	}
	e.Message = "unexpected end of file, expected " + closingOf[p.kinds[culprit]].String()
	e.Hint = &ast.SyntaxHint{Span: p.span(culprit, culprit), Message: "this " + p.kinds[culprit].String() + " is not closed"}
	if len(stack) != 1 || culprit != stack[0] {
		e.Fix = nil // where it should be closed is not known
	}
}

var closingOf = [ast.NumTokenKinds]ast.TokenKind{
	ast.TokLBrace: ast.TokRBrace, ast.TokLParen: ast.TokRParen, ast.TokLBracket: ast.TokRBracket,
}

// maxLine bounds the look for a line end, so that errors on an endless line stay cheap.
const maxLine = 4096

// newlineBetween reports whether a line ends between two tokens, or they are far apart.
func (p *Parser) newlineBetween(first, second int) bool {
	lo, hi := p.start[first], p.start[second]
	return hi-lo > maxLine || strings.IndexByte(p.src[lo:hi], '\n') >= 0
}

// startsLine reports whether a token is the first on its line.
func (p *Parser) startsLine(i int) bool {
	for ; i > 0 && p.kinds[i-1].IsTrivia(); i-- {
		if strings.IndexByte(p.span(i-1, i-1).Of(p.src), '\n') >= 0 {
			return true
		}
	}
	return i == 0
}

// mark is a place to go back to with unread.
type mark struct{ i, count, last, errors int }

func (p *Parser) mark() mark { return mark{p.i, p.count, p.last, len(p.errors)} }

// unread takes back what was read since a mark. It is for short pieces only: attribute paths without
// interpolation, so that nothing is read more than twice.
func (p *Parser) unread(m mark) {
	if len(p.errors) > m.errors {
		p.errors, p.reported = p.errors[:m.errors], -1
	}
	p.i, p.count, p.last = m.i, m.count, m.last
	p.cur = p.kinds[p.i]
}

// fits decides what the = or : or @ means that stands behind a simple expression, which starts at m. False
// means that it belongs to the next binding, whose name was read as an expression; it is taken back.
func (p *Parser) fits(r role, m mark) bool {
	k := p.tok()
	bare := p.count == m.count+1 && p.top().kind == ast.Ident
	next := p.startsLine(m.i) && (p.open[closeBrace]+p.open[closeIn] > 0 || k == ast.TokAssign && p.lostBraceAt(m.i))
	switch {
	case k == ast.TokAssign && (next || p.inBindings()) && p.namePath(m.count),
		k == ast.TokColon && next && p.inBindings() && p.namePath(m.count) && (r == asArgument || r == asElement):
		if dot := p.brokenLine(m.i); dot >= 0 {
			// foo. at the end of a line and a binding on the next: the path ends with the line.
			p.unread(m)
			p.stop = p.after(dot)
			p.selection(r)
			p.stop = -1
			return true
		}
		p.unread(m)
		p.refused = p.i
		return false
	case bare && (k == ast.TokColon || k == ast.TokAt && p.peek() == ast.TokLBrace):
		p.unread(m)
		p.needsParens(r)
	}
	return true
}

// brokenLine returns the dot in the attribute path from token i to the current one that a line end follows,
// or -1.
func (p *Parser) brokenLine(i int) int {
	for i = p.after(i); i < p.i; i = p.after(i) {
		if next := p.after(i); p.kinds[i] == ast.TokDot && next != p.stop && p.startsLine(next) {
			return i
		}
	}
	return -1
}

// namePath reports whether the nodes from begin on are a variable, a string or a selection without
// interpolation and default: what could be the attribute path of a binding.
func (p *Parser) namePath(begin int) bool {
	last := p.count - 1
	if k := p.nodes[begin].kind; k != ast.Ident && k != ast.String {
		return false
	}
	if begin == last {
		return true
	}
	if p.nodes[last].kind != ast.Select || p.nodes[last-1].kind != ast.Attrpath {
		return false
	}
	for _, n := range p.nodes[begin+1 : last-1] {
		if n.kind != ast.Name && n.kind != ast.String {
			return false
		}
	}
	return true
}

// plainPath reports whether the attribute path whose nodes start at begin has no interpolation.
func (p *Parser) plainPath(begin int) bool {
	for _, n := range p.nodes[begin:p.count] {
		if n.kind == ast.Interpolation {
			return false
		}
	}
	return true
}

// meansComparison reports whether an = here would stand for ==: inside of parentheses or a condition.
func (p *Parser) meansComparison() bool {
	return p.tok() == ast.TokAssign && len(p.stack) > 0 && !p.inBindings() && p.stack[len(p.stack)-1].by != closeBracket
}

// comparison reports an = that stands for ==.
func (p *Parser) comparison() {
	e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "unexpected `=`", Help: "`==` compares"}
	e.Fix = &ast.SyntaxFix{Title: "compare with `==`", Span: e.Span, Text: "=="}
	p.report(e)
	p.broken()
}

// startsBinding reports whether an attribute path with = behind it starts at the current token. Where an
// argument or list element could stand that is never valid, so it marks a forgotten ; or ].
func (p *Parser) startsBinding() bool { return p.bindingAssign(p.i) >= 0 }

// bindingAssign returns the token of the = of the binding that starts at token i, or -1. Only names
// without interpolation are looked through.
func (p *Parser) bindingAssign(i int) int {
	for {
		switch p.kinds[i] {
		case ast.TokIdent, ast.TokOrKw:
		case ast.TokQuote:
			if p.kinds[i+1] == ast.TokText {
				i++
			}
			if i++; p.kinds[i] != ast.TokQuote {
				return -1
			}
		default:
			return -1
		}
		i = p.after(i)
		switch p.kinds[i] {
		case ast.TokAssign:
			return i
		case ast.TokDot:
			i = p.after(i)
		default:
			return -1
		}
	}
}

// skip skips, with nested brackets as one, to a ; or to what ends an open construct, or to where a binding
// starts.
func (p *Parser) skip() {
	depth := 0
	for p.tok() != ast.TokEOF {
		switch p.tok() {
		case ast.TokLBrace, ast.TokDollarCurly, ast.TokLParen, ast.TokLBracket:
			depth++
		case ast.TokRBrace, ast.TokRParen, ast.TokRBracket:
			if depth > 0 {
				depth--
			} else if p.closesOuter() {
				return
			}
		case ast.TokSemi, ast.TokInherit:
			if depth == 0 {
				return
			}
		case ast.TokIn:
			if depth == 0 && p.closesOuter() {
				return
			}
		case ast.TokIdent, ast.TokQuote, ast.TokOrKw:
			// A path is looked at from its start only, so that skipping stays linear.
			if depth == 0 && p.kinds[p.last] != ast.TokDot && p.startsBinding() {
				return
			}
			if p.tok() == ast.TokQuote {
				p.skipString()
				continue
			}
		case ast.TokIndQuote:
			p.skipString()
			continue
		}
		p.adv()
	}
}

// skipString skips a whole string literal, interpolations included.
func (p *Parser) skipString() {
	quote, depth := p.tok(), 0
	for p.adv(); p.tok() != ast.TokEOF; p.adv() {
		switch k := p.tok(); {
		case k == ast.TokDollarCurly || k == ast.TokLBrace:
			depth++
		case k == ast.TokRBrace:
			depth--
		case k == quote && depth <= 0:
			p.adv()
			return
		}
	}
}

// hasIn reports whether an in belongs to the let at the token. The answers for the whole file are found
// together, in one pass over the tokens, when the first is asked for.
func (p *Parser) hasIn(let int) bool {
	if p.letIn == nil {
		p.findIns()
	}
	return p.letIn[let]
}

func (p *Parser) findIns() {
	p.letIn = map[int]bool{}
	type open struct {
		kind  ast.TokenKind
		token int
	}
	var stack []open
	var count [ast.NumTokenKinds]int
	closing := func(kinds ...ast.TokenKind) {
		n := 0
		for _, k := range kinds {
			n += count[k]
		}
		for n > 0 {
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			count[top.kind]--
			for _, k := range kinds {
				if top.kind == k {
					return
				}
			}
		}
	}
	for i := 0; i < p.n; i++ {
		switch k := p.kinds[i]; k {
		case ast.TokLet:
			if p.kinds[p.after(i)] == ast.TokLBrace {
				continue
			}
			stack = append(stack, open{k, i})
			count[k]++
		case ast.TokLBrace, ast.TokDollarCurly, ast.TokLParen, ast.TokLBracket:
			stack = append(stack, open{k, i})
			count[k]++
		case ast.TokRBrace:
			closing(ast.TokLBrace, ast.TokDollarCurly)
		case ast.TokRParen:
			closing(ast.TokLParen)
		case ast.TokRBracket:
			closing(ast.TokLBracket)
		case ast.TokIn:
			if n := len(stack); n > 0 && stack[n-1].kind == ast.TokLet {
				p.letIn[stack[n-1].token] = true
				stack = stack[:n-1]
				count[ast.TokLet]--
			}
		}
	}
}
