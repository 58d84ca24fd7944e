// Package parser reads Nix source into an ast.Tree: a modal lexer and a precedence parser, both written
// by hand. Parsing never fails: the result is a tree and the list of all syntax errors.
//
// The grammar is that of Nix 2.3 to 2.34 (src/libexpr/lexer.l and parser.y), pipe operators included.
package parser

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// maxDepth bounds real nesting (brackets, interpolations, conditions). Chains (else if, x: y:, ++, a.b)
// are not nesting: they are read in loops and are not bounded.
const maxDepth = 24_000

// Parser reads one file after the other into the same memory. It must not be used from two goroutines
// at once, and a tree it returned dies with its next call; Parse returns trees that last.
type Parser struct {
	lexer
	tree    ast.Tree
	nodes   []postNode
	records []ast.NodeRecord
	parents []ast.NodeID
	place   []uint32 // preorder ids, by postorder id
	errors  []ast.SyntaxError

	i      int // the current token; never trivia
	last   int // the last token consumed, -1 before the first
	depth  int
	deep   bool // nesting-too-deep was reported; the rest of the file is skipped
	quiet  int  // > 0: errors are not recorded
	frames []frame
	ops    []pendingOp
	open   [closers]int // how many constructs each closing token would end
}

// postNode is a node in postorder, where wrapping an operand that is already parsed is one append.
type postNode struct {
	first, last, begin uint32 // tokens; the first node of the subtree
	kind               ast.Kind
	op                 ast.Op
	flags              ast.Flags
}

// Parse parses one file into a tree of its own.
func Parse(src string) *ast.Tree {
	var p Parser
	tree := *p.Parse(src)
	return &tree
}

// Parse parses one file. The tree is valid until the next call.
func (p *Parser) Parse(src string) *ast.Tree {
	p.lex(src)
	p.nodes, p.errors = p.nodes[:0], p.errors[:0]
	p.frames, p.ops = p.frames[:0], p.ops[:0]
	p.open = [closers]int{}
	p.i, p.last, p.depth, p.deep, p.quiet = -1, -1, 0, false, 0
	p.skipTrivia()

	p.expr()
	if p.tok() != ast.TokEOF {
		p.trailing()
	}
	p.add(ast.File, 0, len(p.kinds)-1, 0)
	p.checkTokens()
	p.preorder()
	slices.SortStableFunc(p.errors, func(a, b ast.SyntaxError) int { return int(a.Span.Start) - int(b.Span.Start) })
	p.errors = slices.CompactFunc(p.errors, func(a, b ast.SyntaxError) bool { return a.Span.Start == b.Span.Start })
	p.tree.Set(ast.Storage{
		Source: src, TokenKinds: p.kinds, TokenStart: p.start, Nodes: p.records, Parents: p.parents,
		Errors: p.errors, FirstNUL: p.nul,
	})
	return &p.tree
}

// preorder turns the postorder nodes into the tree's arrays and fills the parents, in one backward pass.
func (p *Parser) preorder() {
	n := len(p.nodes)
	p.records = slices.Grow(p.records[:0], n)[:n]
	p.parents = slices.Grow(p.parents[:0], n)[:n]
	p.place = slices.Grow(p.place[:0], n)[:n]
	p.place[n-1], p.parents[0] = 0, 0
	for i := n - 1; i >= 0; i-- {
		node := &p.nodes[i]
		at := p.place[i]
		end := at + uint32(i) - node.begin + 1
		p.records[at] = ast.NodeRecord{
			First: node.first, Last: node.last, End: ast.NodeID(end), Kind: node.kind, Op: node.op, Flags: node.flags,
		}
		for c := i - 1; c >= int(node.begin); {
			size := uint32(c) - p.nodes[c].begin + 1
			end -= size
			p.place[c] = end
			p.parents[end] = ast.NodeID(at)
			c -= int(size)
		}
	}
	if len(p.errors) == 0 {
		return
	}
	for id := range p.records {
		if p.records[id].Kind != ast.Error && p.records[id].Flags&ast.HasError == 0 {
			continue
		}
		for at := ast.NodeID(id); ; at = p.parents[at] {
			marked := p.records[at].Flags&ast.HasError != 0 && at != ast.NodeID(id)
			p.records[at].Flags |= ast.HasError
			if at == 0 || marked {
				break
			}
		}
	}
}

