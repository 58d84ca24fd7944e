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
// or right associative, need no recursion. With resume the first operand is the last node.
func (p *Parser) operators(resume bool) {
	base, holed := len(p.ops), p.holed
	p.holed = false
	for {
		if !resume {
			for p.tok() == ast.TokNot || p.tok() == ast.TokMinus {
				op := operator{ast.OpNot, precNot, right}
				if p.tok() == ast.TokMinus {
					op = operator{ast.OpNeg, precNegate, right}
				}
				p.ops = append(p.ops, pendingOp{op, true, p.i, p.count})
				p.adv()
			}
			p.operand(len(p.ops) > base)
		}
		resume = false
		for p.tok() == ast.TokQuestion {
			p.reduce(base, precHasAttr, left)
			first, begin := int(p.top().first), int(p.top().begin)
			p.adv()
			p.attrpath(false)
			p.wrap(ast.HasAttr, first, begin)
		}
		op := binaryOps[p.tok()]
		if op.op == ast.OpNone {
			if !p.meansComparison() {
				break
			}
			p.comparison()
			op = binaryOps[ast.TokEq]
		}
		p.reduce(base, op.prec, op.assoc)
		if len(p.ops) > base {
			p.checkClash(p.ops[len(p.ops)-1], op)
		}
		p.ops = append(p.ops, pendingOp{op, false, int(p.top().first), int(p.top().begin)})
		p.adv()
	}
	p.reduce(base, 0, left)
	p.holed = holed
}

// checkClash reports an operator that may not follow the pending one without parentheses.
func (p *Parser) checkClash(top pendingOp, next operator) {
	if top.prec != next.prec || top.unary || p.holed {
		return
	}
	if next.assoc != none && (next.prec != precPipe || top.op == next.op) {
		return
	}
	e := ast.SyntaxError{
		Kind: ast.ErrNonassociative, Span: p.span(p.i, p.i),
		Message: "`" + next.op.String() + "` cannot follow `" + top.op.String() + "` without parentheses",
		Help:    "say which comparison comes first: `(a " + top.op.String() + " b) " + next.op.String() + " c`",
	}
	if next.prec == precPipe {
		e.Help = "say which comes first: `(a |> f) <| b` and the like"
	}
	p.report(e)
	p.broken()
}

// reduce finishes the pending operators that bind tighter than prec, or as tight where that is left
// associative. Operators of one level that do not associate stay, for checkClash.
func (p *Parser) reduce(base int, prec uint8, a assoc) {
	for len(p.ops) > base {
		top := &p.ops[len(p.ops)-1]
		clash := top.prec == prec && top.assoc != a
		if top.prec < prec || top.prec == prec && (a != left || clash) && prec != 0 {
			return
		}
		kind := ast.Binary
		if top.unary {
			kind = ast.Unary
		}
		id := p.wrap(kind, top.first, top.begin)
		p.nodes[id].op = top.op
		p.ops = p.ops[:len(p.ops)-1]
	}
}

// role says where a simple expression stands, for messages.
type role string

const (
	asOperand  role = "an operand"
	asArgument role = "an argument"
	asElement  role = "a list element"
	asDefault  role = "the default after `or`"
)

// operand parses what an operator takes: an application, or, as an error, a construct that would need
// parentheses here (1 + if …).
func (p *Parser) operand(afterOperator bool) {
	if afterOperator && p.startsKeywordExpr() {
		p.needsParens(asOperand)
		return
	}
	p.application()
}

// startsKeywordExpr reports whether if, with, assert or let … in starts here.
func (p *Parser) startsKeywordExpr() bool {
	return startsExpr(p.tok()) && !(p.tok() == ast.TokLet && p.peek() == ast.TokLBrace)
}

// application parses f x y.
func (p *Parser) application() {
	if !p.selection(asOperand) {
		p.hole()
		return
	}
	for startsSimple[p.tok()] {
		first, begin := int(p.top().first), int(p.top().begin)
		if !p.selection(asArgument) {
			return
		}
		p.wrap(ast.Apply, first, begin)
	}
	if startsExpr(p.tok()) {
		first, begin := int(p.top().first), int(p.top().begin)
		p.needsParens(asArgument)
		p.wrap(ast.Apply, first, begin)
	}
}

// selection parses e, e.a.b, e.a.b or d, and e or. It reads nothing and returns false where what starts
// here is the name of the next binding: the end of the current one was forgotten.
func (p *Parser) selection(r role) bool {
	if p.i == p.refused {
		return false
	}
	first, begin, before, errors := p.i, p.count, p.last, len(p.errors)
	p.simple(r)
	switch p.tok() {
	case ast.TokDot:
		p.adv()
		p.attrpath(false)
		if p.tok() == ast.TokOrKw {
			p.adv()
			p.orDefault()
		}
		p.wrap(ast.Select, first, begin)
	case ast.TokOrKw:
		// "f or" is f applied to a variable named or (parser.y, expr_select).
		p.leaf(ast.Ident)
		p.wrap(ast.Apply, first, begin)
	}
	switch p.tok() {
	case ast.TokAssign, ast.TokColon, ast.TokAt:
		return p.fits(r, mark{first, begin, before, errors})
	}
	return true
}

// orDefault parses the default of a selection.
func (p *Parser) orDefault() {
	if p.enter() {
		switch {
		case p.startsKeywordExpr():
			p.needsParens(asDefault)
		case !startsSimple[p.tok()] || !p.selection(asDefault):
			p.expected("the default after `or`")
			p.missing()
		}
	}
	p.leave()
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
func (p *Parser) simple(r role) {
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
		if p.startsPattern(false) {
			p.needsParens(r)
			return
		}
		p.attrset(ast.AttrSet)
	case ast.TokRec:
		p.recSet()
	case ast.TokLet:
		if p.peek() == ast.TokLBrace {
			p.attrset(ast.LegacyLet)
			return
		}
		p.needsParens(r)
	default:
		p.hole()
	}
}

// hole stands in for an operand that is not there.
func (p *Parser) hole() {
	if end := p.folderEnd(p.i, false); end >= 0 {
		begin, first := p.count, p.i
		p.bareFolder(first, end)
		p.wrap(ast.Error, first, begin)
		return
	}
	if !p.holed {
		p.expectedExpr()
	}
	p.holed = true
	p.missingExpr()
}

func (p *Parser) recSet() {
	if p.peek() == ast.TokLBrace {
		p.attrset(ast.AttrSet)
		return
	}
	first, begin := p.i, p.count
	p.adv()
	lost := p.lostBrace()
	if lost {
		e := ast.SyntaxError{Kind: ast.ErrSyntax, Span: p.span(p.i, p.i)}
		p.lostBraceError(&e)
		p.report(e)
	} else {
		p.expected("`{` after `rec`")
	}
	p.missingOr(lost)
	p.nodes[p.wrap(ast.AttrSet, first, begin)].flags |= ast.IsRec
}

// paren parses ( e ).
func (p *Parser) paren() {
	first, begin := p.i, p.count
	p.adv()
	p.nested(closeParen, first)
	p.close(ast.TokRParen, first)
	p.wrap(ast.Paren, first, begin)
}
