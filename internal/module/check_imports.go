package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// imports checks a list of modules.
func (c *checker) imports(t *thunk, within ast.Node, part string) {
	if t.node.IsValid() {
		c.importList(t.node, t.env, part)
		return
	}
	c.importValue(c.ev.in(whileLoading, t), within, part)
}

// importList checks an expression operand by operand, so that each cause is reported.
func (c *checker) importList(n ast.Node, env *frame, part string) {
	for steps := 0; steps < 1000; steps++ {
		n = n.Tail()
		switch {
		case n.Is(ast.Binary) && n.Op() == ast.OpConcat:
			left := n.Child(0).Tail()
			if left.Is(ast.Binary) && left.Op() == ast.OpConcat {
				if c.depth > 24 {
					return
				}
				c.depth++
				c.importList(left, env, part)
				c.depth--
			} else {
				c.importOperand(left, env, part)
			}
			n = n.Child(1)
			continue
		case n.Is(ast.Assert):
			if v := c.ev.in(whileLoading, &thunk{node: n.FirstChild(), env: env}); v.kind == vBottom {
				c.dependence(v, n.FirstChild(), part, false)
			}
			n = n.Child(1)
			continue
		}
		c.importOperand(n, env, part)
		return
	}
}

func (c *checker) importOperand(n ast.Node, env *frame, part string) {
	v := c.ev.in(whileLoading, &thunk{node: n, env: env})
	c.importValue(v, n, part)
}

// importValue checks an evaluated list of modules.
func (c *checker) importValue(v *value, within ast.Node, part string) {
	switch v.kind {
	case vBottom:
		c.dependence(v, within, part, false)
	case vProperty:
		c.propertyInImports(v, within, part, false, false)
	case vList:
		for _, e := range distinct(v.elems) {
			at := within
			if e.node.IsValid() && within.Encloses(e.node) {
				at = e.node
			}
			c.imported(e, at, part)
		}
	}
}

func (c *checker) dependence(v *value, within ast.Node, part string, element bool) {
	c.report(Obstacle{Part: part, Why: v.why, Element: element, At: reading(v.why, within)}, within)
}

func (c *checker) propertyInImports(v *value, within ast.Node, part string, element, unsure bool) {
	at := within.Span()
	if v.node.IsValid() && within.Encloses(v.node) {
		at = v.node.Span()
		if fn, _ := ast.Call(v.node); fn.IsValid() && within.Encloses(fn) {
			at.End = fn.End()
		}
	}
	c.report(Obstacle{Form: Property, Part: part, Name: v.s, At: at, Element: element, Unsure: unsure}, within)
}

// imported checks one element of imports.
func (c *checker) imported(t *thunk, within ast.Node, part string) {
	if c.depth > 12 {
		return
	}
	v := c.ev.in(whileLoading, t)
	switch v.kind {
	case vBottom:
		c.dependence(v, within, part, true)
	case vLambda, vAttrs:
		if v.kind == vLambda && !v.node.IsValid() {
			return
		}
		c.loaded(t)
	case vProperty:
		c.importedProperty(v, within, part)
	}
}

// importedProperty checks an element that is a mkIf or the like. The module system takes mkIf and mkForce
// around definitions for a module with that config; around anything else, and with mkMerge, it fails.
func (c *checker) importedProperty(v *value, within ast.Node, part string) {
	if v.property != "if" && v.property != "override" {
		c.propertyInImports(v, within, part, true, false)
		return
	}
	at := within
	if n := v.content.node; n.IsValid() && within.Encloses(n) {
		at = n
	}
	inner := c.ev.in(whileDefining, v.content)
	switch inner.kind {
	case vPath, vLambda, vString, vList, vPrim, vScalar:
		c.propertyInImports(v, within, part, true, false)
	case vUnknown:
		if v.content.node.IsValid() && namesModule(v.content.node) {
			c.propertyInImports(v, within, part, true, true)
		}
	default:
		c.property(v, at, "")
	}
}

// namesModule reports whether an expression selects a module by the names that flakes export them under.
func namesModule(n ast.Node) bool {
	s, ok := ast.AsSelect(n.Tail())
	return ok && slices.ContainsFunc(s.Attrpath().Names(), func(name string) bool {
		return strings.HasSuffix(name, "Modules") || strings.HasSuffix(name, "Module")
	})
}