// tok returns the kind of the current token.
func (p *Parser) tok() ast.TokenKind { return p.kinds[p.i] }

// peek returns the kind of the significant token behind the current one.
func (p *Parser) peek() ast.TokenKind { return p.kinds[p.after(p.i)] }

// after returns the index of the significant token behind i.
func (p *Parser) after(i int) int {
	if p.kinds[i] == ast.TokEOF {
		return i
	}
	for i++; p.kinds[i].IsTrivia(); i++ {
	}
	return i
}

func (p *Parser) skipTrivia() {
	for p.i++; p.kinds[p.i].IsTrivia(); p.i++ {
	}
}

// adv consumes the current token; the end of the file is never consumed.
func (p *Parser) adv() {
	if p.kinds[p.i] == ast.TokEOF {
		return
	}
	p.last = p.i
	p.skipTrivia()
}

// add appends a node over tokens first to last, whose subtree starts at node begin.
func (p *Parser) add(kind ast.Kind, first, last, begin int) int {
	p.nodes = append(p.nodes, postNode{first: uint32(first), last: uint32(last), begin: uint32(begin), kind: kind})
	return len(p.nodes) - 1
}

// leaf appends a node of the current token and consumes it.
func (p *Parser) leaf(kind ast.Kind) {
	p.add(kind, p.i, p.i, len(p.nodes))
	p.adv()
}

// wrap appends a node whose subtree starts at node begin and that ends with the last token consumed.
func (p *Parser) wrap(kind ast.Kind, first, begin int) int {
	return p.add(kind, first, p.last, begin)
}

// missing appends an Error node without text, behind the last token consumed.
func (p *Parser) missing() {
	p.add(ast.Error, p.last+1, p.last, len(p.nodes))
}

// firstOf returns the first token of the subtree that starts at node begin and ends at the last node.
func (p *Parser) firstOf() int { return int(p.nodes[len(p.nodes)-1].first) }

// beginOf returns the first node of the last node's subtree.
func (p *Parser) beginOf() int { return int(p.nodes[len(p.nodes)-1].begin) }

func (p *Parser) span(first, last int) source.Span {
	return source.Span{Start: p.start[first], End: p.start[last+1]}
}

// enter counts a level of nesting; false means that it is one too many, and the rest is skipped.
func (p *Parser) enter() bool {
	p.depth++
	if p.depth <= maxDepth {
		return true
	}
	if !p.deep {
		p.report(ast.SyntaxError{Kind: ast.ErrNesting, Span: p.span(p.i, p.i), Message: "nesting is too deep to be read"})
		p.deep = true
		p.quiet++
	}
	p.missing()
	first := p.i
	for p.tok() != ast.TokEOF {
		p.adv()
	}
	if p.last >= first {
		p.add(ast.Error, first, p.last, len(p.nodes)-1)
	}
	return false
}

func (p *Parser) leave() { p.depth-- }

// frame is a construct whose last part is an expression: it is finished when that is read.
type frame struct {
	kind  ast.Kind
	first int
	begin int
}

// expr parses an expression of any form. Prefix constructs (x:, let, with, assert, if … else) stack up in
// p.frames instead of on the Go stack, so that long chains of them are not nesting.
func (p *Parser) expr() {
	if !p.enter() {
		p.leave()
		return
	}
	base := len(p.frames)
	for p.prefix() {
	}
	for len(p.frames) > base {
		f := p.frames[len(p.frames)-1]
		p.frames = p.frames[:len(p.frames)-1]
		p.wrap(f.kind, f.first, f.begin)
	}
	p.leave()
}

