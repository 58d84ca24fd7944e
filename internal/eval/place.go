package eval

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// PlaceKind says what stands at a place.
type PlaceKind uint8

// The kinds of places.
const (
	AtExpression PlaceKind = iota
	AtDefinition           // a name that is defined: an attribute, a name of a let
	AtSelection            // a name that is selected: what is taken up to it
	AtParameter            // a parameter of a function
	AtLib                  // a name that is taken for nixpkgs' lib, or a part of it
)

// Place is what stands somewhere in a file.
type Place struct {
	Kind PlaceKind
	Span source.Span
	Name string // but for expressions
	expr Expr   // of a definition the value, of a selection all of it, of a parameter the function
	n    uint32 // the number of names that are selected, or of the parameter
}

// Locate returns the innermost expression or name that stands at an offset of the file that was lowered; ok is false where
// none does, as in front of all code.
func (c *Code) Locate(t *ast.Tree, offset uint32) (p Place, ok bool) {
	for n := t.NodeAt(source.Span{Start: offset, End: offset + 1}); n.IsValid(); n = n.Parent() {
		if p, ok = c.PlaceOf(n); ok && n.Span().Contains(offset) {
			return p, true
		}
	}
	return Place{}, false
}

// PlaceOf returns what a node of the file that was lowered stands for by itself; ok is false where that is neither an expression nor a
// name.
func (c *Code) PlaceOf(n ast.Node) (p Place, ok bool) {
	up := n.Parent()
	switch {
	case n.Is(ast.Binding):
		return c.definition(ast.BindingNode{Node: n}.Attrpath().Last())
	case up.Is(ast.Attrpath) && up.Parent().Is(ast.Binding):
		if p, ok := c.definition(n); ok {
			return p, true
		}
	case up.Is(ast.Attrpath) && up.Parent().Is(ast.Select):
		if p, ok := c.selection(n, up.Parent()); ok {
			return p, true
		}
	case up.Is(ast.Inherit):
		name, static := ast.AttrName(n)
		if e, ok := c.At(n.Span()); ok && static {
			return Place{Kind: AtDefinition, Span: n.Span(), Name: name, expr: e}, true
		}
	case n.Is(ast.Name) && up.Is(ast.Lambda), n.Is(ast.AtName), n.Is(ast.Formal):
		return c.parameter(n)
	case n.Is(ast.AttrSet) && n.OutsideParens().Parent().Is(ast.Binding):
		if _, ok := c.At(n.Span()); !ok { // others were merged with it
			return c.definition(ast.BindingNode{Node: n.OutsideParens().Parent()}.Attrpath().Last())
		}
	}
	inner := n.Unparen()
	if e, ok := c.At(inner.Span()); ok {
		return Place{Span: inner.Span(), expr: e}, true
	}
	for lib := n; lib.Is(ast.Ident) || lib.Is(ast.Select); lib = lib.Parent() {
		if e, ok := c.At(lib.Span()); ok && c.exprs[e].op == opGlobal {
			return Place{Kind: AtLib, Span: n.Span(), Name: n.Text(), expr: e}, true
		}
	}
	return Place{}, false
}

// definition returns the place of a part of the path of a binding. What Nix makes of it may be merged of several.
func (c *Code) definition(part ast.Node) (Place, bool) {
	path := part.Parent()
	var names []string // from the one at hand outward
	for p := path.FirstChild(); p.IsValid(); p = p.NextSibling() {
		name, static := ast.AttrName(p)
		if !static {
			return Place{}, false
		}
		names = append(names, name)
		if p == part {
			break
		}
	}
	slices.Reverse(names)
	for binding := path.Parent(); binding.Is(ast.Binding); {
		in := binding.Parent()
		if in.Is(ast.Bindings) {
			in = in.Parent()
		}
		if e, ok := c.At(in.Span()); ok {
			if c.exprs[e].op == opSelect { // let { … }
				e = Expr(c.exprs[e].a)
			}
			if value := c.defines(e, names); value != 0 {
				return Place{Kind: AtDefinition, Span: part.Span(), Name: names[0], expr: value}, true
			}
			return Place{}, false
		}
		binding = in.OutsideParens().Parent()
		if !binding.Is(ast.Binding) {
			break
		}
		outer, static := (ast.BindingNode{Node: binding}).Attrpath().Static()
		if !static {
			break
		}
		slices.Reverse(outer)
		names = append(names, outer...)
	}
	return Place{}, false
}

// defines returns the value that a set literal or let gives to a path, whose last name comes first; 0 where there is none.
func (c *Code) defines(e Expr, names []string) Expr {
	for _, name := range slices.Backward(names) {
		x := &c.exprs[e]
		if x.op != opSet && x.op != opLet {
			return 0
		}
		attrs := c.sets[x.a].attrs
		i := slices.IndexFunc(attrs, func(a attrCode) bool { return a.sym == name })
		if i < 0 {
			return 0
		}
		e = attrs[i].value
	}
	return e
}

// selection returns the place of a name in a selection.
func (c *Code) selection(part, sel ast.Node) (Place, bool) {
	e, ok := c.At(sel.Span())
	if !ok {
		return Place{}, false
	}
	if x := &c.exprs[e]; x.op == opSelect && !x.inherited {
		for n, p := range c.paths[x.b:x.c] {
			if p.start == part.Start() && p.end == part.End() && p.dyn == 0 {
				return Place{Kind: AtSelection, Span: source.Span{Start: c.exprs[x.a].start, End: p.end}, Name: p.sym, expr: e, n: uint32(n) + 1}, true
			}
		}
	}
	return Place{}, false
}

// parameter returns the place of a parameter: a name, a formal, or what stands behind @.
func (c *Code) parameter(n ast.Node) (Place, bool) {
	name := n
	if n.Is(ast.Formal) {
		name = n.FirstChild()
	}
	fn := n.Parent()
	if fn.Is(ast.Pattern) {
		fn = fn.Parent()
	}
	e, ok := c.At(fn.Span())
	if !ok || c.exprs[e].op != opLambda {
		return Place{}, false
	}
	p := Place{Kind: AtParameter, Span: name.Span(), Name: strings.Clone(name.Text()), expr: e}
	f := &c.lambdas[c.exprs[e].a]
	for i := range f.formals {
		if f.formals[i].start == name.Start() {
			p.n = uint32(i)
			return p, true
		}
	}
	p.n = uint32(len(f.formals))
	return p, true
}
