package parser

import "github.com/nixsift/nixsift/ast"

// Precedences of parser.y, from loosest to tightest. Application and selection bind tighter still.
const (
	precPipe uint8 = iota + 1
	precImpl
	precOr
	precAnd
	precEq
	precCompare
	precUpdate
	precNot
	precAdd
	precMul
	precConcat
	precHasAttr
	precNegate
)

type assoc uint8

const (
	left assoc = iota
	right
	none
)

type operator struct {
	op    ast.Op
	prec  uint8
	assoc assoc
}

var binaryOps = [ast.NumTokenKinds]operator{
	ast.TokPipeInto:  {ast.OpPipeInto, precPipe, left},
	ast.TokPipeFrom:  {ast.OpPipeFrom, precPipe, right},
	ast.TokImpl:      {ast.OpImpl, precImpl, right},
	ast.TokOr:        {ast.OpOr, precOr, left},
	ast.TokAnd:       {ast.OpAnd, precAnd, left},
	ast.TokEq:        {ast.OpEq, precEq, none},
	ast.TokNeq:       {ast.OpNeq, precEq, none},
	ast.TokLess:      {ast.OpLess, precCompare, none},
	ast.TokGreater:   {ast.OpGreater, precCompare, none},
	ast.TokLessEq:    {ast.OpLessEq, precCompare, none},
	ast.TokGreaterEq: {ast.OpGreaterEq, precCompare, none},
	ast.TokUpdate:    {ast.OpUpdate, precUpdate, right},
	ast.TokPlus:      {ast.OpAdd, precAdd, left},
	ast.TokMinus:     {ast.OpSub, precAdd, left},
	ast.TokStar:      {ast.OpMul, precMul, left},
	ast.TokSlash:     {ast.OpDiv, precMul, left},
	ast.TokConcat:    {ast.OpConcat, precConcat, right},
}

// pendingOp is an operator that waits for its right operand.
type pendingOp struct {
	operator
	unary bool
	first int
	begin int
}

// operators parses an operator expression with a stack of pending operators: chains of any length, left
// or right associative, need no recursion.
func (p *Parser) operators() {
	base := len(p.ops)
	for {
		for p.tok() == ast.TokNot || p.tok() == ast.TokMinus {
			op := operator{ast.OpNot, precNot, right}
			if p.tok() == ast.TokMinus {
				op = operator{ast.OpNeg, precNegate, right}
			}
			p.ops = append(p.ops, pendingOp{op, true, p.i, len(p.nodes)})
			p.adv()
		}
		p.operand(len(p.ops) > base)
		for p.tok() == ast.TokQuestion {
			p.reduce(base, precHasAttr, left)
			first, begin := p.firstOf(), p.beginOf()
			p.adv()
			p.attrpath()
			p.wrap(ast.HasAttr, first, begin)
		}
		op := binaryOps[p.tok()]
		if op.op == ast.OpNone {
			break
		}
		p.reduce(base, op.prec, op.assoc)
		if len(p.ops) > base {
			p.checkClash(p.ops[len(p.ops)-1], op)
		}
		p.ops = append(p.ops, pendingOp{op, false, p.firstOf(), p.beginOf()})
		p.adv()
	}
	p.reduce(base, 0, left)
}

// checkClash reports an operator that may not follow the pending one without parentheses.
func (p *Parser) checkClash(top pendingOp, next operator) {
	if top.prec != next.prec || top.unary {
		return
	}
	if next.assoc != none && (next.prec != precPipe || top.op == next.op) {
		return
	}
	message, help := "`"+next.op.String()+"` cannot follow `"+top.op.String()+"` without parentheses", "say which comparison comes first: `(a == b) == c`"
	if next.prec == precPipe {
		help = "say which comes first: `(a |> f) <| b` and the like"
	}
	p.report(ast.SyntaxError{Kind: ast.ErrNonassociative, Span: p.span(p.i, p.i), Message: message, Help: help})
	p.broken()
}

