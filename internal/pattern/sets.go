package pattern

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/attrs"
)

// set is an attrset of the pattern, or the bindings of a let, with dotted attributes nested.
type set struct {
	rec     bool
	closed  bool          // nothing else may be there
	static  []*attrs.Attr // by name
	named   []*attrs.Attr // with a metavariable for a name
	dynamic []attrs.Dynamic
	rests   []rest
}

// rest is $$$rest among the attributes of a set, and the statement before it.
type rest struct {
	name   ast.Node
	before ast.Node
}

func (p *Pattern) readSet(of *attrs.Set) *set {
	s := &set{rec: of.Rec}
	empty := true
	for _, a := range of.Attrs {
		switch m := p.meta(a.Part); {
		case m.many:
			continue
		case m.v != 0:
			s.named = append(s.named, a)
		default:
			s.static = append(s.static, a)
		}
		empty = false
		if a.Set != nil {
			p.implied[a.Set] = p.readSet(a.Set)
		}
	}
	s.dynamic = of.Dynamic
	for _, d := range of.Dynamic {
		if d.Set != nil {
			p.implied[d.Set] = p.readSet(d.Set)
		}
	}
	literals := append([]ast.Node{of.Literal}, of.Later...)
	for _, l := range literals {
		if !l.IsValid() {
			continue
		}
		last := ast.Node{}
		for c := range l.Children() {
			if b, ok := ast.AsBinding(c); ok && p.meta(b.Attrpath().First()).many {
				s.rests = append(s.rests, rest{b.Attrpath().First(), last})
			} else {
				last = c
			}
		}
	}
	s.closed = len(s.rests) == 0 && (empty && len(s.dynamic) == 0 || of.Literal.Is(ast.Bindings))
	return s
}

// literals returns the goal to match set literals, or the bindings of lets.
func (m *matcher) literals(p, t ast.Node, next *goal) *goal {
	return m.goal(goal{do: doSet, set: m.p.sets[p.ID()], of: &m.merged(t).Set, t: t, next: next})
}

// merged returns the attributes of a set literal of the file.
func (m *matcher) merged(t ast.Node) *attrs.Merged {
	x := m.sets[t.ID()]
	if x == nil {
		x = attrs.Merge(t)
		m.sets[t.ID()] = x
	}
	return x
}

// set matches the attributes that the pattern names.
func (m *matcher) set(g *goal) (*goal, bool) {
	s, of := g.set, g.of
	want := len(s.static) + len(s.named)
	if s.rec != of.Rec || len(of.Attrs) < len(s.static) || len(of.Dynamic) < len(s.dynamic) ||
		s.closed && (len(of.Attrs) > want || len(of.Dynamic) > len(s.dynamic)) {
		return nil, false
	}
	next := m.goal(goal{do: doNamed, set: s, of: of, t: g.t, next: g.next})
	todo := next
	for i := len(s.static) - 1; i >= 0; i-- {
		a := s.static[i]
		b := of.Attr(a.Name)
		if b == nil {
			return nil, false
		}
		next.used = append(next.used, b)
		todo = m.goal(goal{do: doAttr, a: a, b: b, set: s, next: todo})
	}
	return todo, true
}

// named matches the attributes with a metavariable for a name, g.i the first that is left.
func (m *matcher) named(g *goal) (stop bool) {
	if g.i == len(g.set.named) {
		return m.solve(m.goal(goal{do: doDynamic, set: g.set, of: g.of, t: g.t, used: g.used, next: g.next}))
	}
	a := g.set.named[g.i]
	for _, b := range g.of.Attrs {
		if m.cut {
			return true
		}
		m.fuel--
		m.steps++
		used := g.used
		if !slices.Contains(used, b) {
			used = append(slices.Clip(used), b)
		} else if a.Set == nil { // dotted attributes may share their first part with others
			continue
		}
		next := m.goal(goal{do: doNamed, i: g.i + 1, set: g.set, of: g.of, t: g.t, used: used, next: g.next})
		if m.try(m.goal(goal{do: doAttr, a: a, b: b, set: g.set, next: next})) {
			return true
		}
	}
	if a.Kind != attrs.Plain {
		return false
	}
	return m.computed(g, attrs.Dynamic{Part: a.Part, Value: a.Value, Set: a.Set}) // a computed name is one, too
}

