// Package parser reads Nix source into an ast.Tree: a modal lexer and a precedence parser, both written
// by hand. Parsing never fails: the result is a tree and the list of all syntax errors.
//
// The grammar is that of Nix 2.3 to 2.34 (src/libexpr/lexer.l and parser.y), pipe operators included.
package parser

import (
	"slices"
	"sync"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// maxDepth bounds real nesting (brackets, interpolations, conditions). Chains (else if, x: y:, ++, a.b)
// are not nesting: they are read in loops and are not bounded.
const maxDepth = 24_000

// maxKept is the size in bytes of a source above which a pooled Parser is not kept, nor what building a tree needs.
const maxKept = 4 << 20

// Parser reads one file after the other into the same memory. It must not be used from two goroutines
// at once, and a tree it returned dies with its next call; Parse returns trees that last.
type Parser struct {
	lexer
	tree      ast.Tree
	nodes     []postNode // nodes[:count] are written
	count     int
	records   []ast.NodeRecord
	parents   []ast.NodeID
	places    []place   // memory for preorder
	nodeKinds ast.Kinds // that nodes have
	errors    []ast.SyntaxError
	dynamic   []dynamicAttr

	stamp    uint64 // of the last tree, 0 where it has none
	region   lexer  // the tokens that an edit made
	replaced struct {
		kinds []ast.TokenKind
		start []uint32
		moved []uint32
	} // memory for Reparse

	frames []frame
	ops    []pendingOp
	stack  []opened // the constructs that are open, the innermost last
	state
}

// state is what parsing one file starts afresh.
type state struct {
	i     int           // the current token; never trivia
	cur   ast.TokenKind // its kind
	last  int           // the last token consumed, -1 before the first
	depth int           // levels of nesting
	deep  bool          // nesting-too-deep was reported; the rest of the file is skipped
	open  [closers]int  // how many constructs each closing token would end
	inner [closers]int  // the innermost of each, as an index into stack, or -1

	// For errors and for going on behind them.
	quiet    int          // > 0: errors are not recorded
	reported int          // the current token at the last error, or -1
	holed    bool         // the current operator expression lacks an operand; that is reported once
	stop     int          // a token at which no attribute name is read, or -1; see fits
	refused  int          // a token that belongs to the next binding, so that no expression starts there, or -1
	body     int          // the token behind the first name of the last body that lacks its in, or -1
	cutEnd   int          // the last token of the last string that was cut, or -2
	junk     int          // the last token skipped as junk in a list, for one error a run, or -2
	fixBytes int          // the size of the fixes so far that repeat source text
	scanned  int          // the tokens that lostBrace has looked at
	unsure   int          // the number of first errors whose fixes may not be enough
	quoted   uint32       // where the last string in foreign quotes ends
	strays   []int        // the stray tokens that can be seen
	letIn    map[int]bool // by token of a let: whether an in belongs to it
}

// postNode is a node in postorder, where wrapping an operand that is already parsed is one append.
type postNode struct {
	first, last, begin uint32 // tokens; the first node of the subtree
	kind               ast.Kind
	op                 ast.Op
	flags              ast.Flags
}

var pool = sync.Pool{New: func() any { return new(Parser) }}

// Parse parses one file into a tree of its own. It may be called from several goroutines at once.
func Parse(src string) *ast.Tree {
	p := pool.Get().(*Parser)
	p.Lex(src)
	s := p.parseLexed()
	s.TokenKinds = slices.Clone(s.TokenKinds)
	s.TokenStart = slices.Clone(s.TokenStart)
	s.Nodes = slices.Clone(s.Nodes)
	s.Parents = slices.Clone(s.Parents)
	s.Errors = slices.Clone(s.Errors)
	tree := new(ast.Tree)
	tree.Set(s)
	p.forget()
	if len(src) <= maxKept {
		pool.Put(p)
	}
	return tree
}

// Parse parses one file. The tree is valid until the next call.
func (p *Parser) Parse(src string) *ast.Tree {
	p.Lex(src)
	return p.ParseLexed()
}

// Lex reads the tokens of one file only. They are valid until the next call, and those that Parse starts with: where there
// are errors, it may find others.
func (p *Parser) Lex(src string) ast.Tokens {
	p.stamp = 0
	p.lexAnew(src)
	return ast.Tokens{Source: src, Kinds: p.kinds[:p.n], Start: p.start[:p.n+1]}
}

// ParseLexed parses the file whose tokens Lex has read, as Parse does.
func (p *Parser) ParseLexed() *ast.Tree {
	p.tree.Set(p.parseLexed())
	return &p.tree
}

func (p *Parser) lexAnew(src string) {
	p.cuts = p.cuts[:0]
	p.shell = false
	p.lex(src)
}

func (p *Parser) parseLexed() ast.Storage {
	p.build()
	if len(p.errors) > 0 {
		p.reread(p.src)
	}
	return p.storage()
}

// forget drops the references to the last source.
func (p *Parser) forget() {
	p.src, p.tree = "", ast.Tree{}
	clear(p.errors[:cap(p.errors)])
}

func (p *Parser) storage() ast.Storage {
	return ast.Storage{
		Source: p.src, TokenKinds: p.kinds[:p.n], TokenStart: p.start[:p.n+1], Nodes: p.records, Parents: p.parents,
		Errors: p.errors, FirstNUL: p.nul, Kinds: p.nodeKinds,
	}
}

// once lexes and parses src, and leaves tokens, records, parents and errors.
func (p *Parser) once(src string) {
	p.lex(src)
	p.build()
}

// build parses the tokens, and leaves records, parents and errors.
func (p *Parser) build() {
	if need := p.n/2 + 16; len(p.nodes) < need { // there are half as many nodes as tokens in most texts
		p.nodes = make([]postNode, need+p.spare(need))
	}
	p.count = 0
	p.errors, p.dynamic = p.errors[:0], p.dynamic[:0]
	p.frames, p.ops, p.stack = p.frames[:0], p.ops[:0], p.stack[:0]
	p.state = state{i: -1, last: -1, inner: noneOpen, reported: -1, stop: -1, refused: -1, body: -1, cutEnd: -2, junk: -2}
	p.skipTrivia()

	p.expr()
	if p.tok() != ast.TokEOF {
		p.trailing()
	}
	p.add(ast.File, 0, p.n-1, 0)
	p.preorder()
	p.checkDynamic()
	p.checkTokens()
	p.finishErrors()
	if len(p.src) > maxKept {
		p.nodes, p.places = nil, nil // more than half of it all, while rules look at the tree
	}
}

// spare is the room beside n elements for the texts to come: an editor's grow with every key.
func (p *Parser) spare(n int) int {
	if len(p.src) > maxKept {
		return 0
	}
	return n / 8
}

// place is what preorder notes of a node.
type place struct {
	begins uint32     // the number of subtrees that start with the node
	parent ast.NodeID // of the node before it
}

// preorder turns the postorder nodes into the tree's arrays and fills the parents. A node's place is the
// number of nodes that end before its subtree begins plus its depth; its depth is the number of subtrees
// that begin at or before it and end behind it, which is how many begin there less how many nodes there are
// up to it. So no stack is needed, and no branch that the processor would guess wrong.
func (p *Parser) preorder() {
	n := p.count
	if cap(p.records) < n {
		p.records, p.parents = make([]ast.NodeRecord, n, n+p.spare(n)), make([]ast.NodeID, n, n+p.spare(n))
	}
	if len(p.places) <= n {
		p.places = make([]place, n+p.spare(n)+1)
	}
	p.records, p.parents = p.records[:n], p.parents[:n]
	nodes, places, records, parents := p.nodes[:n], p.places[:n+1], p.records, p.parents
	clear(places)
	for i := range nodes {
		places[nodes[i].begin].begins++
	}
	begun := n // the subtrees that begin at or before node i
	var kinds ast.Kinds
	for i := n - 1; i >= 0; i-- {
		node := &nodes[i]
		parent := places[i+1].parent
		begin, depth := int(node.begin), begun-i-1
		at := begin + depth
		r := &records[at] // a literal would be put together elsewhere and copied, which costs more than all the rest
		r.First, r.Last, r.End = node.first, node.last, ast.NodeID(at+i-begin+1)
		r.Kind, r.Op, r.Flags = node.kind, node.op, node.flags
		kinds |= 1 << (node.kind & 63)
		parents[at] = parent
		// The node before the subtree is a sibling unless the parent's subtree begins here, too.
		before := places[begin].parent
		if begin > int(parent)-depth+1 {
			before = parent
		}
		places[begin].parent = before
		// The node before this one is a child, unless this is a leaf.
		last := places[i].parent
		if begin < i {
			last = ast.NodeID(at)
		}
		places[i].parent = last
		begun -= int(places[i].begins)
	}
	p.nodeKinds = kinds
}

// tok returns the kind of the current token.
func (p *Parser) tok() ast.TokenKind { return p.cur }

// peek returns the kind of the significant token behind the current one.
func (p *Parser) peek() ast.TokenKind { return p.kinds[p.after(p.i)] }

// after returns the index of the significant token behind i.
func (p *Parser) after(i int) int {
	kinds := p.kinds
	if kinds[i] == ast.TokEOF {
		return i
	}
	for i++; kinds[i].IsTrivia(); i++ {
	}
	return i
}

func (p *Parser) skipTrivia() {
	kinds := p.kinds
	i := p.i + 1
	k := kinds[i]
	for k.IsTrivia() {
		i++
		k = kinds[i]
	}
	p.i, p.cur = i, k
}

// adv consumes the current token; the end of the file is never consumed.
func (p *Parser) adv() {
	if p.cur == ast.TokEOF {
		return
	}
	p.last = p.i
	p.skipTrivia()
}

// add appends a node over tokens first to last, whose subtree starts at node begin.
func (p *Parser) add(kind ast.Kind, first, last, begin int) int {
	id := p.count
	if id == len(p.nodes) {
		p.nodes = append(p.nodes, make([]postNode, len(p.nodes)/2)...)
	}
	n := &p.nodes[id]
	n.first, n.last, n.begin = uint32(first), uint32(last), uint32(begin)
	n.kind, n.op, n.flags = kind, 0, 0
	p.count = id + 1
	return id
}

// leaf appends a node of the current token and consumes it.
func (p *Parser) leaf(kind ast.Kind) {
	p.add(kind, p.i, p.i, p.count)
	p.adv()
}

// wrap appends a node whose subtree starts at node begin and that ends with the last token consumed.
func (p *Parser) wrap(kind ast.Kind, first, begin int) int {
	return p.add(kind, first, p.last, begin)
}

// missing appends an Error node without text, behind the last token consumed.
func (p *Parser) missing() {
	p.add(ast.Error, p.last+1, p.last, p.count)
}

// missingExpr appends an Error node for an operand: in front of an operator or dot that goes on with it.
func (p *Parser) missingExpr() {
	switch k := p.tok(); {
	case binaryOps[k].op != ast.OpNone, k == ast.TokQuestion, k == ast.TokDot, k == ast.TokOrKw, p.meansComparison():
		p.add(ast.Error, p.i, p.i-1, p.count)
	default:
		p.missing()
	}
}

// top returns the last node, or an empty one before the first.
func (p *Parser) top() *postNode {
	if p.count == 0 {
		return &postNode{}
	}
	return &p.nodes[p.count-1]
}

// broken marks the last node as holding an error that has no node of its own.
func (p *Parser) broken() { p.top().flags |= ast.HasError }

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
		p.report(ast.SyntaxError{
			Kind: ast.ErrNesting, Span: p.span(p.i, p.i), Message: "nesting is too deep to be read",
			Help: "Nix itself overflows its stack at some thousand levels; split the expression",
		})
		p.deep = true
		p.quiet++
	}
	if p.tok() == ast.TokEOF {
		p.missing()
		return false
	}
	first, begin := p.i, p.count
	for p.tok() != ast.TokEOF {
		p.adv()
	}
	p.wrap(ast.Error, first, begin)
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
	f := frame{first: p.i, begin: p.count}
	switch p.tok() {
	case ast.TokIdent:
		switch p.peek() {
		case ast.TokColon:
			p.leaf(ast.Name)
			p.adv()
		case ast.TokAt:
			p.pattern()
			p.expectColon()
		case ast.TokSemi, ast.TokRParen, ast.TokRBrace:
			p.leaf(ast.Ident) // what most values are
			return false
		default:
			p.operators(false)
			return false
		}
		f.kind = ast.Lambda
	case ast.TokLBrace:
		if !p.startsPattern(true) {
			p.operators(false)
			return false
		}
		p.pattern()
		p.expectColon()
		f.kind = ast.Lambda
	case ast.TokAssert:
		p.head("the condition of `assert`")
		f.kind = ast.Assert
	case ast.TokWith:
		p.head("the attrset of `with`")
		f.kind = ast.With
	case ast.TokLet:
		if p.peek() == ast.TokLBrace {
			p.operators(false)
			return false
		}
		p.letBindings()
		f.kind = ast.Let
	case ast.TokIf:
		p.adv()
		p.nested(closeThen, f.first)
		p.expect(ast.TokThen, f.first)
		p.nested(closeElse, f.first)
		p.expect(ast.TokElse, f.first)
		f.kind = ast.If
	default:
		p.operators(false)
		return false
	}
	p.frames = append(p.frames, f)
	return true
}

