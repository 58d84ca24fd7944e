package ide

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/sema"
)

// Use is a place that names something.
type Use struct {
	File    string
	Span    source.Span
	Defines bool
}

// Occurrences returns the places in the file that name what stands at an offset, in source order.
func (v *View) Occurrences(offset uint32) []Use {
	n := v.nodeAt(offset)
	if !n.IsValid() {
		return nil
	}
	if b := v.binding(n); b != nil {
		return v.usesOf(b)
	}
	if path := v.namedOption(n); path != nil {
		return slices.DeleteFunc(v.optionUses(path), func(u Use) bool { return u.File != v.path })
	}
	if to, ok := v.attributeAt(n); ok && to.File == v.path {
		return v.attributeUses(to, n)
	}
	if n.Is(ast.Ident) {
		return v.sameFree(n)
	}
	return nil
}

// References returns the places in the project that name what stands at an offset, as far as that is certain.
func (v *View) References(ctx context.Context, offset uint32) []Use {
	n := v.nodeAt(offset)
	if !n.IsValid() {
		return nil
	}
	var uses []Use
	b := v.binding(n)
	if b != nil {
		uses = v.usesOf(b)
	}
	if path := v.namedOption(n); path != nil && (b == nil || !n.Is(ast.Ident)) {
		return sortedUses(append(uses, v.optionUses(path)...))
	}
	if b != nil {
		for _, at := range v.placesPassed(b) {
			uses = append(uses, Use{at.view.path, at.node.Span(), true})
		}
	}
	if b != nil && (b.Kind == sema.LetBinding || b.Kind == sema.ParamBinding || b.Kind == sema.AtBinding) {
		return uses
	}
	to, ok := v.attributeAt(n)
	if b != nil {
		to, ok = v.placeOf(b), true
	}
	if !ok {
		if n.Is(ast.Ident) {
			return v.sameFree(n)
		}
		return uses
	}
	name := to.Name.Of(v.fileText(to.File))
	uses = append(uses, Use{to.File, to.Name, true})
	for _, path := range v.NixFiles() {
		if ctx.Err() != nil {
			return nil
		}
		f := v.File(path)
		if f == nil || !strings.Contains(f.Text(), strings.Trim(name, `"`)) {
			continue
		}
		if o := v.openFile(path); o != nil {
			uses = append(uses, o.attributeUses(to, n)...)
		}
	}
	return sortedUses(uses)
}

func (v *View) fileText(path string) string {
	if f := v.File(path); f != nil {
		return f.Text()
	}
	return ""
}

func sortedUses(uses []Use) []Use {
	slices.SortFunc(uses, func(a, b Use) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	return slices.CompactFunc(uses, func(a, b Use) bool { return a.File == b.File && a.Span == b.Span })
}

// usesOf returns where a name of the file is defined and used.
func (v *View) usesOf(b *sema.Binding) (uses []Use) {
	for _, part := range v.definersOf(b) {
		uses = append(uses, Use{v.path, part, true})
	}
	for u := range v.names().UsesOf(v.idOf(b)) {
		uses = append(uses, Use{v.path, u.Node.Span(), false})
	}
	return sortedUses(uses)
}

// definersOf returns the places that define a name: several, where paths define parts of it.
func (v *View) definersOf(b *sema.Binding) []source.Span {
	spans := []source.Span{nameSpan(b.Node)}
	if !b.More {
		return spans
	}
	set := b.Decl.Parent()
	for c := range set.Children() {
		if d, ok := ast.AsBinding(c); ok && d.Attrpath().FirstName() == b.Name {
			spans = append(spans, d.Attrpath().First().Span())
		}
	}
	return spans
}

// nameSpan returns the bytes of the name that a node is: without the sign before the name of a whole argument.
func nameSpan(n ast.Node) source.Span {
	s := n.Span()
	if n.Is(ast.AtName) && n.FirstToken().Kind() == ast.TokAt {
		s.Start = n.LastToken().Start()
	}
	if n.Is(ast.AtName) && n.LastToken().Kind() == ast.TokAt {
		s.End = n.FirstToken().Span().End
	}
	return s
}

// sameFree returns the uses of a variable that the file does not bind: a builtin, or what a with gives.
func (v *View) sameFree(n ast.Node) (uses []Use) {
	own, ok := v.names().Use(n)
	if !ok || own.Target == sema.ToBinding {
		return nil
	}
	for _, u := range v.names().Uses() {
		if u.Target == own.Target && u.Node.Text() == n.Text() && (u.Target != sema.ToWith || u.Scope == own.Scope) {
			uses = append(uses, Use{v.path, u.Node.Span(), false})
		}
	}
	return uses
}

// attributeAt returns where the attribute is defined that a node selects or defines.
func (v *View) attributeAt(n ast.Node) (to Location, ok bool) {
	if op := operandOf(n); op.IsValid() {
		if to, ok = v.attribute(op, n); ok {
			return to, true
		}
		if own := v.ownOutput(op, n); len(own) == 1 {
			return own[0], true
		}
		return to, false
	}
	if up := n.Parent(); up.Is(ast.Attrpath) && up.Parent().Is(ast.Binding) {
		if to := v.passedTo(n); len(to) == 1 {
			return to[0], true
		}
		return Location{v.path, n.Span(), n.Span()}, true
	}
	return to, false
}

// maxAsked bounds the selections of a file that are evaluated for one question.
const maxAsked = 400

// attributeUses returns the places of the file that surely name the attribute, or the formal, that is defined at a place; of is the
// node that was asked about, which may be in another file.
func (v *View) attributeUses(to Location, of ast.Node) (uses []Use) {
	name, ok := ast.AttrName(of)
	if of.Is(ast.Ident) {
		name, ok = of.Text(), true
	}
	if !ok {
		return nil
	}
	left := maxAsked
	records := v.tree.Records()
	for i := range records {
		if k := records[i].Kind; k != ast.Name && k != ast.String && k != ast.Ident {
			continue
		}
		n := v.tree.Node(ast.NodeID(i))
		got, static := ast.AttrName(n)
		if n.Is(ast.Ident) {
			got, static = n.Text(), true
		}
		if !static || got != name {
			continue
		}
		if left--; left < 0 {
			break
		}
		at, found := Location{}, false
		switch {
		case n.Is(ast.Ident) || n.Parent().Is(ast.Inherit):
			for _, d := range v.nameDefinitions(n, maxSteps) {
				at, found = d, true
			}
		default:
			at, found = v.attributeAt(n)
		}
		if found && at.File == to.File && at.Name == to.Name {
			uses = append(uses, Use{v.path, n.Span(), v.path == to.File && n.Span() == to.Name})
		}
	}
	return uses
}
