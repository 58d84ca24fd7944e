package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
)

// imports checks a list of modules, operand by operand where it is written with ++, so that each cause is reported.
func (c *checker) imports(p *part, name string) {
	e := p.in(p.base)
	code, at, ok := e.Place()
	if !ok || code != c.code || code.Span(at) != p.node.Tail().Span() && code.Span(at) != p.node.Unparen().Span() {
		c.importOperand(p, name) // the list is written elsewhere
		return
	}
	operands, conditions := c.ev.Split(e)
	if len(operands) == 1 && len(conditions) == 0 {
		c.importOperand(p, name)
		return
	}
	each := func(all []eval.Part, nth func(e eval.Part, i int) eval.Part, check func(p *part)) {
		for i, one := range all {
			_, at, _ := one.Place()
			q := &part{base: p.base, node: c.file.at(code.Span(at)), make: func(with choice) eval.Part { return nth(p.in(with), i) }}
			q.made[p.base] = one
			check(q)
		}
	}
	each(conditions, func(e eval.Part, i int) eval.Part { _, all := c.ev.Split(e); return nth(all, i) }, func(p *part) {
		if a := c.ask(p, whileLoading, p.node); a.why != nil {
			c.dependence(a, p.node, name, false)
		}
	})
	each(operands, func(e eval.Part, i int) eval.Part { all, _ := c.ev.Split(e); return nth(all, i) }, func(p *part) {
		c.importOperand(p, name)
	})
}

func nth(parts []eval.Part, i int) eval.Part {
	if i < len(parts) {
		return parts[i]
	}
	return eval.Part{}
}

// importOperand checks an evaluated list of modules.
func (c *checker) importOperand(p *part, name string) {
	within := p.node
	a := c.ask(p, whileLoading, within)
	if a.why != nil {
		c.dependence(a, within, name, false)
		return
	}
	if prop, ok := c.property(a, within); ok {
		c.propertyInImports(prop, within, name, false, false)
		return
	}
	for _, e := range c.elements(a) {
		if !e.node.IsValid() || !within.Encloses(e.node) {
			e.node = within
		}
		c.imported(e, name)
	}
}

func (c *checker) dependence(a answer, within ast.Node, part string, element bool) {
	c.report(Obstacle{Part: part, Why: a.why, Element: element, At: reading(a.why, within)}, within)
}

func (c *checker) propertyInImports(p property, within ast.Node, part string, element, unsure bool) {
	at := within.Span()
	if p.call.IsValid() && within.Encloses(p.call) {
		at = p.call.Span()
		if fn, _ := ast.Call(p.call); fn.IsValid() && within.Encloses(fn) {
			at.End = fn.End()
		}
	}
	c.report(Obstacle{Form: Property, Part: part, Name: p.name, At: at, Element: element, Unsure: unsure}, within)
}

// imported checks one element of imports.
func (c *checker) imported(p *part, name string) {
	if c.depth > 12 {
		return
	}
	a := c.ask(p, whileLoading, p.node)
	if a.why != nil {
		c.dependence(a, p.node, name, true)
		return
	}
	if prop, ok := c.property(a, p.node); ok {
		c.importedProperty(prop, p.node, name)
		return
	}
	if a.Kinds()&^eval.Failures == eval.Set || a.Kinds() == eval.Function {
		listing := c.listing
		c.listing = false
		c.loaded(p)
		c.listing = listing
	}
}

// importedProperty checks an element that is a mkIf or the like. The module system takes mkIf and mkForce
// around definitions for a module with that config; around anything else, and with mkMerge, it fails.
func (c *checker) importedProperty(p property, within ast.Node, part string) {
	if p.kind != eval.IfProperty && p.kind != eval.OverrideProperty {
		c.propertyInImports(p, within, part, true, false)
		return
	}
	if p.content == nil {
		return
	}
	written := p.content.node
	if !written.IsValid() || !within.Encloses(written) {
		p.content.node = within
	}
	switch inner := c.ask(p.content, whileDefining, within); {
	case inner.why != nil, inner.Kinds()&eval.Set != 0 && inner.Kinds() != eval.Anything, inner.Fails():
		c.inProperty(p, within, "")
	case inner.Kinds()&eval.Set == 0:
		c.propertyInImports(p, within, part, true, false)
	case written.IsValid() && namesModule(written):
		c.propertyInImports(p, within, part, true, true)
	}
}

// namesModule reports whether an expression selects a module by the names that flakes export them under.
func namesModule(n ast.Node) bool {
	s, ok := ast.AsSelect(n.Tail())
	return ok && slices.ContainsFunc(s.Attrpath().Names(), func(name string) bool {
		return strings.HasSuffix(name, "Modules") || strings.HasSuffix(name, "Module")
	})
}
