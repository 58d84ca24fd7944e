package ide

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// Implementation returns where the project defines the option that an offset names; nothing for all that is no option.
func (v *View) Implementation(offset uint32) (origin source.Span, to []Location) {
	n := v.nodeAt(offset)
	if !n.IsValid() {
		return origin, nil
	}
	path := v.namedOption(n)
	if path == nil {
		return origin, nil
	}
	for _, p := range v.OptionPlaces(path) {
		if p.Defined {
			to = append(to, Location{p.File, p.Span, p.Span})
		}
	}
	return n.Span(), to
}

// TypeDefinition returns where the type of the option is written that an offset names; nothing for all that is no option, or has no
// type there.
func (v *View) TypeDefinition(offset uint32) (origin source.Span, to []Location) {
	n := v.nodeAt(offset)
	if !n.IsValid() {
		return origin, nil
	}
	_, declared := v.optionOf(n)
	for _, d := range declared {
		o := v.openFile(d.File)
		if o == nil {
			continue
		}
		for _, set := range o.declaredBy(o.bindingAt(d.Span)) {
			if b, ok := ast.Attr(set, "type"); ok {
				at := Location{d.File, b.Value().Span(), b.Value().Span()}
				if inner := b.Value().Unparen(); inner.Is(ast.Ident) { // as a let names it
					if further := o.nameDefinitions(inner, maxSteps); len(further) == 1 && o.names().Resolve(inner) != nil {
						at = further[0]
					}
				}
				to = append(to, at)
			}
		}
	}
	return n.Span(), to
}

// bindingAt returns the binding around a place; it is invalid where there is none.
func (v *View) bindingAt(at source.Span) ast.Node {
	n := v.tree.NodeAt(at)
	for !n.Is(ast.Binding) && n.IsValid() {
		n = n.Parent()
	}
	return n
}

// declaredBy returns the sets that the call of mkOption, or the like, in a binding gets.
func (v *View) declaredBy(binding ast.Node) (sets []ast.Node) {
	if !binding.IsValid() {
		return nil
	}
	value := (ast.BindingNode{Node: binding}).Value().Unparen()
	if value.Is(ast.Ident) { // as a let names it
		if b := v.names().Resolve(value); b != nil && b.Value.IsValid() {
			value = b.Value.Unparen()
		}
	}
	_, args := ast.Call(value)
	for _, a := range args {
		if a = a.Unparen(); a.Is(ast.AttrSet) {
			sets = append(sets, a)
		}
	}
	return sets
}
