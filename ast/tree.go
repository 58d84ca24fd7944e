// Package ast is the lossless syntax tree of one Nix file: tokens and nodes in flat arrays, and typed
// views on them that allocate nothing.
//
// Every byte of the source is in some token, trivia included, so the text is the concatenation of the
// tokens. Nodes are stored in preorder: the subtree of node i is a contiguous run, and walking it in
// source order is a loop over an array. A tree is immutable.
package ast

import (
	"iter"
	"slices"
	"sort"

	"github.com/nixsift/nixsift/ast/source"
)

// NodeID is the index of a node in preorder; the root is 0.
type NodeID uint32

// NodeRecord is the stored form of a node. Only package parser makes them.
type NodeRecord struct {
	First, Last uint32 // the first and last token; Last+1 == First for a node without text
	End         NodeID // one behind the last node of the subtree
	Kind        Kind
	Op          Op
	Flags       Flags
}

// Flags are yes/no facts about a node.
type Flags uint16

// HasError marks a node that is, or contains, an Error. IsRec marks an AttrSet with rec.
const (
	HasError Flags = 1 << iota
	IsRec
)

// Tree is the result of parsing one file. The zero value is unusable: package parser makes trees.
type Tree struct {
	src      string
	tokKinds []TokenKind
	tokStart []uint32 // one more than tokKinds: the last is len(src)
	nodes    []NodeRecord
	parents  []NodeID
	errors   []SyntaxError
	nul      int // offset of the first NUL byte outside strings and comments, or -1
	stamp    uint64
	kinds    Kinds
}

// Storage is the raw material of a tree, for package parser.
type Storage struct {
	Source     string
	TokenKinds []TokenKind
	TokenStart []uint32
	Nodes      []NodeRecord
	Parents    []NodeID
	Errors     []SyntaxError
	FirstNUL   int
	Stamp      uint64
	Kinds      Kinds // of the nodes
}

// Tokens are the tokens of a text, the last the end of the file: the kind of each and where it starts, with the length of
// the text behind. They must not be changed.
type Tokens struct {
	Source string
	Kinds  []TokenKind
	Start  []uint32
}

// End ends t's life: looking into a node of it panics from then on, where it would find what the memory was used for next.
func (t *Tree) End() { *t = Tree{} }

// Set makes t the tree of s. The slices are used, not copied: whoever reuses them ends t's life.
func (t *Tree) Set(s Storage) {
	*t = Tree{s.Source, s.TokenKinds, s.TokenStart, s.Nodes, s.Parents, s.Errors, s.FirstNUL, s.Stamp, s.Kinds}
}

// Clone returns a copy of the tree that lasts, whatever becomes of the memory of this one.
func (t *Tree) Clone() *Tree {
	c := *t
	c.tokKinds, c.tokStart = slices.Clone(t.tokKinds), slices.Clone(t.tokStart)
	c.nodes, c.parents, c.errors = slices.Clone(t.nodes), slices.Clone(t.parents), slices.Clone(t.errors)
	return &c
}

// Source returns the text of the file.
func (t *Tree) Source() string { return t.src }

// Kinds returns the kinds that nodes of the file have.
func (t *Tree) Kinds() Kinds { return t.kinds }

// Errors returns the syntax errors in source order, at most one for a place.
func (t *Tree) Errors() []SyntaxError { return t.errors }

// Stamp returns a number that two versions of one tree have in common only if their nodes and names are the
// same, though perhaps at other places; 0 where that is not known.
func (t *Tree) Stamp() uint64 { return t.stamp }

// FirstNUL returns the offset of the first NUL byte outside strings and comments, or -1. Nix takes it
// for the end of the file (lexer.l has no rule for it: flex reads it as end of input).
func (t *Tree) FirstNUL() int { return t.nul }

// Root returns the File node.
func (t *Tree) Root() Node { return Node{t, 0} }

// Expr returns the file's expression: the root's only child.
func (t *Tree) Expr() Node { return t.Root().Child(0) }

// Node returns the node with the given id.
func (t *Tree) Node(id NodeID) Node { return Node{t, id} }

// Records returns the nodes in preorder, for loops that dispatch on the kind. It must not be changed.
func (t *Tree) Records() []NodeRecord { return t.nodes }

// Tokens returns all tokens.
func (t *Tree) Tokens() Tokens { return Tokens{t.src, t.tokKinds, t.tokStart} }

// NumTokens returns the number of tokens, the end-of-file token included.
func (t *Tree) NumTokens() int { return len(t.tokKinds) }

// Token returns token i, 0 ≤ i < NumTokens.
func (t *Tree) Token(i int) Token { return Token{t, uint32(i)} }

