package ide

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/sema"
)

// Renaming is what a new name changes.
type Renaming struct {
	Edits []diag.Edit // by file and place
	// Doubt says what may be left, "" for nothing.
	Doubt string
}

// Renamable returns the name at an offset that can be renamed, and the text that stands for it. The error says why there is none.
func (v *View) Renamable(ctx context.Context, offset uint32) (name string, at source.Span, err error) {
	n, err := v.nameAt(offset)
	if err != nil {
		return "", at, err
	}
	if path := v.namedOption(n); path != nil {
		_, err = v.renameOption(path, probe)
		return path[len(path)-1], nameSpan(n), err
	}
	b, _, err := v.renamable(ctx, n, probe)
	switch {
	case err != nil:
		return "", at, err
	case b == nil:
		name, _ = ast.AttrName(n)
		_, err = v.renameAttribute(ctx, n, probe)
		return name, nameSpan(n), err
	}
	return b.Name, nameSpan(n), nil
}

// nameAt returns the name at an offset.
func (v *View) nameAt(offset uint32) (ast.Node, error) {
	n := v.nodeAt(offset)
	_, static := ast.AttrName(n)
	if k := v.tokenAt(offset).Kind(); !n.IsValid() || k != ast.TokIdent && (k != ast.TokText || !static || !n.Is(ast.String) || !mayBeOption(n)) {
		return n, fmt.Errorf("there is no name here")
	}
	return n, nil
}

// renamable returns the name of the file that a node names, nil for an attribute, and what changes in calls that pass it.
func (v *View) renamable(ctx context.Context, n ast.Node, to string) (b *sema.Binding, calls []diag.Edit, err error) {
	b = v.binding(n)
	if b == nil {
		switch u, ok := v.names().Use(n); {
		case ok && u.Target == sema.ToGlobal:
			return nil, nil, fmt.Errorf("`%s` is a builtin of Nix", n.Text())
		case ok && u.Target == sema.ToWith:
			return nil, nil, fmt.Errorf("`%s` comes from a `with`: it is an attribute that others may name, too", n.Text())
		case ok:
			return nil, nil, fmt.Errorf("nothing binds `%s`", n.Text())
		}
		return nil, nil, nil
	}
	switch b.Kind {
	case sema.RecBinding:
		return nil, nil, nil
	case sema.FormalBinding:
		if calls, err = v.callers(ctx, b, to); err != nil {
			return nil, nil, err
		}
	}
	return b, calls, nil
}

// callers returns what changes in the places of the project that pass a formal by its name. The error says why they are not known for
// certain.
func (v *View) callers(ctx context.Context, b *sema.Binding, to string) (edits []diag.Edit, err error) {
	fn := b.Decl.Parent().Parent()
	if s, err := v.renameFormal(ctx, b, to); err == nil || !v.bound(fn) {
		if err != nil {
			return nil, fmt.Errorf("`%s` is an argument that callers pass by its name: %w", b.Name, err)
		}
		return s.list()
	}
	r := v.report(b.Decl)
	if r == nil {
		return nil, fmt.Errorf("the file has mistakes, so that nobody knows who passes `%s`", b.Name)
	}
	r.LookForCalls(v.Answers)
	if r.Incomplete || r.Unread > 0 || ctx.Err() != nil {
		return nil, fmt.Errorf("not all calls that may pass `%s` could be looked at", b.Name)
	}
	for _, c := range r.Calls {
		span, found := v.inCall(c, b.Name)
		switch {
		case found:
			if o := v.openFile(c.File); o == nil || o.tree.NodeAt(span).Parent().Is(ast.Inherit) {
				return nil, fmt.Errorf("a call passes `%s` by an `inherit`", b.Name)
			}
			edits = append(edits, diag.Edit{File: c.File, Span: span, Text: to})
		case slices.ContainsFunc(c.Formals, func(f eval.FormalArgument) bool { return f.Name == b.Name && !f.Given && !f.Maybe }):
		default:
			return nil, fmt.Errorf("a call passes `%s` in a set that is not written there", b.Name)
		}
	}
	return edits, nil
}

// bound reports whether a function is the value of a let, and that is used for calls only: then all its callers are in the file.
func (v *View) bound(fn ast.Node) bool {
	decl := fn.OutsideParens().Parent()
	if !decl.Is(ast.Binding) {
		return false
	}
	id := v.names().Declared(decl)
	if id == 0 || v.names().Binding(id).Kind != sema.LetBinding || v.names().Binding(id).More {
		return false
	}
	for u := range v.names().UsesOf(id) {
		at := u.Node.OutsideParens()
		if call, ok := ast.AsApply(at.Parent()); !ok || call.Func() != at {
			return false
		}
	}
	return true
}

