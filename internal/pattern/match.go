package pattern

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// Capture is the code that a metavariable stands for.
type Capture struct {
	Name string // without dollar signs
	// Node is the code, where it is one node; invalid for $$$xs, and for parts of a selection and of a set that stand in pieces.
	Node ast.Node
	// Span is the code with all that stands in it; empty for $$$xs that stand for nothing, and the first of the pieces where
	// the code stands in several.
	Span source.Span
	many bool
	made bool   // the code does not stand in one piece: it is text
	text string // of made
	bare bool   // of a selection without its last parts
	tree *ast.Tree
}

// Text returns the code.
func (c Capture) Text() string {
	if c.made {
		return c.text
	}
	return c.Span.Of(c.tree.Source())
}

// InPieces reports whether the code does not stand in the file as it is: Text has put it together.
func (c Capture) InPieces() bool { return c.made }

// Many reports whether the metavariable is written with three dollar signs.
func (c Capture) Many() bool { return c.many }

// level returns how tightly the code binds.
func (c Capture) level() nixlang.Level {
	switch {
	case c.bare:
		return nixlang.LevelSelect
	case c.Node.IsValid():
		return nixlang.LevelOf(c.Node)
	}
	return nixlang.LevelSimple
}

// same reports whether two captures are the same code, up to trivia and parentheses around.
func (c Capture) same(o Capture) bool {
	if c.made || o.made {
		return c.Text() == o.Text()
	}
	if c.Span.Len() == 0 || o.Span.Len() == 0 {
		return c.Span.Len() == o.Span.Len()
	}
	a, lastA := tokensOf(c)
	b, lastB := tokensOf(o)
	return nixlang.SameTokens(a, lastA, b, lastB)
}

func tokensOf(c Capture) (first, last ast.Token) {
	if c.Node.IsValid() {
		n := c.Node.Unparen()
		return n.FirstToken(), n.LastToken()
	}
	return c.tree.TokenAt(c.Span.Start), c.tree.TokenAt(c.Span.End - 1)
}

// matcher matches a pattern against one node after the other. What is still to be matched are goals; where there is a
// choice, one way after the other is gone to the end.
type matcher struct {
	p     *Pattern
	names *sema.Info
	sets  map[ast.NodeID]*attrs.Merged // of the file, once they are asked for

	bound    []Capture // by variable from 1
	isBound  []bool
	trail    []int // the bound variables, in order
	possible bool
	at       []ast.Node // by node of the pattern: what it met
	rests    []ast.Node // sets that have more than the pattern asks for
	end      uint32     // of a match that ends inside the selection that it begins in, else 0

	steps int // of all attempts
	fuel  int // left of this one
	cut   bool
	found func() (stop bool)
	given []given // what variables stand for from the start
	goals *goals
}

type given struct {
	v int
	c Capture
}

// stepsOf is what an attempt may take beside stepsPerNode for each node that it looks at.
const (
	stepsOf      = 1 << 14
	stepsPerNode = 32
)

// goal is one thing to match, and those that come then.
type goal struct {
	do      doing
	p, t    ast.Node
	seq     *sequence
	i, j    int
	set     *set
	of      *attrs.Set
	a       *attrs.Attr
	b       *attrs.Attr
	used    []*attrs.Attr
	dyn     []int // used dynamic attributes
	formals *formals
	next    *goal
}

// goals gives goals their memory: those of an attempt are gone with it.
type goals struct {
	room []goal
	used int
}

// leastGoals and mostGoals bound the number of goals for which there is memory at a time.
const leastGoals, mostGoals = 4, 64

func (m *matcher) goal(g goal) *goal {
	x := m.goals
	if x.used == len(x.room) {
		x.room, x.used = make([]goal, max(leastGoals, min(2*len(x.room), mostGoals))), 0 // the others are in use
	}
	at := &x.room[x.used]
	x.used++
	*at = g
	return at
}

type doing uint8

const (
	doExpr doing = iota
	doPart
	doSequence
	doSet
	doNamed
	doDynamic
	doRest
	doAttr
	doFormals
)

