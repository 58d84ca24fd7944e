package eval

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
)

// setOf lowers a merged set. n is the node that stands for it: the literal, or the part of a path that makes it.
func (l *lowerer) setOf(n ast.Node, s *attrs.Set) Expr {
	code := setCode{rec: s.Rec}
	outer := len(l.scopes)
	if s.Rec {
		l.scopes = append(l.scopes, l.scopeOf(s))
	}
	code.from = l.refs.Many(len(s.From))
	for i, from := range s.From {
		code.from[i] = l.source(from)
	}
	if !s.Rec && len(s.From) > 0 {
		l.scopes = append(l.scopes, scope{})
	}
	l.fill(&code, s, outer)
	l.scopes = l.scopes[:outer]
	code.index()
	l.code.sets = append(l.code.sets, code)
	return l.add(n, expr{op: opSet, a: uint32(len(l.code.sets) - 1)})
}

// scopeOf returns the scope of a recursive set or let.
func (l *lowerer) scopeOf(s *attrs.Set) scope {
	l.numbered++
	out := scope{names: l.texts.Many(len(s.Attrs))[:0], set: l.numbered}
	for _, a := range s.Attrs {
		out.bind(a.Name)
		l.code.unsafe = l.code.unsafe || operatorNames[a.Name]
	}
	return out
}

// source lowers what inherit takes attributes of.
func (l *lowerer) source(n ast.Node) Expr {
	e := l.expr(n)
	l.code.exprs[e].asked = true
	return e
}

// fill lowers the attributes of a set; outer is the number of scopes around it.
func (l *lowerer) fill(code *setCode, s *attrs.Set, outer int) {
	first := uint32(0) // the slot of the first source
	if s.Rec {
		first = uint32(len(s.Attrs))
	}
	code.attrs = l.attrs.Many(len(s.Attrs))
	for i, a := range s.Attrs {
		c := attrCode{sym: a.Name, start: a.Part.Start(), end: a.Part.End()}
		switch {
		case a.Set != nil:
			c.value = l.inner(a.Part, a.Set)
		case a.Kind == attrs.Inherited:
			inside := l.scopes
			l.scopes = l.scopes[:outer]
			c.value, c.outer = l.variable(a.Part, a.Name), true
			l.scopes = inside
		case a.Kind == attrs.InheritedFrom:
			source := l.add(a.From.Expr, expr{op: opVar, b: first + uint32(a.From.Slot)})
			from := uint32(len(l.code.paths))
			l.code.paths = append(l.code.paths, attrName{sym: c.sym, named: byName[c.sym], start: c.start, end: c.end})
			c.value = l.add(a.Part, expr{op: opSelect, inherited: true, a: uint32(source), b: from, c: from + 1})
		default:
			c.value = l.expr(a.Value)
		}
		code.attrs[i] = c
	}
	code.dynamic = l.dynamics.Many(len(s.Dynamic))
	for i, d := range s.Dynamic {
		c := dynamicCode{name: l.attrName(d.Part)}
		if d.Set != nil {
			c.value = l.inner(d.Part, d.Set)
		} else {
			c.value = l.expr(d.Value)
		}
		code.dynamic[i] = c
	}
}

// inner lowers a set that a path makes, or that began as a literal and others merged with.
func (l *lowerer) inner(part ast.Node, s *attrs.Set) Expr {
	if l.depth++; l.depth > maxLowering {
		l.depth--
		return l.unknown(part)
	}
	e := l.setOf(part, s)
	l.depth--
	return e
}

// let lowers let … in.
func (l *lowerer) let(n ast.LetExpr) Expr {
	m := l.merger.Merge(n.Bindings())
	if !l.sound(m) || len(m.Dynamic) > 0 {
		return l.unknown(n.Node)
	}
	code := setCode{rec: true}
	outer := len(l.scopes)
	m.Rec = true
	l.scopes = append(l.scopes, l.scopeOf(&m.Set))
	code.from = l.refs.Many(len(m.From))
	for i, from := range m.From {
		code.from[i] = l.source(from)
	}
	l.fill(&code, &m.Set, outer)
	body := l.expr(n.Body())
	l.scopes = l.scopes[:outer]
	l.code.sets = append(l.code.sets, code)
	return l.add(n.Node, expr{op: opLet, a: uint32(len(l.code.sets) - 1), b: uint32(body)})
}

// lambda lowers a function.
func (l *lowerer) lambda(n ast.LambdaExpr) Expr {
	param := n.Param()
	code := lambdaCode{start: param.Start(), end: param.End()}
	var names scope
	bind := func(name string) {
		l.refused = !names.bind(name) || l.refused
		l.code.unsafe = l.code.unsafe || operatorNames[name]
	}
	p, ok := n.Pattern()
	if ok {
		code.pattern, code.open = true, p.HasEllipsis()
		count := 0
		for range p.Formals() {
			count++
		}
		names.names, code.formals = l.texts.Many(count + 1)[:0], l.formals.Many(count)[:0]
		for f := range p.Formals() {
			name := f.Name()
			bind(name.Text())
			code.formals = append(code.formals, formalCode{sym: name.Text(), named: byName[name.Text()], start: name.Start(), end: name.End()})
		}
		if at := p.At(); at.IsValid() {
			code.at = true
			bind(at.Text())
		}
	} else {
		names.names = l.texts.Many(1)[:0]
		bind(param.Text())
		code.name = param.Text()
	}
	l.scopes = append(l.scopes, names)
	if ok {
		i := 0
		for f := range p.Formals() {
			if d := f.Default(); d.IsValid() {
				code.formals[i].def = l.expr(d)
			}
			i++
		}
	}
	code.body = l.expr(n.Body())
	l.scopes = l.scopes[:len(l.scopes)-1]
	code.self = l.add(n.Node, expr{op: opLambda, a: uint32(len(l.code.lambdas))})
	l.code.lambdas = append(l.code.lambdas, code)
	return code.self
}
