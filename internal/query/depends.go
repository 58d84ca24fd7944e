package query

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/sema"
)

// needsTest asks whether code reads an argument of a function around it, or a part of that.
type needsTest struct {
	Var  name `parser:"@@ 'depends' 'on'"`
	Pos  lexer.Position
	Name target `parser:"@@"`
	path []string
}

// needs reports whether code reads what a path begins with the name of: an argument of a function, by itself or through names that let or rec
// bind. What it reads of that may be more or less than the rest of the path.
func (a *asked) needs(c pattern.Capture, path []string) bool {
	w := needsWalk{a: a, path: path, seen: map[ast.NodeID]bool{}}
	switch {
	case c.Node.IsValid():
		return w.code(c.Node.Unparen(), nil)
	case c.InPieces():
		return false
	}
	for n := range a.match.Node.Descendants() { // of $$$xs
		if c.Span.Covers(n.Span()) && w.name(n, ast.Node{}, nil) {
			return true
		}
	}
	return false
}

type needsWalk struct {
	a    *asked
	path []string
	seen map[ast.NodeID]bool // code that was looked through, and names
}

// code looks through code of whose value the attributes of outer are selected.
func (w *needsWalk) code(whole ast.Node, outer []string) bool {
	if w.seen[whole.ID()] {
		return false
	}
	w.seen[whole.ID()] = true
	if w.name(whole, whole, outer) {
		return true
	}
	for n := range whole.Descendants() {
		if w.a.followed++; w.a.followed > maxFollowed {
			return false
		}
		if w.name(n, whole, outer) {
			return true
		}
	}
	return false
}

// maxFollowed bounds the nodes of a file that are looked through for all its matches: behind that, nothing is found to depend on anything.
const maxFollowed = 1 << 23

// name looks at a name in code, and at what it stands for.
func (w *needsWalk) name(n, whole ast.Node, outer []string) bool {
	u, ok := w.a.names.Use(n)
	if !ok {
		return false
	}
	selected, at := selectedFrom(n)
	if at == whole {
		selected = append(selected, outer...)
	}
	switch u.Target {
	case sema.ToNothing:
		return w.reads(n.Text(), selected)
	case sema.ToWith:
		for up := range n.Ancestors() {
			if up.Is(ast.With) && !up.FirstChild().Encloses(n) && w.code(up.FirstChild().Unparen(), append([]string{n.Text()}, selected...)) {
				return true
			}
		}
		return false
	case sema.ToGlobal:
		return false
	}
	b := w.a.names.Binding(u.Binding)
	switch b.Kind {
	case sema.FormalBinding:
		return w.reads(b.Name, selected)
	case sema.ParamBinding, sema.AtBinding: // args.config
		return w.reads(b.Name, selected) || len(selected) > 0 && w.reads(selected[0], selected[1:])
	}
	switch {
	case b.Decl.Is(ast.Inherit):
		if from := (ast.InheritNode{Node: b.Decl}).From(); from.IsValid() {
			return w.code(from.Unparen(), append([]string{b.Name}, selected...))
		}
		return !w.seen[b.Node.ID()] && w.inherited(b.Node, selected)
	case b.Value.IsValid():
		return w.code(b.Value.Unparen(), selected)
	case b.Decl.Is(ast.Binding):
		return w.code((ast.BindingNode{Node: b.Decl}).Value().Unparen(), nil)
	}
	return false
}

// inherited looks at what a name of an inherit without a set stands for.
func (w *needsWalk) inherited(n ast.Node, selected []string) bool {
	w.seen[n.ID()] = true
	return w.name(n, n, selected)
}

// reads reports whether an argument with attributes that are selected from it is what is asked for, or has to do with it.
func (w *needsWalk) reads(name string, selected []string) bool {
	if name != w.path[0] {
		return false
	}
	rest := w.path[1:]
	for i := range min(len(rest), len(selected)) {
		if rest[i] != selected[i] {
			return false
		}
	}
	return true
}

// selectedFrom returns the attributes that are selected from a name, up to one that is computed, and the expression that selects them.
func selectedFrom(n ast.Node) (names []string, at ast.Node) {
	at = n
	for at.Parent().Is(ast.Paren) {
		at = at.Parent()
	}
	s := at.Parent()
	if !s.Is(ast.Select) || (ast.SelectExpr{Node: s}).Operand() != at {
		return nil, n
	}
	for part := range (ast.SelectExpr{Node: s}).Attrpath().Children() {
		name, static := ast.AttrName(part)
		if !static {
			return names, ast.Node{}
		}
		names = append(names, name)
	}
	return names, s
}