type mark struct {
	trail, rests int
	possible     bool
}

func (m *matcher) mark() mark { return mark{len(m.trail), len(m.rests), m.possible} }

func (m *matcher) undo(to mark) {
	for _, v := range m.trail[to.trail:] {
		m.isBound[v] = false
	}
	m.trail, m.rests, m.possible = m.trail[:to.trail], m.rests[:to.rests], to.possible
}

// solve goes for the goals and reports whether the search is to stop.
func (m *matcher) solve(g *goal) (stop bool) {
	for g != nil {
		m.steps++
		if m.fuel--; m.fuel < 0 {
			m.cut = true
			return true
		}
		ok := false
		next := g.next
		switch g.do {
		case doExpr:
			next, ok = m.expr(g.p, g.t, next)
		case doPart:
			next, ok = m.part(g.p, g.t, next)
		case doAttr:
			next, ok = m.attr(g.a, g.b, next)
		case doSet:
			next, ok = m.set(g)
		case doRest:
			ok = m.rest(g)
		case doSequence:
			return m.sequence(g)
		case doNamed:
			return m.named(g)
		case doDynamic:
			return m.dynamic(g)
		case doFormals:
			return m.formals(g)
		}
		if !ok {
			return false
		}
		g = next
	}
	return m.found()
}

// try goes one way of a choice.
func (m *matcher) try(g *goal) (stop bool) {
	at := m.mark()
	if m.solve(g) {
		return true
	}
	m.undo(at)
	return false
}

// bind gives a metavariable its code, or compares it with what it has.
func (m *matcher) bind(of meta, c Capture) bool {
	if of.v == anonymous {
		return true
	}
	c.tree, c.many = m.names.Tree(), of.many
	if m.isBound[of.v] {
		return m.bound[of.v].same(c)
	}
	c.Name = m.p.vars[of.v-1]
	m.bound[of.v], m.isBound[of.v] = c, true
	m.trail = append(m.trail, of.v)
	return true
}

// bindNode binds an expression without the parentheses around it, unless there are comments between.
func (m *matcher) bindNode(of meta, n ast.Node) bool {
	inner := n.Unparen()
	if !inner.IsValid() {
		return false
	}
	if inner != n && (n.Tree().HasComment(source.Span{Start: n.Start(), End: inner.Start()}) || n.Tree().HasComment(source.Span{Start: inner.End(), End: n.End()})) {
		inner = n
	}
	return m.bind(of, Capture{Node: inner, Span: inner.Span()})
}

func (m *matcher) expr(p, t ast.Node, next *goal) (*goal, bool) {
	p = p.Unparen()
	if of := m.p.meta(p); of.v != 0 {
		m.at[p.ID()] = t
		return next, t.IsValid() && !t.HasError() && m.bindNode(of, t)
	}
	t = t.Unparen()
	if !p.IsValid() || !t.IsValid() {
		return nil, false
	}
	m.at[p.ID()] = t
	switch p.Kind() {
	case ast.Ident:
		return next, t.Is(ast.Ident) && t.Text() == p.Text() || m.sameBuiltin(p, t)
	case ast.Select:
		return m.selection(p, t, next)
	case ast.String, ast.IndString, ast.URI:
		return m.text(p, t, next)
	}
	if p.Kind() != t.Kind() {
		return nil, false
	}
	switch p.Kind() {
	case ast.Int:
		a, okA := ast.IntValue(p)
		b, okB := ast.IntValue(t)
		return next, okA && okB && a == b
	case ast.Float, ast.SearchPath:
		return next, p.Text() == t.Text()
	case ast.Path:
		return m.pieces(rawPieces(p), rawPieces(t), next)
	case ast.List:
		return m.items(slices.Collect(p.Children()), slices.Collect(t.Children()), next), true
	case ast.AttrSet:
		return m.literals(p, t, next), true
	case ast.LegacyLet:
		return m.literals(p, t, next), true
	case ast.Let:
		next = m.goal(goal{do: doExpr, p: p.Child(1), t: t.Child(1), next: next})
		m.at[p.FirstChild().ID()] = t.FirstChild()
		return m.literals(p.FirstChild(), t.FirstChild(), next), true
	case ast.Apply:
		return m.apply(p, t, next), true
	case ast.Lambda:
		return m.lambda(ast.LambdaExpr{Node: p}, ast.LambdaExpr{Node: t}, next)
	case ast.HasAttr:
		a, b := ast.HasAttrExpr{Node: p}, ast.HasAttrExpr{Node: t}
		next, ok := m.parts(a.Attrpath().Parts(), b.Attrpath().Parts(), next)
		return m.goal(goal{do: doExpr, p: a.Operand(), t: b.Operand(), next: next}), ok
	case ast.Unary, ast.Binary:
		if p.Op() != t.Op() {
			return nil, false
		}
		fallthrough
	case ast.If, ast.With, ast.Assert:
		return m.children(p, t, next)
	}
	return nil, false
}