// TokenAt returns the token that holds the byte at offset; behind the end it is the end-of-file token.
func (t *Tree) TokenAt(offset uint32) Token {
	n := len(t.tokKinds)
	i := sort.Search(n, func(i int) bool { return t.tokStart[i] > offset }) - 1
	return Token{t, uint32(max(i, 0))}
}

// Comments yields the comments of the file in order.
func (t *Tree) Comments() iter.Seq[Token] {
	return func(yield func(Token) bool) {
		for i, k := range t.tokKinds {
			if k.IsComment() && !yield(Token{t, uint32(i)}) {
				return
			}
		}
	}
}

// HasComment reports whether a comment lies, even in part, in the span.
func (t *Tree) HasComment(s source.Span) bool {
	for tok := t.TokenAt(s.Start); tok.IsValid() && tok.Start() < s.End; tok = tok.Next() {
		if tok.Kind().IsComment() {
			return true
		}
	}
	return false
}

// NodeAt returns the innermost node whose span covers s; of two that meet at an empty one, the first.
func (t *Tree) NodeAt(s source.Span) Node {
	if s.Start >= s.End || len(t.errors) > 0 { // what could not be read may have no bytes
		return t.descend(s)
	}
	// The last node that begins before the first byte, or with it, lies in the one that is looked for.
	i, _ := slices.BinarySearchFunc(t.nodes, s.Start, func(r NodeRecord, at uint32) int {
		if t.tokStart[r.First] <= at {
			return -1
		}
		return 1
	})
	n := Node{t, NodeID(max(i, 1) - 1)}
	for n.id != t.Root().id && !n.Span().Covers(s) {
		n = n.Parent()
	}
	return n
}

func (t *Tree) descend(s source.Span) Node {
	n := t.Root()
	for {
		inner := Node{}
		for c := range n.Children() {
			if c.Span().Covers(s) {
				inner = c
				break
			}
		}
		if !inner.IsValid() {
			return n
		}
		n = inner
	}
}

// Token is one token of a tree. The zero Token is invalid; asking it for its kind gives TokEOF.
type Token struct {
	t *Tree
	i uint32
}

// IsValid reports whether the token exists.
func (k Token) IsValid() bool { return k.t != nil }

// Index returns the token's place in the file.
func (k Token) Index() int { return int(k.i) }

// Kind returns the token's kind.
func (k Token) Kind() TokenKind {
	if k.t == nil {
		return TokEOF
	}
	return k.t.tokKinds[k.i]
}

// Start returns the offset of the token's first byte.
func (k Token) Start() uint32 { return k.t.tokStart[k.i] }

// Span returns the bytes of the token.
func (k Token) Span() source.Span {
	return source.Span{Start: k.t.tokStart[k.i], End: k.t.tokStart[k.i+1]}
}

// Text returns the bytes of the token; it shares memory with the source.
func (k Token) Text() string { return k.t.src[k.t.tokStart[k.i]:k.t.tokStart[k.i+1]] }

// Next returns the following token, or an invalid one behind the end of file.
func (k Token) Next() Token {
	if int(k.i)+1 >= len(k.t.tokKinds) {
		return Token{}
	}
	return Token{k.t, k.i + 1}
}

// Prev returns the preceding token, or an invalid one before the first.
func (k Token) Prev() Token {
	if k.i == 0 {
		return Token{}
	}
	return Token{k.t, k.i - 1}
}

// NextSignificant returns the next token that is not trivia.
func (k Token) NextSignificant() Token {
	for n := k.Next(); n.IsValid(); n = n.Next() {
		if !n.Kind().IsTrivia() {
			return n
		}
	}
	return Token{}
}

// PrevSignificant returns the previous token that is not trivia.
func (k Token) PrevSignificant() Token {
	for n := k.Prev(); n.IsValid(); n = n.Prev() {
		if !n.Kind().IsTrivia() {
			return n
		}
	}
	return Token{}
}

// Node is one node of a tree: a two-word value, compared with ==. The zero Node is invalid; the methods
// that look for a node return it where there is none, and asking it for its kind gives Error.
type Node struct {
	t  *Tree
	id NodeID
}

// IsValid reports whether the node exists.
func (n Node) IsValid() bool { return n.t != nil }

// Tree returns the tree that holds the node.
func (n Node) Tree() *Tree { return n.t }

// ID returns the node's index in preorder.
func (n Node) ID() NodeID { return n.id }

// Kind returns the node's kind; Error for the zero Node.
func (n Node) Kind() Kind {
	if n.t == nil {
		return Error
	}
	return n.t.nodes[n.id].Kind
}

// Is reports whether the node exists and has the kind.
func (n Node) Is(k Kind) bool { return n.t != nil && n.t.nodes[n.id].Kind == k }

