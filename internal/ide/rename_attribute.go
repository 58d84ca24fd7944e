package ide

import (
	"context"
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
)

// probe is the new name with which it is found out whether a name can be renamed.
const probe = "nixsift-renamed"

// definedAttribute returns the file and the name in a set that defines the attribute that a node names.
func (v *View) definedAttribute(n ast.Node) (o *View, name ast.Node, ok bool) {
	to := Location{File: v.path, Name: n.Span()}
	if operandOf(n).IsValid() {
		if to, ok = v.attributeAt(n); !ok {
			return nil, n, false
		}
	}
	if o = v.openFile(to.File); o == nil {
		return nil, n, false
	}
	name = o.tree.NodeAt(to.Name)
	up := name.Parent()
	switch {
	case up.Is(ast.Inherit) && up.Parent().Is(ast.AttrSet):
	case up.Is(ast.Attrpath) && up.FirstChild() == name && up.Parent().Is(ast.Binding) && up.Parent().Parent().Is(ast.AttrSet):
	default:
		return nil, n, false
	}
	return o, name, true
}

// renameAttribute returns the edits that give an attribute of a set another name, wherever the set goes.
func (v *View) renameAttribute(ctx context.Context, n ast.Node, to string) ([]diag.Edit, error) {
	o, name, ok := v.definedAttribute(n)
	if !ok {
		return nil, fmt.Errorf("`%s` is an attribute: who names it is not known for certain", n.Text())
	}
	set := name.Parent().Parent()
	if name.Parent().Is(ast.Attrpath) {
		set = set.Parent()
	}
	old, static := ast.AttrName(name)
	if !static || name.Is(ast.Interpolation) {
		return nil, fmt.Errorf("the name of the attribute is computed")
	}
	s := o.newSpread(ctx, old, to, false)
	var b *sema.Binding
	if set.IsRec() {
		if scope, ok := o.names().ScopeOf(set); ok {
			all := o.names().Scope(scope)
			for id := all.First; id <= all.Last; id++ {
				if c := o.names().Binding(id); c.Name == old {
					b = c
				}
			}
		}
		if b == nil || !ast.IsIdentifier(to) {
			return nil, fmt.Errorf("`%s` can be no name of a variable", to)
		}
		if err := o.conflict(b, to); err != nil {
			return nil, err
		}
		for _, u := range o.usesOf(b) {
			if use := o.tree.NodeAt(u.Span); !u.Defines {
				if use.Parent().Is(ast.Inherit) {
					span, text := o.outOfInherit(use, false, to)
					s.replace(o, span, text)
				} else {
					s.replace(o, u.Span, to)
				}
			}
		}
	}
	if err := s.definitions(o, set); err != nil {
		return nil, err
	}
	if err := s.value(o, set, 0); err != nil {
		return nil, err
	}
	return s.list()
}

// definitions renames the attribute in its set.
func (s *spread) definitions(o *View, set ast.Node) error {
	for c := range set.Children() {
		if in, ok := ast.AsInherit(c); ok {
			for n := range in.Names() {
				switch name, static := ast.AttrName(n); {
				case !static:
					return s.lost(o, n)
				case name == s.to:
					return fmt.Errorf("the set has an attribute `%s` already", s.to)
				case name == s.name:
					if o.tree.HasComment(in.Span()) {
						return fmt.Errorf("there is a comment in the `inherit` at %s", at(o, n))
					}
					span, text := o.outOfInherit(n, true, ast.QuoteAttr(s.to))
					s.replace(o, span, text)
				}
			}
			continue
		}
		first := ast.BindingNode{Node: c}.Attrpath().First()
		switch name, static := ast.AttrName(first); {
		case !c.Is(ast.Binding) || !static:
			return fmt.Errorf("the set at %s has an attribute whose name is computed", at(o, set))
		case name == s.to:
			return fmt.Errorf("the set has an attribute `%s` already", s.to)
		case name == s.name:
			s.replace(o, first.Span(), ast.QuoteAttr(s.to))
		}
	}
	return nil
}

// renameFormal returns the edits in the calls that pass a formal of a function that is the value of a file, or goes from name to name.
func (v *View) renameFormal(ctx context.Context, b *sema.Binding, to string) (*spread, error) {
	fn := b.Decl.Parent().Parent()
	if pattern, ok := (ast.LambdaExpr{Node: fn}).Pattern(); ok && pattern.At().IsValid() {
		name := pattern.At()
		for id := range v.names().Bindings() {
			if all := v.names().Binding(sema.BindingID(id)); all.Kind == sema.AtBinding && all.Node == name && v.names().IsUsed(sema.BindingID(id)) {
				return nil, fmt.Errorf("`%s` may be named through `%s`, too", b.Name, all.Name)
			}
		}
	}
	s := v.newSpread(ctx, b.Name, to, true)
	if err := s.value(v, fn, 0); err != nil {
		return nil, err
	}
	return s, nil
}

// renameOption returns the edits that give the last name of an option of the project another one: where it is declared, defined and
// read. Places that compute its path are not found.
func (v *View) renameOption(path []string, to string) ([]diag.Edit, error) {
	old := path[len(path)-1]
	if old == project.AnyName {
		return nil, fmt.Errorf("the name is one that definitions of the option choose")
	}
	for _, d := range v.Option(path).Declared {
		if !v.Within(d.File) {
			return nil, fmt.Errorf("the option `%s` is declared outside of the project", old)
		}
	}
	for _, o := range v.OptionsBelow(path[:len(path)-1]) {
		if o.Name == to {
			return nil, fmt.Errorf("there is an option `%s` already", to)
		}
	}
	if to == "" {
		return nil, fmt.Errorf("an option needs a name")
	}
	uses := v.optionUses(path)
	if place := v.unclear(path, uses); place != "" {
		return nil, fmt.Errorf("%s may name the option `%s`, too", place, old)
	}
	var edits []diag.Edit
	for _, u := range uses {
		o := v.openFile(u.File)
		if o == nil {
			return nil, fmt.Errorf("%s cannot be read", v.Rel(u.File))
		}
		n := o.tree.NodeAt(u.Span)
		if name, static := ast.AttrName(n); !static || name != old {
			return nil, fmt.Errorf("%s names the option in a way that cannot be changed", at(o, n))
		}
		e := diag.Edit{File: u.File, Span: u.Span, Text: ast.QuoteAttr(to)}
		if in, ok := ast.AsInherit(n.Parent()); ok {
			if o.tree.HasComment(in.Span()) || !in.From().IsValid() {
				return nil, fmt.Errorf("%s names the option in a way that cannot be changed", at(o, n))
			}
			e.Span, e.Text = inheritAs(n, n.Text(), ast.QuoteAttr(to))
		}
		edits = append(edits, e)
	}
	return sortedEdits(edits)
}