// prefix reads the head of one construct and reports true, or a whole operator expression and false.
func (p *Parser) prefix() bool {
	first, begin := p.i, len(p.nodes)
	push := func(kind ast.Kind) bool {
		p.frames = append(p.frames, frame{kind: kind, first: first, begin: begin})
		return true
	}
	switch p.tok() {
	case ast.TokIdent:
		switch p.peek() {
		case ast.TokColon:
			p.leaf(ast.Name)
			p.adv()
			return push(ast.Lambda)
		case ast.TokAt:
			p.pattern()
			p.expectColon()
			return push(ast.Lambda)
		}
	case ast.TokLBrace:
		if p.startsPattern() {
			p.pattern()
			p.expectColon()
			return push(ast.Lambda)
		}
	case ast.TokAssert, ast.TokWith:
		kind, what := ast.Assert, "the condition of `assert`"
		if p.tok() == ast.TokWith {
			kind, what = ast.With, "the attrset of `with`"
		}
		p.adv()
		p.expr()
		p.expectAfter(ast.TokSemi, what)
		return push(kind)
	case ast.TokLet:
		if p.peek() == ast.TokLBrace {
			break
		}
		p.letBindings()
		return push(ast.Let)
	case ast.TokIf:
		p.adv()
		p.open[closeThen]++
		p.expr()
		p.open[closeThen]--
		p.open[closeElse]++
		p.expectThen()
		p.expr()
		p.open[closeElse]--
		if p.tok() != ast.TokElse {
			p.unexpected("`else`", "every `if` needs an `else`", first)
			p.missing()
			p.wrap(ast.If, first, begin)
			return false
		}
		p.adv()
		return push(ast.If)
	}
	p.operators()
	return false
}

// expectThen consumes the then of an if, with a word about = for ==.
func (p *Parser) expectThen() {
	if p.tok() == ast.TokThen {
		p.adv()
		return
	}
	if p.tok() != ast.TokAssign {
		p.unexpected("`then`", "", -1)
		p.broken()
		return
	}
	p.report(ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected `then`, found `=`", Help: "`==` compares",
		Fix: &ast.SyntaxFix{Title: "compare with `==`", Span: p.span(p.i, p.i), Text: "=="},
	})
	p.broken()
	p.adv()
	begin := len(p.nodes)
	p.operators()
	p.wrap(ast.Error, p.firstOf(), begin)
	if p.tok() == ast.TokThen {
		p.adv()
	}
}

// broken marks the last node as holding an error that has no node of its own.
func (p *Parser) broken() { p.nodes[len(p.nodes)-1].flags |= ast.HasError }

// letBindings reads let and its bindings up to and including in.
func (p *Parser) letBindings() {
	let := p.i
	p.adv()
	p.open[closeIn]++
	first, begin := p.i, len(p.nodes)
	before := p.last
	p.bindings(ast.TokIn, true)
	if p.last == before {
		p.add(ast.Bindings, p.last+1, p.last, begin)
	} else {
		p.wrap(ast.Bindings, first, begin)
	}
	p.open[closeIn]--
	if p.tok() == ast.TokIn {
		p.adv()
		return
	}
	p.unexpected("`in`", "the bindings of `let` end with `in`", let)
	p.broken()
}

// expectColon consumes the colon behind a pattern.
func (p *Parser) expectColon() {
	if p.tok() == ast.TokColon {
		p.adv()
		return
	}
	p.unexpected("`:`", "a function is written `{ a, b }: body`", -1)
	p.broken()
}

// expectAfter consumes a token that ends what stands before it.
func (p *Parser) expectAfter(kind ast.TokenKind, what string) {
	if p.tok() == kind {
		p.adv()
		return
	}
	e := ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "expected " + kind.String() + " behind " + what + ", found " + p.found(),
		Fix: p.insertion(";"),
	}
	p.report(e)
	p.broken()
}

// trailing reads what stands behind the file's expression: one error, and whatever can be read of it.
func (p *Parser) trailing() {
	help := ""
	switch p.tok() {
	case ast.TokSemi:
		help = "a file is one expression; no `;` ends it"
	case ast.TokRBrace, ast.TokRParen, ast.TokRBracket:
		help = "nothing is open that it could close"
	case ast.TokAssign:
		help = "bindings stand in `{ … }` or behind `let`"
	}
	p.report(ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "unexpected " + p.found() + " behind the end of the expression", Help: help,
	})
	first, begin := p.i, len(p.nodes)
	p.quiet++
	for p.tok() != ast.TokEOF {
		if startsSimple[p.tok()] || startsExpr(p.tok()) {
			before := p.i
			p.expr()
			if p.i > before {
				continue
			}
		}
		p.adv()
	}
	p.quiet--
	p.wrap(ast.Error, first, begin)
}