// Rename returns what gives the name at an offset another one. The error says why that cannot be done.
func (v *View) Rename(ctx context.Context, offset uint32, name string) (r Renaming, err error) {
	n, err := v.nameAt(offset)
	if err != nil {
		return r, err
	}
	if old, _ := ast.AttrName(n); old == name {
		return r, nil
	}
	if path := v.namedOption(n); path != nil {
		r.Edits, err = v.renameOption(path, name)
		r.Doubt = "places that compute the path of the option are not found"
		return r, err
	}
	b, calls, err := v.renamable(ctx, n, name)
	if err != nil {
		return r, err
	}
	if b == nil {
		r.Edits, err = v.renameAttribute(ctx, n, name)
		return r, err
	}
	if !ast.IsIdentifier(name) {
		return r, fmt.Errorf("`%s` can be no name of a variable", name)
	}
	if err := v.conflict(b, name); err != nil {
		return r, err
	}
	type place struct {
		file string
		span source.Span
	}
	edits := map[place]diag.Edit{}
	for _, e := range calls {
		edits[place{e.File, e.Span}] = e
	}
	for _, u := range v.usesOf(b) {
		n := v.tree.NodeAt(u.Span)
		e := diag.Edit{File: v.path, Span: u.Span, Text: name}
		if n.Parent().Is(ast.Inherit) {
			e.Span, e.Text = v.outOfInherit(n, u.Defines, name)
		}
		edits[place{e.File, e.Span}] = e
	}
	for _, e := range edits {
		r.Edits = append(r.Edits, e)
	}
	r.Edits, err = sortedEdits(r.Edits)
	return r, err
}

// outOfInherit returns what makes inherit x a definition with two names: x = name where x is used, name = from.x where it is defined.
func (v *View) outOfInherit(n ast.Node, defines bool, name string) (span source.Span, text string) {
	in := ast.InheritNode{Node: n.Parent()}
	old := n.Text()
	binding := old + " = " + name + ";"
	if defines {
		binding = name + " = " + old + ";"
		if from := in.From(); from.IsValid() {
			operand := from.Text()
			if k := from.Kind(); k != ast.Ident && k != ast.Select && k != ast.Paren && k != ast.AttrSet {
				operand = "(" + operand + ")"
			}
			binding = name + " = " + operand + "." + old + ";"
		}
	}
	names := slices.Collect(in.Names())
	if len(names) == 1 {
		return in.Span(), binding
	}
	at := in.Span()
	before, after := v.Text()[at.Start:n.Start()], v.Text()[n.End():at.End]
	rest := strings.TrimSpace(before)
	if after = strings.TrimSpace(after); after != ";" {
		rest += " "
	}
	return at, binding + " " + rest + after
}

// conflict says what keeps a name from being called otherwise.
func (v *View) conflict(b *sema.Binding, name string) error {
	s := v.names().Scope(b.Scope)
	for id := s.First; id <= s.Last; id++ {
		if v.names().Binding(id).Name == name {
			return fmt.Errorf("`%s` is bound in the same place already", name)
		}
	}
	// The uses of the name must not come to mean another binding.
	for u := range v.names().UsesOf(v.idOf(b)) {
		for id := u.Scope; id != b.Scope && id != 0; id = v.names().Scope(id).Parent {
			inner := v.names().Scope(id)
			for other := inner.First; other <= inner.Last; other++ {
				if v.names().Binding(other).Name == name {
					return fmt.Errorf("`%s` would mean another name where `%s` is used", name, b.Name)
				}
			}
		}
	}
	// Nor may uses of that come to mean this one.
	for _, u := range v.names().Uses() {
		if useName(u.Node) != name {
			continue
		}
		for id := u.Scope; id != 0; id = v.names().Scope(id).Parent {
			if u.Target == sema.ToBinding && v.names().Binding(u.Binding).Scope == id {
				break
			}
			if id == b.Scope {
				return fmt.Errorf("`%s` is used where it would come to mean what `%s` does", name, b.Name)
			}
		}
	}
	return nil
}

func useName(n ast.Node) string {
	if name, ok := ast.AttrName(n); ok {
		return name
	}
	return n.Text()
}
