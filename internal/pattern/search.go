package pattern

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/sema"
)

// Match is a place that a pattern matches.
type Match struct {
	// Node is what the pattern's expression matched: of a set, the literal.
	Node ast.Node
	// Span is the place: that of Node, of the first parts of a selection, or of the statement that a pattern of one attribute
	// has met.
	Span source.Span
	// Vars are the captures of the metavariables, in the order of Pattern.Vars.
	Vars []Capture
	// Possible is set where several withs may give a name, so that it may mean something else.
	Possible bool

	p     *Pattern
	at    []ast.Node
	rests []ast.Node
	bare  bool // only the first parts of a selection
	dots  bool // a set that dotted attributes make in Node
}

// Var returns the capture of a metavariable.
func (m *Match) Var(name string) (Capture, bool) {
	i := slices.Index(m.p.vars, name)
	if i < 0 {
		return Capture{}, false
	}
	return m.Vars[i], true
}

// Found is what a pattern matches in a file.
type Found struct {
	Matches []Match // by place
	// Cut is set where looking for matches would have taken too long, so that there may be more.
	Cut bool
	// Steps tells how much work it was.
	Steps int
}

// maxSteps is what a pattern may take in one file.
const maxSteps = 1 << 25

// Find returns all matches in a file. Nodes with syntax errors match nothing.
func (p *Pattern) Find(names *sema.Info) Found {
	t := names.Tree()
	if !t.Kinds().HaveAny(p.kinds) || !p.MayMatch(t.Source()) {
		return Found{}
	}
	f := finder{m: p.matcher(names, map[ast.NodeID]*attrs.Merged{}, new(goals))}
	for id := range t.Records() {
		n := t.Node(ast.NodeID(id))
		if f.m.steps > maxSteps {
			f.Cut = true
			break
		}
		if p.kinds.HaveAny(ast.KindsOf(n.Kind())) {
			f.look(n)
		}
	}
	return f.finish()
}

// At returns the first match of the pattern with a node, and whether there is one.
func (p *Pattern) At(names *sema.Info, n ast.Node) (Match, bool) {
	f := finder{m: p.matcher(names, map[ast.NodeID]*attrs.Merged{}, new(goals))}
	if n = n.Unparen(); p.kinds.HaveAny(ast.KindsOf(n.Kind())) {
		f.look(n)
	}
	if len(f.Matches) == 0 {
		return Match{}, false
	}
	return f.Matches[0], true
}

// Beside is At for a pattern that is told of beside a match of another: metavariables of the same name stand for the same code.
func (p *Pattern) Beside(names *sema.Info, n ast.Node, other *Match) (Match, bool) {
	if n = n.Unparen(); !p.kinds.HaveAny(ast.KindsOf(n.Kind())) {
		return Match{}, false
	}
	f := finder{m: p.matcher(names, map[ast.NodeID]*attrs.Merged{}, new(goals))}
	for i, name := range p.vars {
		if c, ok := other.Var(name); ok {
			f.m.given = append(f.m.given, given{i + 1, c})
		}
	}
	f.look(n)
	if len(f.Matches) == 0 {
		return Match{}, false
	}
	return f.Matches[0], true
}