// head reads with or assert, what stands behind it, and the semicolon.
func (p *Parser) head(what string) {
	keyword := p.i
	p.adv()
	p.nested(closeSemi, keyword)
	p.semicolon(what)
}

// nested parses an expression inside a construct that a later token continues.
func (p *Parser) nested(c closer, opener int) {
	p.push(c, opener)
	p.expr()
	p.pop()
}

// letBindings reads let and its bindings up to and including in.
func (p *Parser) letBindings() {
	let := p.i
	p.adv()
	p.push(closeIn, let)
	first, begin := p.i, p.count
	before := p.last
	p.bindings(ast.TokIn, let)
	if p.last == before {
		p.add(ast.Bindings, p.last+1, p.last, begin)
	} else {
		p.wrap(ast.Bindings, first, begin)
	}
	p.pop()
	p.expect(ast.TokIn, let)
}

// trailing reads what stands behind the file's expression: one error, and whatever can be read of it.
func (p *Parser) trailing() {
	e := ast.SyntaxError{
		Kind: ast.ErrSyntax, Span: p.span(p.i, p.i), Message: "unexpected " + p.found() + " after the end of the expression",
	}
	switch p.tok() {
	case ast.TokSemi:
		e.Help = "a file is one expression; no `;` ends it"
		if p.peek() == ast.TokEOF {
			e.Fix = &ast.SyntaxFix{Title: "remove the `;`", Span: e.Span, Sure: true}
		}
	case ast.TokRBrace, ast.TokRParen, ast.TokRBracket:
		e.Help = "nothing is open that it could close"
		if p.peek() == ast.TokEOF {
			e.Fix = &ast.SyntaxFix{Title: "remove this " + p.found(), Span: e.Span}
		}
	case ast.TokColon:
		if p.top().kind == ast.HasAttr {
			e.Help = noTernary
		}
	case ast.TokAssign:
		e.Help = "bindings stand in `{ … }` or after `let`"
	}
	lost := p.lostBrace()
	if lost {
		p.lostBraceError(&e)
		e.Span, _ = p.foundNext()
	}
	if len(p.errors) == 0 || p.tok() != ast.TokSemi && closingText[p.tok()] == "" && (p.tok() != ast.TokColon || p.top().kind != ast.AttrSet) {
		p.report(e)
	} else {
		p.unsure = len(p.errors) // an earlier mistake opened too little
	}
	first, begin := p.i, p.count
	if lost {
		p.lostSet()
	}
	p.quiet++
	p.push(closeBrace, p.i)
	p.open[closeBrace]--
	for p.tok() != ast.TokEOF {
		before := p.i
		switch k := p.tok(); {
		case k == ast.TokInherit:
			p.inherit()
		case p.startsBinding():
			p.binding(-1)
		case startsSimple[k] || startsExpr(k):
			p.expr()
		}
		if p.i == before {
			p.adv()
		}
	}
	p.quiet--
	p.wrap(ast.Error, first, begin)
}