// reduce finishes the pending operators that bind tighter than prec, or as tight where that is left
// associative. Operators of one level that do not associate stay, for checkClash.
func (p *Parser) reduce(base int, prec uint8, a assoc) {
	for len(p.ops) > base {
		top := p.ops[len(p.ops)-1]
		clash := top.prec == prec && top.assoc != a
		if top.prec < prec || top.prec == prec && (a != left || clash) && prec != 0 {
			return
		}
		p.ops = p.ops[:len(p.ops)-1]
		kind := ast.Binary
		if top.unary {
			kind = ast.Unary
		}
		id := p.wrap(kind, top.first, top.begin)
		p.nodes[id].op = top.op
	}
}

// operand parses what an operator takes: an application, or, as an error, a construct that would need
// parentheses here (1 + if …).
func (p *Parser) operand(afterOperator bool) {
	if afterOperator && (startsExpr(p.tok()) && !(p.tok() == ast.TokLet && p.peek() == ast.TokLBrace) || p.startsLambda()) {
		p.needsParens("an operand")
		return
	}
	p.application()
}

// startsLambda reports whether a function starts at the current token.
func (p *Parser) startsLambda() bool {
	switch p.tok() {
	case ast.TokIdent:
		next := p.peek()
		return next == ast.TokColon || next == ast.TokAt
	case ast.TokLBrace:
		return p.startsPattern()
	}
	return false
}

// needsParens parses an expression where only an operand or argument may stand, and reports it where Nix
// does: at its keyword, at the colon or @ of a function, or where a set could not go on like a pattern.
func (p *Parser) needsParens(what string) {
	at := p.i
	if p.tok() == ast.TokIdent {
		at = p.after(p.i)
	} else if p.tok() == ast.TokLBrace {
		if at = p.after(p.i); p.kinds[at] == ast.TokIdent || p.kinds[at] == ast.TokRBrace {
			at = p.after(at)
		}
	}
	e := ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: p.span(at, at), Message: "unexpected " + p.foundAt(at),
		Help: "as " + what + ", this needs parentheses",
	}
	first := p.i
	reported := p.report(e)
	p.expr()
	p.broken()
	if reported >= 0 {
		s := p.span(first, p.last)
		p.errors[reported].Fix = &ast.SyntaxFix{Title: "put it in parentheses", Span: s, Text: "(" + s.Of(p.src) + ")"}
	}
}

// application parses f x y.
func (p *Parser) application() {
	p.selection()
	for startsSimple[p.tok()] {
		if p.startsBinding() {
			return // the next binding: the end of this one was forgotten
		}
		first, begin := p.firstOf(), p.beginOf()
		if p.startsLambda() {
			p.needsParens("an argument")
		} else {
			p.selection()
		}
		p.wrap(ast.Apply, first, begin)
	}
}

// selection parses e, e.a.b, e.a.b or d, and e or.
func (p *Parser) selection() {
	p.simple()
	switch p.tok() {
	case ast.TokDot:
		first, begin := p.firstOf(), p.beginOf()
		p.adv()
		p.attrpath()
		if p.tok() == ast.TokOrKw {
			p.adv()
			if p.enter() {
				if startsSimple[p.tok()] {
					p.selection()
				} else {
					p.expected("the default behind `or`")
					p.missing()
				}
			}
			p.leave()
		}
		p.wrap(ast.Select, first, begin)
	case ast.TokOrKw:
		// "f or" is f applied to a variable named or (parser.y, expr_select).
		first, begin := p.firstOf(), p.beginOf()
		p.leaf(ast.Ident)
		p.wrap(ast.Apply, first, begin)
	}
}

// startsSimple tells the tokens that start a simple expression: an operand, argument or list element.
var startsSimple = [ast.NumTokenKinds]bool{
	ast.TokIdent: true, ast.TokInt: true, ast.TokFloat: true, ast.TokURI: true, ast.TokPath: true, ast.TokSearchPath: true,
	ast.TokQuote: true, ast.TokIndQuote: true, ast.TokLBrace: true, ast.TokLParen: true, ast.TokLBracket: true, ast.TokRec: true,
	ast.TokLet: true,
}

// startsExpr reports whether a keyword starts an expression that is no operand.
func startsExpr(k ast.TokenKind) bool {
	return k == ast.TokIf || k == ast.TokLet || k == ast.TokWith || k == ast.TokAssert
}

