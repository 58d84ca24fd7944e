package flake

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
)

// RemoveOverride returns the edits that remove an override with all that lies below it, and the inputs
// set that would be left empty. The edits are in source order and do not overlap. ok is false for what is
// no override, is not literal, or has a comment in it or behind it on its line, which would be lost.
func RemoveOverride(over *Input) (edits []diag.Edit, ok bool) {
	if over.Parent == nil || over.Attr == nil || !over.Literal {
		return nil, false
	}
	inputs := over.Parent.Attr.Sub("inputs")
	gone := map[ast.Node]bool{}
	for _, d := range over.Attr.Defs {
		gone[d.Binding] = true
	}
	// A literal inputs = { … } of which nothing stays goes as a whole.
	for _, d := range inputs.Defs {
		if d.Value.IsValid() && allIn(d.Value, gone) {
			for c := range d.Value.Children() {
				delete(gone, c)
			}
			gone[d.Binding] = true
		}
	}
	for b := range gone {
		edit, ok := removeBinding(b)
		if !ok {
			return nil, false
		}
		edits = append(edits, edit)
	}
	slices.SortFunc(edits, func(a, b diag.Edit) int { return int(a.Span.Start) - int(b.Span.Start) })
	return edits, len(edits) > 0
}

// RemoveAttr returns the edit that removes an attribute of an input. ok is false where it is not defined by one binding of
// its own, or has a comment in it or behind it on its line, which would be lost.
func RemoveAttr(in *Input, name string) (edits []diag.Edit, ok bool) {
	a := in.Attr.Sub(name)
	if a == nil || len(a.Defs) != 1 || !a.Defs[0].Value.IsValid() {
		return nil, false
	}
	edit, ok := removeBinding(a.Defs[0].Binding)
	return []diag.Edit{edit}, ok
}

// allIn reports whether a set has children and all are in nodes.
func allIn(set ast.Node, nodes map[ast.Node]bool) bool {
	for c := range set.Children() {
		if !nodes[c] {
			return false
		}
	}
	return set.FirstChild().IsValid()
}

// removeBinding removes a binding: its lines where nothing else is on them, else the blanks before it too.
func removeBinding(b ast.Node) (diag.Edit, bool) {
	src := b.Tree().Source()
	span := b.Span()
	line, _, found := strings.Cut(src[span.End:], "\n")
	rest := strings.TrimLeft(line, " \t\r")
	if b.Tree().HasComment(span) || strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, "/*") {
		return diag.Edit{}, false
	}
	indent, starts := lineIndent(src, span.Start)
	switch {
	case starts && rest == "" && found:
		span.Start -= uint32(len(indent))
		span.End += uint32(len(line)) + 1
	case starts: // something follows on the line: it takes the place
		span.End += uint32(len(line) - len(strings.TrimLeft(line, " \t")))
	default:
		before := src[:span.Start]
		span.Start = uint32(len(strings.TrimRight(before, " \t")))
	}
	return diag.Edit{Span: span}, true
}
