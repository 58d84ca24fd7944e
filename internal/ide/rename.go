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

// Renamable returns the name at an offset that can be renamed, and the text that stands for it. The error says why there is none.
func (v *View) Renamable(ctx context.Context, offset uint32) (name string, at source.Span, err error) {
	b, at, _, err := v.renamable(ctx, offset)
	if err != nil {
		return "", at, err
	}
	return b.Name, at, nil
}

// renamable returns what Renamable does, and the places of calls that pass the name.
func (v *View) renamable(ctx context.Context, offset uint32) (b *sema.Binding, at source.Span, calls []Use, err error) {
	n := v.nodeAt(offset)
	if !n.IsValid() || v.tokenAt(offset).Kind() != ast.TokIdent {
		return nil, at, nil, fmt.Errorf("there is no name here")
	}
	b = v.binding(n)
	if b == nil {
		switch u, ok := v.names().Use(n); {
		case ok && u.Target == sema.ToGlobal:
			return nil, at, nil, fmt.Errorf("`%s` is a builtin of Nix", n.Text())
		case ok && u.Target == sema.ToWith:
			return nil, at, nil, fmt.Errorf("`%s` comes from a `with`: it is an attribute that others may name, too", n.Text())
		case ok:
			return nil, at, nil, fmt.Errorf("nothing binds `%s`", n.Text())
		}
		return nil, at, nil, fmt.Errorf("`%s` is an attribute: who names it is not known for certain", n.Text())
	}
	switch b.Kind {
	case sema.RecBinding:
		return nil, at, nil, fmt.Errorf("`%s` is an attribute of a recursive set: who names it is not known for certain", b.Name)
	case sema.FormalBinding:
		if calls, err = v.callers(ctx, b); err != nil {
			return nil, at, nil, err
		}
	}
	return b, nameSpan(n), calls, nil
}

// callers returns the places of the project that pass a formal by its name. The error says why they are not known for certain.
func (v *View) callers(ctx context.Context, b *sema.Binding) (at []Use, err error) {
	fn := b.Decl.Parent().Parent()
	if !v.bound(fn) {
		return nil, fmt.Errorf("`%s` is an argument that callers pass by its name, and who calls the function is not known for certain", b.Name)
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
			at = append(at, Use{File: c.File, Span: span})
		case slices.ContainsFunc(c.Formals, func(f eval.FormalArgument) bool { return f.Name == b.Name && !f.Given && !f.Maybe }):
		default:
			return nil, fmt.Errorf("a call passes `%s` in a set that is not written there", b.Name)
		}
	}
	return at, nil
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

// Rename returns the edits that give the name at an offset another one. The error says why that cannot be done.
func (v *View) Rename(ctx context.Context, offset uint32, name string) ([]diag.Edit, error) {
	b, _, calls, err := v.renamable(ctx, offset)
	if err != nil {
		return nil, err
	}
	if !ast.IsIdentifier(name) {
		return nil, fmt.Errorf("`%s` can be no name of a variable", name)
	}
	if name == b.Name {
		return nil, nil
	}
	if err := v.conflict(b, name); err != nil {
		return nil, err
	}
	edits := map[source.Span]diag.Edit{}
	replace := func(file string, span source.Span, text string) {
		edits[span] = diag.Edit{File: file, Span: span, Text: text}
	}
	for _, u := range v.usesOf(b) {
		n := v.tree.NodeAt(u.Span)
		if n.Parent().Is(ast.Inherit) {
			span, text := v.outOfInherit(n, u.Defines, name)
			replace(v.path, span, text)
			continue
		}
		replace(v.path, u.Span, name)
	}
	for _, c := range calls {
		if n := v.tree.NodeAt(c.Span); n.Parent().Is(ast.Inherit) {
			return nil, fmt.Errorf("a call passes `%s` by an `inherit`", b.Name)
		}
		replace(c.File, c.Span, name)
	}
	out := make([]diag.Edit, 0, len(edits))
	for _, e := range edits {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b diag.Edit) int { return int(a.Span.Start) - int(b.Span.Start) })
	for i := 1; i < len(out); i++ {
		if out[i].Span.Start < out[i-1].Span.End {
			return nil, fmt.Errorf("`%s` stands twice in one `inherit`", b.Name)
		}
	}
	return out, nil
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