// dynamic matches the attributes with computed names, g.i the first that is left.
func (m *matcher) dynamic(g *goal) (stop bool) {
	if g.i == len(g.set.dynamic) {
		return m.solve(m.goal(goal{do: doRest, set: g.set, of: g.of, t: g.t, used: g.used, dyn: g.dyn, next: g.next}))
	}
	return m.computed(g, g.set.dynamic[g.i])
}

// computed matches an attribute, that of g.i, with those that have computed names.
func (m *matcher) computed(g *goal, a attrs.Dynamic) (stop bool) {
	for i, d := range g.of.Dynamic {
		if m.cut {
			return true
		}
		if slices.Contains(g.dyn, i) {
			continue
		}
		at := m.mark()
		next := m.goal(goal{do: g.do, i: g.i + 1, set: g.set, of: g.of, t: g.t, used: g.used, dyn: append(slices.Clip(g.dyn), i), next: g.next})
		if val, ok := m.value(a.Value, m.p.implied[a.Set], d.Value, d.Set, next); ok && m.solve(m.goal(goal{do: doPart, p: a.Part, t: d.Part, next: val})) {
			return true
		}
		m.undo(at)
	}
	return false
}

// attr matches one attribute. An inherited name is the variable of that name.
func (m *matcher) attr(a, b *attrs.Attr, next *goal) (*goal, bool) {
	m.at[a.Part.ID()] = b.Part
	if of := m.p.meta(a.Part); of.v != 0 && !m.bind(of, Capture{Node: b.Part, Span: b.Part.Span()}) {
		return nil, false
	}
	if a.Kind == attrs.InheritedFrom {
		if b.Kind != attrs.InheritedFrom {
			return nil, false
		}
		return m.goal(goal{do: doExpr, p: a.From.Expr, t: b.From.Expr, next: next}), true
	}
	if a.Kind == attrs.Inherited {
		v := b.Value.Unparen()
		return next, b.Kind == attrs.Inherited || b.Kind == attrs.Plain && v.Is(ast.Ident) && v.Text() == b.Name && b.Set == nil
	}
	value := a.Value.Unparen()
	of := m.p.meta(value)
	if value.IsValid() {
		m.at[value.ID()] = ast.Node{}
	}
	switch b.Kind {
	case attrs.Inherited:
		if of.v != 0 {
			return next, m.bind(of, Capture{Node: b.Part, Span: b.Part.Span()})
		}
		return next, value.Is(ast.Ident) && value.Text() == b.Name
	case attrs.InheritedFrom:
		text := b.From.Expr.Text()
		if chainOf(b.From.Expr).base.Is(ast.Ident) {
			text = b.From.Expr.Unparen().Text()
		} else {
			text = "(" + text + ")"
		}
		return next, of.v != 0 && m.bind(of, Capture{Span: b.Part.Span(), made: true, bare: true, text: text + "." + ast.QuoteAttr(b.Name)})
	}
	return m.value(a.Value, m.p.implied[a.Set], b.Value, b.Set, next)
}

// value matches the values of attributes, each an expression or what dotted attributes make.
func (m *matcher) value(p ast.Node, ps *set, t ast.Node, ts *attrs.Set, next *goal) (*goal, bool) {
	if ps == nil {
		inner := p.Unparen()
		of := m.p.meta(inner)
		switch {
		case ts == nil:
			return m.expr(p, t, next)
		case of.v != 0:
			m.at[inner.ID()] = ast.Node{}
			c := Capture{Span: spanOf(ts), made: true, text: written(ts)}
			return next, m.bind(of, c)
		case !inner.Is(ast.AttrSet):
			return nil, false
		}
		return m.goal(goal{do: doSet, set: m.p.sets[inner.ID()], of: ts, t: ts.Literal, next: next}), true
	}
	if ts == nil {
		t = t.Unparen()
		if !t.Is(ast.AttrSet) || t.HasError() {
			return nil, false
		}
		ts = &m.merged(t).Set
	}
	return m.goal(goal{do: doSet, set: ps, of: ts, t: ts.Literal, next: next}), true
}

