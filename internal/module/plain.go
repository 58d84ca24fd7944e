package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// plain reports whether the module is written so simply that its shape depends on nothing, as most are: lists of
// path literals, sets with names written out, under mkIf and mkMerge or not. It costs little and says no in
// every other case.
func (m *Module) plain() bool {
	return (!m.Func.IsValid() || plainAssert(m.Func)) && m.Body.Is(ast.AttrSet) && m.plainModule(m.Body)
}

// plainAssert reports whether nothing between a function and its body is evaluated.
func plainAssert(fn ast.Node) bool {
	n := (ast.LambdaExpr{Node: fn}).Body().Tail()
	return n.Is(ast.AttrSet)
}

func (m *Module) plainModule(set ast.Node) bool {
	for c := range set.Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			if c.Is(ast.Inherit) && plainInherit(ast.InheritNode{Node: c}) {
				continue
			}
			return false
		}
		path := c.FirstChild()
		first := path.FirstChild()
		if !first.Is(ast.Name) {
			return false
		}
		second := first.NextSibling()
		switch first.Text() {
		case "imports", "require", "disabledModules":
			if second.IsValid() || !m.plainList(b.Value().Tail()) {
				return false
			}
		case "options":
			if second.IsValid() && !second.Is(ast.Name) || !second.IsValid() && !plainNames(b.Value().Tail(), false) {
				return false
			}
		case "config":
			if second.IsValid() && (!second.Is(ast.Name) || reserved(second.Text())) {
				return false
			}
			if !second.IsValid() && !plainDefinitions(b.Value(), 0) {
				return false
			}
		case "freeformType", "key", "_module":
			return false
		}
	}
	return true
}

// reserved reports whether a name has a meaning of its own among definitions.
func reserved(name string) bool {
	return name == "imports" || name == "options" || name == "_module" || name == "config"
}

// plainInherit reports whether inherited attributes have no meaning to the module system.
func plainInherit(n ast.InheritNode) bool {
	for name := range n.Names() {
		if text, ok := ast.AttrName(name); !ok || moduleKeys[text] || text == "key" {
			return false
		}
	}
	return true
}

// plainList reports whether an expression is a list of modules that lie elsewhere: paths, and what is selected of arguments
// that are there before the modules are.
func (m *Module) plainList(n ast.Node) bool {
	if !n.Is(ast.List) {
		return false
	}
	for c := range n.Children() {
		if !m.plainElement(c, 0) {
			return false
		}
	}
	return true
}

func (m *Module) plainElement(n ast.Node, depth int) bool {
	n = n.Unparen()
	switch n.Kind() {
	case ast.Path, ast.String:
		for c := range n.Children() {
			if depth > 4 || !m.plainElement(c.FirstChild(), depth+1) {
				return false
			}
		}
		return true
	case ast.Binary:
		return n.Op() == ast.OpAdd && depth <= 4 && m.plainElement(n.Child(0), depth+1) && m.plainElement(n.Child(1), depth+1)
	case ast.Select:
		for c := range n.Child(1).Children() {
			if !c.Is(ast.Name) {
				return false
			}
		}
		s := ast.SelectExpr{Node: n}
		return !s.Default().IsValid() && m.plainElement(s.Operand(), depth+1) && s.Operand().Unparen().Is(ast.Ident)
	case ast.Ident:
		b := m.file.names.Resolve(n)
		if b == nil || b.Kind != sema.FormalBinding || b.Decl.Parent().Parent() != m.Func {
			return false
		}
		return b.Name != "config" && b.Name != "options" && b.Name != "pkgs" && b.Name != "lib"
	}
	return false
}

// plainNames reports whether an expression is a set whose first names are written out; definitions have
// names that mean something else.
func plainNames(n ast.Node, definitions bool) bool {
	if !n.Is(ast.AttrSet) {
		return false
	}
	for c := range n.Children() {
		switch c.Kind() {
		case ast.Binding:
			first := c.FirstChild().FirstChild()
			if !first.Is(ast.Name) && !(first.Is(ast.String) && !first.FirstChild().IsValid()) || definitions && reserved(first.Text()) {
				return false
			}
		case ast.Inherit:
			if definitions && !plainInherit(ast.InheritNode{Node: c}) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func plainDefinitions(n ast.Node, depth int) bool {
	n = n.Tail()
	if depth > 8 || !n.IsCall() {
		return plainNames(n, true)
	}
	a := ast.ApplyExpr{Node: n}
	fn := a.Func().Unparen()
	if inner, ok := ast.AsApply(fn); ok {
		return ast.LastName(inner.Func()) == "mkIf" && plainDefinitions(a.Arg(), depth+1)
	}
	if ast.LastName(fn) != "mkMerge" {
		return false
	}
	list := a.Arg().Tail()
	if !list.Is(ast.List) {
		return false
	}
	for c := range list.Children() {
		if !plainDefinitions(c, depth+1) {
			return false
		}
	}
	return true
}
