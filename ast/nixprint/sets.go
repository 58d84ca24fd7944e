package nixprint

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
)

// set appends a set with its braces.
func (p *printer) set(s *attrs.Set) {
	if s.Rec {
		p.text("rec ")
	}
	p.text("{ ")
	p.contents(s)
	p.text("}")
}

// bindings appends what stands between the braces: inherited names, one group for each source; then the
// other static attributes; then the dynamic ones.
func (p *printer) bindings(s *attrs.Set) {
	sorted := slices.Clone(s.Attrs)
	slices.SortFunc(sorted, func(a, b *attrs.Attr) int { return strings.Compare(a.Name, b.Name) })
	opened := false
	for _, a := range sorted {
		if a.Kind != attrs.Inherited {
			continue
		}
		if !opened {
			p.text("inherit")
			opened = true
		}
		p.text(" " + ast.QuoteAttr(a.Name))
	}
	if opened {
		p.text("; ")
	}
	p.inheritedFrom(s, sorted)
	for _, a := range sorted {
		if a.Kind == attrs.Plain {
			p.text(ast.QuoteAttr(a.Name) + " = ")
			p.value(a.Value, a.Set)
		}
	}
	for i := range s.Dynamic {
		d := &s.Dynamic[i]
		p.dynamic(d.Part)
		p.text(" = ")
		p.value(d.Value, d.Set)
	}
}

func (p *printer) inheritedFrom(s *attrs.Set, sorted []*attrs.Attr) {
	groups := map[int][]*attrs.Attr{}
	var slots []int
	for _, a := range sorted {
		if a.Kind == attrs.InheritedFrom {
			if groups[a.From.Slot] == nil {
				slots = append(slots, a.From.Slot)
			}
			groups[a.From.Slot] = append(groups[a.From.Slot], a)
		}
	}
	slices.Sort(slots)
	for _, slot := range slots {
		source := groups[slot][0].From.Expr
		if slot < len(s.From) {
			source = s.From[slot]
		}
		p.keyword("inherit (", source, ")")
		for _, a := range groups[slot] {
			p.text(" " + ast.QuoteAttr(a.Name))
		}
		p.text("; ")
	}
}

// value appends the value of an attribute: an expression, or a set that merging made.
func (p *printer) value(v ast.Node, s *attrs.Set) {
	if s != nil {
		p.set(s)
	} else {
		p.node(v)
	}
	p.text("; ")
}

// attrpath appends the path of a selection or test.
func (p *printer) attrpath(path ast.AttrpathNode) {
	sep := ""
	for part := range path.Children() {
		p.text(sep)
		sep = "."
		if name, ok := ast.AttrName(part); ok {
			p.text(ast.QuoteAttr(name))
		} else {
			p.dynamic(part)
		}
	}
}

// dynamic appends a computed name: ${e}, or a string with interpolations.
func (p *printer) dynamic(part ast.Node) {
	expr := part
	if part.Is(ast.Interpolation) {
		expr = part.FirstChild()
	}
	p.keyword(`"${`, expr, `}"`)
}