// rest binds what the pattern does not name.
func (m *matcher) rest(g *goal) bool {
	s, of := g.set, g.of
	left := len(of.Attrs) - len(g.used) + len(of.Dynamic) - len(g.dyn)
	if left == 0 {
		for _, r := range s.rests {
			if !m.bind(m.p.meta(r.name), Capture{}) {
				return false
			}
		}
		return true
	}
	if s.closed {
		return false
	}
	if len(s.rests) == 0 || !of.Literal.IsValid() || len(of.Later) > 0 {
		m.rests = append(m.rests, enclosing(of))
	}
	if len(s.rests) == 0 {
		return true
	}
	if !of.Literal.IsValid() || len(of.Later) > 0 {
		return m.bindAll(s.rests, Capture{Span: spanOf(of), made: true, text: statements(of, g.used)})
	}
	// The statements that have nothing of what is named, by the $$$rest that they come to.
	taken := map[ast.NodeID]bool{}
	for _, a := range g.used {
		taken[statementOf(a.Part, of.Literal).ID()] = true
	}
	for _, i := range g.dyn {
		taken[statementOf(of.Dynamic[i].Part, of.Literal).ID()] = true
	}
	parts := make([][]ast.Node, len(s.rests))
	for c := range of.Literal.Children() {
		if taken[c.ID()] {
			continue
		}
		to := 0
		for i, r := range s.rests {
			if met := m.met(r.before); met.IsValid() && met.Start() < c.Start() {
				to = i
			}
		}
		parts[to] = append(parts[to], c)
	}
	for i, r := range s.rests {
		if !m.bind(m.p.meta(r.name), m.inPieces(parts[i], "\n")) {
			return false
		}
	}
	return true
}

// bindAll gives all to the first of several $$$rest.
func (m *matcher) bindAll(rests []rest, c Capture) bool {
	for i, r := range rests {
		if i > 0 {
			c = Capture{}
		}
		if !m.bind(m.p.meta(r.name), c) {
			return false
		}
	}
	return true
}

// met returns what the first name of a statement of the pattern has met.
func (m *matcher) met(statement ast.Node) ast.Node {
	if b, ok := ast.AsBinding(statement); ok {
		return m.at[b.Attrpath().First().ID()]
	}
	if in, ok := ast.AsInherit(statement); ok {
		for n := range in.Names() {
			return m.at[n.ID()]
		}
	}
	return ast.Node{}
}

// statementOf returns the statement of a literal that a node stands in.
func statementOf(n, literal ast.Node) ast.Node {
	for n.IsValid() && n.Parent() != literal {
		n = n.Parent()
	}
	return n
}

// enclosing returns a node that all of a set stands in.
func enclosing(of *attrs.Set) ast.Node {
	if of.Literal.IsValid() && len(of.Later) == 0 {
		return of.Literal
	}
	if len(of.Attrs) == 0 {
		return ast.Node{}
	}
	n := of.Attrs[0].Part
	for n.IsValid() && !n.Is(ast.AttrSet) && !n.Is(ast.Bindings) {
		n = n.Parent()
	}
	return n
}

func spanOf(of *attrs.Set) source.Span {
	for _, a := range of.Attrs {
		return a.Part.Span()
	}
	for _, d := range of.Dynamic {
		return d.Part.Span()
	}
	return source.Span{}
}

// written returns a set that stands in pieces as a literal.
func written(of *attrs.Set) string {
	text := "{ " + statements(of, nil) + " }"
	if of.Rec {
		text = "rec " + text
	}
	return text
}

func statements(of *attrs.Set, but []*attrs.Attr) string {
	var list []string
	for _, a := range of.Attrs {
		if slices.Contains(but, a) {
			continue
		}
		name := ast.QuoteAttr(a.Name)
		switch {
		case a.Kind == attrs.Inherited:
			list = append(list, "inherit "+name+";")
		case a.Kind == attrs.InheritedFrom:
			list = append(list, "inherit ("+a.From.Expr.Text()+") "+name+";")
		case a.Set != nil:
			list = append(list, name+" = "+written(a.Set)+";")
		default:
			list = append(list, name+" = "+a.Value.Text()+";")
		}
	}
	for _, d := range of.Dynamic {
		if d.Set != nil {
			list = append(list, d.Part.Text()+" = "+written(d.Set)+";")
		} else {
			list = append(list, d.Part.Text()+" = "+d.Value.Text()+";")
		}
	}
	return strings.Join(list, " ")
}
