package flake

import "github.com/nixsift/nixsift/ast"

// maxDepth bounds the nesting of sets and the length of attribute paths that are read; what lies deeper
// counts as not literal. Inputs of inputs use two levels for each flake.
const maxDepth = 64

// Attr is one attribute of an attrset literal after merging: { a.b = 1; a = { c = 2; }; } has one
// attribute a, with b and c below it.
type Attr struct {
	Name string
	Defs []Def   // where it is defined, in source order
	Subs []*Attr // its attributes, where the values are attrset literals or paths go on, in source order
	// Opaque holds what makes the attribute unknown in part: dynamic keys in its sets, what they inherit,
	// syntax errors. Values that are no attrsets are in Defs.
	Opaque []ast.Node

	index map[string]*Attr
}

// Def is one binding on which an attribute lies. Binding is a Binding, or the Inherit that names it.
type Def struct {
	Binding ast.Node
	Part    ast.Node // the part of the attribute path that names the attribute
	Value   ast.Node // without parentheses, where the path ends at the attribute; else invalid
}

// Sub returns the attribute below a path, or nil.
func (a *Attr) Sub(path ...string) *Attr {
	for _, name := range path {
		if a == nil {
			return nil
		}
		a = a.index[name]
	}
	return a
}

// Value returns the attribute's value if it is defined by exactly one binding whose path ends at it.
func (a *Attr) Value() (ast.Node, bool) {
	if a == nil || len(a.Defs) != 1 || !a.Defs[0].Value.IsValid() {
		return ast.Node{}, false
	}
	return a.Defs[0].Value, true
}

// Key returns the part of an attribute path that first names the attribute.
func (a *Attr) Key() ast.Node {
	if a == nil || len(a.Defs) == 0 {
		return ast.Node{}
	}
	return a.Defs[0].Part
}

// IsLiteralSet reports whether all values are attrset literals with static keys, at this level.
func (a *Attr) IsLiteralSet() bool {
	if a == nil || len(a.Opaque) > 0 {
		return false
	}
	for _, d := range a.Defs {
		if d.Value.IsValid() && !d.Value.Is(ast.AttrSet) {
			return false
		}
	}
	return true
}

func (a *Attr) child(name string) *Attr {
	if c := a.index[name]; c != nil {
		return c
	}
	c := &Attr{Name: name}
	if a.index == nil {
		a.index = map[string]*Attr{}
	}
	a.index[name] = c
	a.Subs = append(a.Subs, c)
	return c
}

// readSet merges the attributes of an AttrSet into a.
func (a *Attr) readSet(set ast.Node, depth int) {
	for c := range set.Children() {
		switch {
		case c.Is(ast.Binding):
			a.readBinding(ast.BindingNode{Node: c}, depth)
		case c.Is(ast.Inherit):
			for part := range (ast.InheritNode{Node: c}).Names() {
				name, ok := ast.AttrName(part)
				if !ok {
					a.Opaque = append(a.Opaque, part)
					continue
				}
				sub := a.child(name)
				sub.Defs = append(sub.Defs, Def{Binding: c, Part: part})
				sub.Opaque = append(sub.Opaque, part)
			}
		default:
			a.Opaque = append(a.Opaque, c)
		}
	}
}

func (a *Attr) readBinding(b ast.BindingNode, depth int) {
	at := a
	for part := range b.Attrpath().Children() {
		name, ok := ast.AttrName(part)
		if depth++; !ok || depth > maxDepth {
			at.Opaque = append(at.Opaque, part)
			return
		}
		at = at.child(name)
		at.Defs = append(at.Defs, Def{Binding: b.Node, Part: part})
	}
	value := b.Value()
	if at == a || !value.IsValid() || value.Is(ast.Error) || b.LastToken().Kind() != ast.TokSemi {
		at.Opaque = append(at.Opaque, b.Node)
		return
	}
	value = value.Unparen()
	at.Defs[len(at.Defs)-1].Value = value
	if value.Is(ast.AttrSet) {
		at.readSet(value, depth)
	} else if value.HasError() {
		at.Opaque = append(at.Opaque, value)
	}
}

// StringLiteral returns the value of a string that Nix takes where it evaluates nothing: "…" or ”…”
// without interpolation, or an unquoted URL, in any parentheses.
func StringLiteral(n ast.Node) (string, bool) {
	n = n.Unparen()
	if n.Is(ast.URI) {
		return n.Text(), true
	}
	return ast.StringValue(n)
}

// BoolLiteral returns the value of true or false, in any parentheses.
func BoolLiteral(n ast.Node) (value, ok bool) {
	n = n.Unparen()
	if !n.Is(ast.Ident) {
		return false, false
	}
	switch n.Text() {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}
