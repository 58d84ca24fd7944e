package refactor

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
)

// toInherit makes inherit a; of a = a;, and inherit (p) a; of a = p.a;.
func (p *place) toInherit() []Change {
	n := p.up(ast.Binding, ast.AttrSet, ast.Lambda, ast.Let)
	b, ok := ast.AsBinding(n)
	if !ok || p.Tree.HasComment(b.Span()) {
		return nil
	}
	key, single := b.Attrpath().Single()
	name, static := ast.AttrName(key)
	if !single || !static || key.Is(ast.Interpolation) || name == "or" || name == "__curPos" {
		return nil
	}
	const title = "write it as `inherit`"
	value := b.Value().Unparen()
	if value.Is(ast.Ident) {
		if value.Text() != name || isRecursive(b.Parent()) || p.readsItself(b, value) {
			return nil
		}
		return []Change{replace(title, Rewrite, b.Span(), "inherit "+key.Text()+";")}
	}
	s, ok := ast.AsSelect(value)
	if !ok || s.Default().IsValid() {
		return nil
	}
	before, last := s.Attrpath().LastTwo()
	if got, static := ast.AttrName(last); !static || got != name || last.Is(ast.Interpolation) || p.readsItself(b, value) {
		return nil
	}
	from := s.Operand().Unparen().Text()
	if before.IsValid() {
		from = p.Tree.Source()[s.Start():before.End()]
	}
	return []Change{replace(title, Rewrite, b.Span(), "inherit ("+from+") "+key.Text()+";")}
}

// readsItself reports whether a binding is a variable of its own, or a selection from that.
func (p *place) readsItself(b ast.BindingNode, n ast.Node) bool {
	for n = n.Unparen(); n.Is(ast.Select); {
		n = n.FirstChild().Unparen()
	}
	of := p.Names.Resolve(n)
	return of != nil && of.Decl == b.Node
}

// fromInherit makes definitions of the names of an inherit: of the one at the place, and of all.
func (p *place) fromInherit() []Change {
	n := p.up(ast.Inherit, ast.Binding, ast.AttrSet)
	in, ok := ast.AsInherit(n)
	if !ok || p.Tree.HasComment(in.Span()) || in.HasError() {
		return nil
	}
	from := in.From()
	if !from.IsValid() && (isRecursive(in.Parent()) || isInMerged(in.Parent())) || from.IsValid() && from.Encloses(p.node) {
		return nil
	}
	var all, rest []string
	one := ""
	for name := range in.Names() {
		text, ok := ast.AttrName(name)
		if !ok || name.Is(ast.Interpolation) || !from.IsValid() && (!ast.IsIdentifier(text) || text == "or") {
			return nil
		}
		written := name.Text() + " = " + definition(from, name) + ";"
		all = append(all, written)
		if name == p.node {
			one = written
		} else {
			rest = append(rest, name.Text())
		}
	}
	if len(all) == 0 {
		return nil
	}
	out := []Change{replace("write definitions in place of `inherit`", Rewrite, in.Span(), lines(in.Node, all))}
	if one != "" && len(rest) > 0 {
		head := "inherit"
		if from.IsValid() {
			head += " (" + from.Text() + ")"
		}
		for _, name := range rest {
			head += " " + name
		}
		out = append(out, replace("write a definition of `"+p.node.Text()+"` in place of `inherit`", Rewrite, in.Span(), lines(in.Node, []string{head + ";", one})))
	}
	return out
}

// definition returns what an inherited name stands for: the variable, or the attribute of what it comes from.
func definition(from, name ast.Node) string {
	if !from.IsValid() {
		text, _ := ast.AttrName(name)
		return text
	}
	return operand(from) + "." + name.Text()
}

// operand returns an expression as it may stand before a dot.
func operand(n ast.Node) string {
	if nixlang.LevelOf(n) == nixlang.LevelSimple {
		return n.Text()
	}
	if s, ok := ast.AsSelect(n); ok && !s.Default().IsValid() {
		return n.Text()
	}
	return "(" + n.Text() + ")"
}

// isPlain reports whether a use is a name of an inherit without a source.
func isPlain(u sema.Use) (in ast.InheritNode, ok bool) { return ast.AsInherit(u.Node.Parent()) }