// children matches the expressions in two nodes of one kind.
func (m *matcher) children(p, t ast.Node, next *goal) (*goal, bool) {
	var todo []*goal
	b := t.FirstChild()
	for a := range p.Children() {
		if !b.IsValid() {
			return nil, false
		}
		todo = append(todo, m.goal(goal{do: doExpr, p: a, t: b}))
		b = b.NextSibling()
	}
	for i := len(todo) - 1; i >= 0; i-- {
		todo[i].next, next = next, todo[i]
	}
	return next, !b.IsValid()
}

// apply matches calls: argument by argument, or all of them where some of the pattern's stand for several.
func (m *matcher) apply(p, t ast.Node, next *goal) *goal {
	if !m.p.variadic(p) {
		a, b := ast.ApplyExpr{Node: p}, ast.ApplyExpr{Node: t}
		next = m.goal(goal{do: doExpr, p: a.Arg(), t: b.Arg(), next: next})
		return m.goal(goal{do: doExpr, p: a.Func(), t: b.Func(), next: next})
	}
	fn, args := ast.Call(p)
	tf, targs := ast.Call(t)
	return m.goal(goal{do: doExpr, p: fn, t: tf, next: m.items(args, targs, next)})
}

func (m *matcher) lambda(p, t ast.LambdaExpr, next *goal) (*goal, bool) {
	next = m.goal(goal{do: doExpr, p: p.Body(), t: t.Body(), next: next})
	a, b := p.Param(), t.Param()
	m.at[a.ID()] = b
	switch {
	case a.Is(ast.Name) && m.p.meta(a).v != 0:
		return next, m.bind(m.p.meta(a), Capture{Node: b, Span: b.Span()})
	case a.Kind() != b.Kind():
		return nil, false
	case a.Is(ast.Name):
		return next, a.Text() == b.Text()
	}
	return m.pattern(ast.PatternNode{Node: a}, ast.PatternNode{Node: b}, next)
}

// parts matches attribute paths part by part.
func (m *matcher) parts(p, t []ast.Node, next *goal) (*goal, bool) {
	if len(p) != len(t) {
		return nil, false
	}
	for i := len(p) - 1; i >= 0; i-- {
		next = m.goal(goal{do: doPart, p: p[i], t: t[i], next: next})
	}
	return next, true
}

// part matches parts of attribute paths.
func (m *matcher) part(p, t ast.Node, next *goal) (*goal, bool) {
	m.at[p.ID()] = t
	if of := m.p.meta(p); of.v != 0 {
		return next, m.bind(of, Capture{Node: t, Span: t.Span()})
	}
	a, okA := ast.AttrName(p)
	b, okB := ast.AttrName(t)
	switch {
	case okA || okB:
		return next, okA && okB && a == b
	case p.Is(ast.Interpolation) && t.Is(ast.Interpolation):
		return m.goal(goal{do: doExpr, p: p.FirstChild(), t: t.FirstChild(), next: next}), true
	case p.Is(ast.String) && t.Is(ast.String):
		return m.pieces(stringPieces(p), stringPieces(t), next)
	}
	return nil, false
}