// MayMatch reports whether a text has all the words that the pattern needs. Quoted names may have escapes, and are not
// looked for then.
func (p *Pattern) MayMatch(text string) bool {
	for _, w := range p.words {
		if !strings.Contains(text, w) {
			return strings.Contains(text, `"\`)
		}
	}
	return true
}

func (p *Pattern) matcher(names *sema.Info, sets map[ast.NodeID]*attrs.Merged, room *goals) *matcher {
	return &matcher{
		p: p, names: names, sets: sets, goals: room,
		bound: make([]Capture, len(p.vars)+1), isBound: make([]bool, len(p.vars)+1), at: make([]ast.Node, len(p.metas)),
	}
}

type finder struct {
	Found
	m    *matcher
	dots bool // what is tried is made by dotted attributes

	// of an attempt: the node and the place of a match, and the places of those that were found
	first goal
	node  ast.Node
	span  source.Span
	seen  map[source.Span]bool
	// part is the last part of the one attribute that the pattern is, where one tells that it is one.
	part  ast.Node
	one   bool
	ready bool
}

// look tries a node and, of a selection, its first parts.
func (f *finder) look(n ast.Node) {
	p := f.m.p
	if n.HasError() {
		return
	}
	if (n.Is(ast.Apply) || n.Is(ast.Ident)) && !f.callsHead(n) {
		return
	}
	if n.Is(ast.AttrSet) && p.root.Is(ast.AttrSet) {
		f.lookInSet(n)
		return
	}
	s, ok := ast.AsSelect(n)
	if !ok && !p.fits(p.root, n, depthOfFit) {
		return
	}
	f.attempt(goal{do: doExpr, p: p.root, t: n}, n, n.Span())
	if !ok || s.Default().IsValid() || !p.root.Is(ast.Select) {
		return
	}
	c := chainOf(n)
	own := len(s.Attrpath().Parts())
	want := len(chainOf(p.root).parts)
	for i := len(c.parts) - own; i < min(len(c.parts)-1, maxPrefixes); i++ {
		if i+1 < want {
			continue
		}
		f.m.end = c.parts[i].End()
		f.attempt(goal{do: doExpr, p: p.root, t: n}, n, source.Span{Start: n.Start(), End: f.m.end})
		f.m.end = 0
	}
}

// callsHead reports whether a call has the function that the pattern names, or may have, and as many arguments. Of a pattern
// with any number of arguments that is asked of whole calls only.
func (f *finder) callsHead(n ast.Node) bool {
	p := f.m.p
	if p.args < 0 {
		out := n.OutsideParens()
		if up := out.Parent(); up.Is(ast.Apply) && up.FirstChild() == out {
			return false
		}
		n, _ = ast.Call(n)
		return p.head == "" || headName(n) == p.head
	}
	if p.head == "" {
		return true
	}
	for range p.args {
		if n = n.Unparen(); !n.Is(ast.Apply) {
			return false
		}
		n = n.FirstChild()
	}
	return headName(n) == p.head
}

// maxPrefixes bounds the parts of a selection after which its first parts are tried.
const maxPrefixes = 64

// lookInSet tries a set literal, and the sets that its dotted attributes make.
func (f *finder) lookInSet(n ast.Node) {
	p := f.m.p
	for s := range f.m.merged(n).Walk() {
		if s.Literal.IsValid() && s.Literal != n {
			continue
		}
		f.dots = !s.Literal.IsValid()
		span := n.Span()
		if f.dots {
			span = spanOf(s)
		}
		f.attempt(goal{do: doSet, set: p.sets[p.root.ID()], of: s, t: n}, n, span)
	}
	f.dots = false
}

// attempt goes for a goal and keeps the matches: the first or, of a set with one attribute, all.
func (f *finder) attempt(g goal, n ast.Node, span source.Span) {
	m := f.m
	m.undo(mark{})
	m.goals.used = 0
	clear(m.at)
	for _, g := range m.given {
		m.bound[g.v], m.isBound[g.v] = g.c, true
		m.trail = append(m.trail, g.v)
	}
	m.fuel, m.cut = stepsOf+stepsPerNode*int(n.SubtreeEnd()-n.ID()), false
	if !f.ready {
		f.part, f.one = m.p.only()
		m.found, f.ready = f.take, true
	}
	f.first, f.node, f.span = g, n, span
	clear(f.seen)
	m.solve(&f.first)
	f.Cut = f.Cut || m.cut
}

// take takes what all goals of an attempt have led to, and reports whether the search is to stop.
func (f *finder) take() (stop bool) {
	m, n := f.m, f.node
	match := Match{Node: n, Span: f.span, Vars: slices.Clone(m.bound[1:]), Possible: m.possible, p: m.p, at: slices.Clone(m.at), rests: slices.Clone(m.rests), bare: m.end != 0, dots: f.dots}
	if f.one {
		at := m.at[f.part.ID()]
		part := at
		for part.IsValid() && !part.Is(ast.Binding) && !part.Is(ast.Inherit) && part != n {
			part = part.Parent()
		}
		if part.IsValid() {
			match.Span = part.Span()
		}
		if at.IsValid() && part.Is(ast.Inherit) {
			match.Span = at.Span()
		}
		if f.seen[match.Span] {
			return false
		}
		if f.seen == nil {
			f.seen = map[source.Span]bool{}
		}
		f.seen[match.Span] = true
	}
	f.Matches = append(f.Matches, match)
	return !f.one
}

// depthOfFit is how deep fits looks.
const depthOfFit = 4

// fits reports whether code may be what a part of the pattern matches, as far as kinds, operators and last names tell. It costs much less
// than an attempt.
func (p *Pattern) fits(want, n ast.Node, depth int) bool {
	want = want.Unparen()
	if !want.IsValid() || p.meta(want).v != 0 || depth == 0 {
		return true
	}
	n = n.Unparen()
	switch want.Kind() {
	case ast.Ident, ast.Select:
		if !n.Is(ast.Ident) && !n.Is(ast.Select) {
			return false
		}
		name, of := p.headOf(want), headName(n)
		return name == "" || of == "" || name == of
	case ast.String, ast.IndString, ast.URI:
		return n.Is(ast.String) || n.Is(ast.IndString) || n.Is(ast.URI)
	}
	if !n.Is(want.Kind()) {
		return false
	}
	switch want.Kind() {
	case ast.Binary, ast.Unary:
		if want.Op() != n.Op() {
			return false
		}
	case ast.Apply:
		if p.meta(want.Child(1).Unparen()).many {
			return true
		}
		if want := want.FirstChild().Unparen(); want.Is(ast.Apply) && p.meta(want.Child(1).Unparen()).many {
			return p.fits(want.Child(1), n.Child(1), depth-1)
		}
	default:
		return true
	}
	a, b := want.FirstChild(), n.FirstChild()
	for ; a.IsValid() && b.IsValid(); a, b = a.NextSibling(), b.NextSibling() {
		if !p.fits(a, b, depth-1) {
			return false
		}
	}
	return true
}

// only returns the last part of the path of the one attribute that the pattern is, if it is a set with one and no more.
func (p *Pattern) only() (ast.Node, bool) {
	if !p.root.Is(ast.AttrSet) {
		return ast.Node{}, false
	}
	c := p.root.FirstChild()
	if !c.IsValid() || c.NextSibling().IsValid() || len(p.sets[p.root.ID()].rests) > 0 {
		return ast.Node{}, false
	}
	if b, ok := ast.AsBinding(c); ok {
		return b.Attrpath().Last(), true
	}
	for name := range (ast.InheritNode{Node: c}).Names() {
		if !name.NextSibling().IsValid() {
			return name, true
		}
	}
	return ast.Node{}, false
}
