package pattern

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// sequence is a list of the pattern beside one of the file.
type sequence struct {
	p, t []ast.Node
	// lost holds, by item, the first place at which going on with that item has failed. It is kept for items before which no
	// metavariable stands that stands elsewhere, too: then it fails at each later place.
	lost map[int]int
	free []bool
}

// items returns the goal to match a list with another.
func (m *matcher) items(p, t []ast.Node, next *goal) *goal {
	s := &sequence{p: p, t: t}
	if many := m.countMany(p); many > 1 {
		s.lost = map[int]int{}
		s.free = m.freeBefore(p)
	} else if many == 0 && len(p) != len(t) {
		s.t = nil // it fails at once
		if len(p) == 0 {
			s.p = []ast.Node{{}}
		}
	}
	return m.goal(goal{do: doSequence, seq: s, next: next})
}

func (m *matcher) countMany(p []ast.Node) (n int) {
	for _, x := range p {
		if m.p.meta(x).many {
			n++
		}
	}
	return n
}

// freeBefore tells for each item whether all metavariables before it stand nowhere else.
func (m *matcher) freeBefore(p []ast.Node) []bool {
	free := make([]bool, len(p)+1)
	seen := map[int]int{}
	open := 0 // variables that are seen and stand elsewhere
	for i, x := range p {
		free[i] = open == 0
		for n := range x.Descendants() {
			v := m.p.meta(n).v
			if v <= 0 {
				continue
			}
			if seen[v]++; seen[v] == 1 && m.p.uses[v] > 1 {
				open++
			} else if seen[v] == m.p.uses[v] && m.p.uses[v] > 1 {
				open--
			}
		}
	}
	return free
}

// sequence matches the items from g.i with those of the file from g.j.
func (m *matcher) sequence(g *goal) (stop bool) {
	s := g.seq
	if g.i == len(s.p) {
		return g.j == len(s.t) && m.solve(g.next)
	}
	of := m.p.meta(s.p[g.i])
	if !of.many {
		if g.j == len(s.t) || !s.p[g.i].IsValid() {
			return false
		}
		return m.solve(m.goal(goal{do: doExpr, p: s.p[g.i], t: s.t[g.j], next: m.goal(goal{do: doSequence, seq: s, i: g.i + 1, j: g.j + 1, next: g.next})}))
	}
	least := len(s.p) - g.i - 1 - m.countMany(s.p[g.i+1:])
	most := len(s.t) - g.j - least
	if most < 0 {
		return false
	}
	from := 0
	if m.countMany(s.p[g.i+1:]) == 0 {
		from = most // the last one takes what the others leave
	}
	free := s.free != nil && s.free[g.i]
	if at, known := s.lost[g.i]; free && known && g.j >= at {
		return false
	}
	for n := from; n <= most; n++ {
		at := m.mark()
		if m.bind(of, run(s.t[g.j:g.j+n])) && m.solve(m.goal(goal{do: doSequence, seq: s, i: g.i + 1, j: g.j + n, next: g.next})) {
			return true
		}
		m.undo(at)
		if m.cut {
			return true
		}
	}
	if free {
		s.lost[g.i] = g.j
	}
	return false
}

// run returns the capture of nodes in a row.
func run(nodes []ast.Node) Capture {
	if len(nodes) == 0 {
		return Capture{}
	}
	return Capture{Span: source.Span{Start: nodes[0].Start(), End: nodes[len(nodes)-1].End()}}
}

// pattern matches the formals of functions in any order.
func (m *matcher) pattern(p, t ast.PatternNode, next *goal) (*goal, bool) {
	open := false
	var static, named []ast.FormalNode
	rest := ast.Node{}
	for f := range p.Formals() {
		switch of := m.p.meta(f.Name()); {
		case of.many:
			open, rest = true, f.Name()
		case of.v != 0:
			named = append(named, f)
		default:
			static = append(static, f)
		}
	}
	if a, b := p.At(), t.At(); a.IsValid() {
		if !b.IsValid() {
			return nil, false
		}
		next = m.goal(goal{do: doPart, p: a, t: b, next: next})
	} else if b.IsValid() && !open {
		return nil, false
	}
	if p.HasEllipsis() && !t.HasEllipsis() || !open && p.HasEllipsis() != t.HasEllipsis() {
		return nil, false
	}
	left := slices.Collect(t.Formals())
	if !open && len(left) != len(static)+len(named) {
		return nil, false
	}
	byName := make(map[string]int, len(left))
	for i, f := range left {
		byName[f.Name().Text()] = i
	}
	f := &formals{named: named, rest: rest, all: left}
	for _, x := range static {
		i, ok := byName[x.Name().Text()]
		if !ok {
			return nil, false
		}
		f.used = append(f.used, i)
		if next, ok = m.formal(x, left[i], next); !ok {
			return nil, false
		}
	}
	return m.goal(goal{do: doFormals, seq: nil, formals: f, next: next}), true
}

// formals are those of the pattern with a metavariable for a name, and those of the file, of which some are used.
type formals struct {
	named []ast.FormalNode
	rest  ast.Node
	all   []ast.FormalNode
	used  []int
}

func (m *matcher) formal(p, t ast.FormalNode, next *goal) (*goal, bool) {
	if p.Default().IsValid() != t.Default().IsValid() {
		return nil, false
	}
	m.at[p.ID()], m.at[p.Name().ID()] = t.Node, t.Name()
	if of := m.p.meta(p.Name()); of.v != 0 && !m.bind(of, Capture{Node: t.Name(), Span: t.Name().Span()}) {
		return nil, false
	}
	if p.Default().IsValid() {
		next = m.goal(goal{do: doExpr, p: p.Default(), t: t.Default(), next: next})
	}
	return next, true
}

func (m *matcher) formals(g *goal) (stop bool) {
	f := g.formals
	if len(f.named) == 0 {
		if f.rest.IsValid() {
			var left []ast.Node
			for i, x := range f.all {
				if !slices.Contains(f.used, i) {
					left = append(left, x.Node)
				}
			}
			if !m.bind(m.p.meta(f.rest), m.inPieces(left, ", ")) {
				return false
			}
		}
		return m.solve(g.next)
	}
	for i, x := range f.all {
		if m.cut {
			return true
		}
		if slices.Contains(f.used, i) {
			continue
		}
		at := m.mark()
		if next, ok := m.formal(f.named[0], x, g.next); ok {
			after := &formals{f.named[1:], f.rest, f.all, append(slices.Clip(f.used), i)}
			if m.solve(m.goal(goal{do: doFormals, formals: after, next: next})) {
				return true
			}
		}
		m.undo(at)
	}
	return false
}

// inPieces returns the capture of nodes that need not stand in a row: as they stand where they do, else joined.
func (m *matcher) inPieces(nodes []ast.Node, between string) Capture {
	c := run(nodes)
	text := ""
	for i, n := range nodes {
		if i > 0 {
			text += between
			if nodes[i-1].NextSibling() != n {
				c.made = true
			}
		}
		text += n.Text()
	}
	if c.made {
		c.Span, c.text = nodes[0].Span(), text
	}
	return c
}