// Op returns the operator of a Unary or Binary node, else OpNone.
func (n Node) Op() Op {
	if n.t == nil {
		return OpNone
	}
	return n.t.nodes[n.id].Op
}

// HasError reports whether the subtree contains a syntax error. Rules are not called for such nodes.
func (n Node) HasError() bool { return n.t == nil || n.t.nodes[n.id].Flags&HasError != 0 }

// Span returns the bytes from the node's first token to its last, without surrounding trivia.
func (n Node) Span() source.Span {
	r := &n.t.nodes[n.id]
	return source.Span{Start: n.t.tokStart[r.First], End: n.t.tokStart[r.Last+1]}
}

// Start returns the offset of the node's first byte.
func (n Node) Start() uint32 { return n.t.tokStart[n.t.nodes[n.id].First] }

// End returns the offset behind the node's last byte.
func (n Node) End() uint32 { return n.t.tokStart[n.t.nodes[n.id].Last+1] }

// Text returns the source text of the node; it shares memory with the source.
func (n Node) Text() string { return n.t.src[n.Start():n.End()] }

// FirstToken returns the node's first token.
func (n Node) FirstToken() Token { return Token{n.t, n.t.nodes[n.id].First} }

// LastToken returns the node's last token; for a node without text, the token before it, which is invalid
// at the start of the file.
func (n Node) LastToken() Token {
	last := n.t.nodes[n.id].Last
	if int(last) >= len(n.t.tokKinds) {
		return Token{} // a node without text before the first token
	}
	return Token{n.t, last}
}

// Parent returns the enclosing node; invalid for the root.
func (n Node) Parent() Node {
	if n.t == nil || n.id == 0 {
		return Node{}
	}
	return Node{n.t, n.t.parents[n.id]}
}

// FirstChild returns the first child, or an invalid node.
func (n Node) FirstChild() Node {
	if n.t == nil || n.id+1 >= n.t.nodes[n.id].End {
		return Node{}
	}
	return Node{n.t, n.id + 1}
}

// NextSibling returns the next child of the same parent, or an invalid node.
func (n Node) NextSibling() Node {
	if n.t == nil || n.id == 0 {
		return Node{}
	}
	next := n.t.nodes[n.id].End
	if next >= n.t.nodes[n.t.parents[n.id]].End {
		return Node{}
	}
	return Node{n.t, next}
}

// Child returns child i, from 0, or an invalid node. It costs one step for each earlier child.
func (n Node) Child(i int) Node {
	c := n.FirstChild()
	for ; i > 0 && c.IsValid(); i-- {
		c = c.NextSibling()
	}
	return c
}

// NumChildren counts the children.
func (n Node) NumChildren() int {
	count := 0
	for c := n.FirstChild(); c.IsValid(); c = c.NextSibling() {
		count++
	}
	return count
}

// Children yields the children in source order.
func (n Node) Children() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for c := n.FirstChild(); c.IsValid(); c = c.NextSibling() {
			if !yield(c) {
				return
			}
		}
	}
}

// Descendants yields the node's subtree in source order (preorder), the node itself first. It is a loop
// over an array: deep trees need no stack.
func (n Node) Descendants() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if n.t == nil {
			return
		}
		for id, end := n.id, n.t.nodes[n.id].End; id < end; id++ {
			if !yield(Node{n.t, id}) {
				return
			}
		}
	}
}

// Ancestors yields the parents from the nearest to the root.
func (n Node) Ancestors() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for p := n.Parent(); p.IsValid(); p = p.Parent() {
			if !yield(p) {
				return
			}
		}
	}
}

// SubtreeEnd returns the id one behind the last node of the subtree.
func (n Node) SubtreeEnd() NodeID { return n.t.nodes[n.id].End }

// Encloses reports whether o is n or lies in its subtree.
func (n Node) Encloses(o Node) bool {
	return n.t != nil && n.t == o.t && n.id <= o.id && o.id < n.t.nodes[n.id].End
}

// Unparen returns the expression inside any number of parentheses.
func (n Node) Unparen() Node {
	for n.Is(Paren) {
		n = n.FirstChild()
	}
	return n
}

// Tail returns the expression whose value n has, inside parentheses and behind let and with, which evaluate nothing else.
func (n Node) Tail() Node {
	for {
		switch n.Kind() {
		case Paren:
			n = n.FirstChild()
		case Let, With:
			n = n.Child(1)
		default:
			return n
		}
	}
}

// OutsideParens returns the outermost node that is n in any number of parentheses.
func (n Node) OutsideParens() Node {
	for n.Parent().Is(Paren) {
		n = n.Parent()
	}
	return n
}