// simple parses one simple expression.
func (p *Parser) simple() {
	switch p.tok() {
	case ast.TokIdent:
		p.leaf(ast.Ident)
	case ast.TokInt:
		p.leaf(ast.Int)
	case ast.TokFloat:
		p.leaf(ast.Float)
	case ast.TokURI:
		p.leaf(ast.URI)
	case ast.TokSearchPath:
		p.leaf(ast.SearchPath)
	case ast.TokQuote:
		p.stringLit(ast.String, ast.TokQuote)
	case ast.TokIndQuote:
		p.stringLit(ast.IndString, ast.TokIndQuote)
	case ast.TokPath:
		p.pathLit()
	case ast.TokLParen:
		p.paren()
	case ast.TokLBracket:
		p.list()
	case ast.TokLBrace:
		p.attrset(ast.AttrSet)
	case ast.TokRec:
		p.recSet()
	case ast.TokLet:
		if p.peek() == ast.TokLBrace {
			p.attrset(ast.LegacyLet)
			return
		}
		p.needsParens("an operand")
	default:
		p.expected("an expression")
		p.missing()
	}
}

func (p *Parser) recSet() {
	if p.peek() == ast.TokLBrace {
		p.attrset(ast.AttrSet)
		return
	}
	first, begin := p.i, len(p.nodes)
	p.adv()
	p.expected("`{` behind `rec`")
	p.missing()
	p.wrap(ast.AttrSet, first, begin)
}

// paren parses ( e ).
func (p *Parser) paren() {
	first, begin := p.i, len(p.nodes)
	p.adv()
	p.open[closeParen]++
	p.expr()
	p.open[closeParen]--
	p.close(ast.TokRParen, first, ")")
	p.wrap(ast.Paren, first, begin)
}

// list parses [ e e ].
func (p *Parser) list() {
	first, begin := p.i, len(p.nodes)
	p.adv()
	p.open[closeBracket]++
	if p.enter() {
		for p.element() {
		}
	}
	p.leave()
	p.open[closeBracket]--
	p.close(ast.TokRBracket, first, "]")
	p.wrap(ast.List, first, begin)
}

// element parses one list element, or what stands where one should; false ends the list.
func (p *Parser) element() bool {
	k := p.tok()
	switch {
	case k == ast.TokRBracket || k == ast.TokEOF || k == ast.TokSemi || p.closesOuter():
		return false
	case p.startsLambda(), startsExpr(k) && !(k == ast.TokLet && p.peek() == ast.TokLBrace):
		p.needsParens("a list element")
		p.errorKind(ast.ErrMissingParenInList)
		return true
	case startsSimple[k]:
		if p.startsBinding() {
			return false
		}
		p.selection()
		return true
	}
	// An operator: its left operand is the element before, its right operand the next one.
	kind, help := ast.ErrSyntax, ""
	switch {
	case k == ast.TokMinus && (p.peek() == ast.TokInt || p.peek() == ast.TokFloat):
		kind, help = ast.ErrNegativeInList, "a negative number in a list needs parentheses: `(-1)`"
	case binaryOps[k].op != ast.OpNone || k == ast.TokNot || k == ast.TokQuestion:
		kind, help = ast.ErrMissingParenInList, "a list element that is more than a name, a literal or a selection needs parentheses"
	case k == ast.TokComma:
		help = "list elements are separated by blanks, not commas"
	}
	e := ast.SyntaxError{Kind: kind, Span: p.span(p.i, p.i), Message: "unexpected " + p.found() + " in a list", Help: help}
	if kind == ast.ErrNegativeInList {
		s := p.span(p.i, p.after(p.i))
		e.Fix = &ast.SyntaxFix{Title: "put the number in parentheses", Span: s, Text: "(" + s.Of(p.src) + ")"}
	} else if k == ast.TokComma {
		e.Fix = &ast.SyntaxFix{Title: "remove the comma", Span: e.Span, Sure: true}
	}
	p.report(e)
	p.leaf(ast.Error)
	return true
}
