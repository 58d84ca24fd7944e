package pattern

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// chain is a selection without a default: what it begins with, and its parts, through parentheses.
type chain struct {
	base  ast.Node
	parts []ast.Node
}

func chainOf(n ast.Node) chain {
	n = n.Unparen()
	s, ok := ast.AsSelect(n)
	if !ok || s.Default().IsValid() {
		return chain{base: n}
	}
	c := chainOf(s.Operand())
	c.parts = append(c.parts, s.Attrpath().Parts()...)
	return c
}

// selection matches a selection of the pattern.
func (m *matcher) selection(p, t ast.Node, next *goal) (*goal, bool) {
	s := ast.SelectExpr{Node: p}
	if s.Default().IsValid() {
		o, ok := ast.AsSelect(t)
		if !ok || !o.Default().IsValid() {
			return nil, false
		}
		next = m.goal(goal{do: doExpr, p: s.Default(), t: o.Default(), next: next})
		a, b := chainOf(s.Operand()), chainOf(o.Operand())
		a.parts, b.parts = append(a.parts, s.Attrpath().Parts()...), append(b.parts, o.Attrpath().Parts()...)
		return m.chains(a, b, next)
	}
	c := chainOf(p)
	if t.Is(ast.Ident) {
		return m.bareName(p, c, t, next)
	}
	o, ok := ast.AsSelect(t)
	if !ok || o.Default().IsValid() {
		return nil, false
	}
	d := chainOf(t)
	if n := len(d.parts); m.end != 0 { // only the first parts are looked at
		for n > 0 && d.parts[n-1].End() > m.end {
			n--
		}
		d.parts = d.parts[:n]
		return m.chains(c, d, next)
	}
	if m.isLib(c, t) || m.sameBuiltin(p, t) {
		return m.parts(c.parts[len(c.parts)-1:], d.parts[len(d.parts)-1:], next)
	}
	return m.chains(c, d, next)
}

// chains matches selections part by part. A metavariable that begins one takes the first parts of a longer one.
func (m *matcher) chains(p, t chain, next *goal) (*goal, bool) {
	more := len(t.parts) - len(p.parts)
	of := m.p.meta(p.base)
	switch {
	case more < 0 || more > 0 && of.v == 0:
		return nil, false
	case more == 0:
		next = m.goal(goal{do: doExpr, p: p.base, t: t.base, next: next})
		return m.parts(p.parts, t.parts, next)
	}
	last := t.parts[more-1]
	m.at[p.base.ID()] = ast.Node{}
	if !m.bind(of, Capture{Span: source.Span{Start: t.base.Start(), End: last.End()}, bare: true}) {
		return nil, false
	}
	return m.parts(p.parts, t.parts[more:], next)
}

// isLib reports whether a selection of the pattern that begins with lib means the same part of nixpkgs' lib as one of the
// file, but for its last part.
func (m *matcher) isLib(p chain, t ast.Node) bool {
	want, ok := m.libPath(p)
	if !ok {
		return false
	}
	got, ok := nixlang.LibSource(m.names, t)
	if !ok || got == "" {
		return false
	}
	return got[:max(strings.LastIndexByte(got, '.'), 0)] == want
}

// libPath returns the path below lib that a selection takes its last part from.
func (m *matcher) libPath(p chain) (string, bool) {
	if len(p.parts) == 0 || !p.base.Is(ast.Ident) || m.p.meta(p.base).v != 0 || p.base.Text() != "lib" {
		return "", false
	}
	var names []string
	for _, part := range p.parts[:len(p.parts)-1] {
		name, static := ast.AttrName(part)
		if !static || m.p.meta(part).v != 0 {
			return "", false
		}
		names = append(names, name)
	}
	return strings.Join(names, "."), true
}

// sameBuiltin reports whether a name or selection of the pattern and one of the file mean the same builtin.
func (m *matcher) sameBuiltin(p, t ast.Node) bool {
	if !t.Is(ast.Ident) && !t.Is(ast.Select) || m.p.meta(p).v != 0 {
		return false
	}
	name := nixlang.Builtin(m.p.names, p)
	return name != "" && name == nixlang.Builtin(m.names, t)
}

// bareName matches a selection of the pattern with a name of the file that an inherit takes from the same set, or a with gives.
func (m *matcher) bareName(p ast.Node, c chain, t ast.Node, next *goal) (*goal, bool) {
	if len(c.parts) == 0 || m.p.meta(c.base).v != 0 {
		return nil, false
	}
	if m.sameBuiltin(p, t) {
		return next, true
	}
	last := c.parts[len(c.parts)-1]
	from := chain{c.base, c.parts[:len(c.parts)-1]}
	if m.p.meta(last).v == 0 {
		if name, ok := ast.AttrName(last); !ok || name != t.Text() {
			return nil, false
		}
	}
	u, ok := m.names.Use(t)
	if !ok {
		return nil, false
	}
	next = m.goal(goal{do: doPart, p: last, t: t, next: next})
	switch u.Target {
	case sema.ToBinding:
		in, ok := ast.AsInherit(m.names.Binding(u.Binding).Decl)
		if !ok || !in.From().IsValid() {
			return nil, false
		}
		return m.source(c, from, in.From(), next)
	case sema.ToWith:
		envs := withs(m.names, u.Scope)
		for _, env := range envs {
			if g, ok := m.source(c, from, env, next); ok && m.plausible(from, env) {
				m.possible = m.possible || len(envs) > 1
				return g, true
			}
		}
	}
	return nil, false
}

// source matches where a bare name comes from.
func (m *matcher) source(whole, from chain, env ast.Node, next *goal) (*goal, bool) {
	if want, ok := m.libPath(whole); ok {
		if got, ok := nixlang.LibSource(m.names, env); ok && got == want {
			return next, true
		}
	}
	return m.chains(from, chainOf(env), next)
}

// plausible reports whether a selection of the pattern can be the set of a with: which of several is meant is decided before
// all of it is compared.
func (m *matcher) plausible(from chain, env ast.Node) bool {
	if from.base.Text() == "lib" {
		if _, ok := nixlang.LibSource(m.names, env); ok {
			return true
		}
	}
	o := chainOf(env)
	return from.base.Is(o.base.Kind()) && from.base.Text() == o.base.Text()
}

// maxWiths bounds the scopes around a name that are looked at.
const maxWiths = 256

// withs returns the sets that withs around a scope open, the innermost first.
func withs(names *sema.Info, scope sema.ScopeID) (envs []ast.Node) {
	for range maxWiths {
		if scope == 0 {
			break
		}
		s := names.Scope(scope)
		if s.Node.Is(ast.With) {
			envs = append(envs, ast.WithExpr{Node: s.Node}.Env())
		}
		scope = s.Parent
	}
	return envs
}
