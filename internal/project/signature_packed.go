package project

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// packedSignature is the signature of a file by itself, as a run keeps it of every file: one text without pointers, of
// a quarter of the size. It is "" for a file without one. It is a list of items, which packer writes and unpacker reads:
//
//	closed or open, span, number, (name, where it starts and whether it has a default)…   a parameter
//	set, span, number, (name)…                                                            what the functions return
//	next, arguments, literal                                                              or the file whose value they pass on
type packedSignature string

const (
	packedClosed byte = iota
	packedOpen
	packedSet
	packedNext
)

// packer writes the items of a signature.
type packer struct{ buf []byte }

func (p *packer) number(n int) { p.buf = binary.AppendUvarint(p.buf, uint64(n)) }

func (p *packer) text(s string) {
	p.number(len(s))
	p.buf = append(p.buf, s...)
}

func (p *packer) span(s source.Span) {
	p.number(int(s.Start))
	p.number(int(s.End - s.Start))
}

func (p *packer) param(l ast.LambdaExpr) {
	pattern, ok := l.Pattern()
	if !ok {
		p.buf = append(p.buf, packedOpen)
		p.span(l.Param().Span())
		p.number(0)
		return
	}
	kind, formals := packedClosed, 0
	if pattern.HasEllipsis() {
		kind = packedOpen
	}
	for range pattern.Formals() {
		formals++
	}
	p.buf = append(p.buf, kind)
	p.span(pattern.FirstToken().Span())
	p.number(formals)
	for f := range pattern.Formals() {
		p.text(f.Name().Text())
		at := int(f.Start()) << 1
		if f.Default().IsValid() {
			at |= 1
		}
		p.number(at)
	}
}

// set writes the set that a literal is, unless not all its attributes are known or there are too many.
func (p *packer) set(n ast.Node) {
	var room [32]string
	names := room[:0]
	add := func(part ast.Node) bool {
		name, static := ast.AttrName(part)
		names = append(names, name)
		return static && len(names) <= maxNames && name != "__overrides" // whose attributes a recursive set has, too
	}
	for c := range n.Children() {
		switch c.Kind() {
		case ast.Binding:
			if !add((ast.BindingNode{Node: c}).Attrpath().FirstChild()) {
				return
			}
		case ast.Inherit:
			for part := range (ast.InheritNode{Node: c}).Names() {
				if !add(part) {
					return
				}
			}
		default:
			return
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	p.buf = append(p.buf, packedSet)
	p.span(n.FirstToken().Span())
	p.number(len(names))
	for _, name := range names {
		p.text(name)
	}
}

// next writes the file whose value is passed on, if there is one.
func (p *packer) next(literal string, given int) {
	if literal != "" {
		p.buf = append(p.buf, packedNext)
		p.number(given)
		p.text(literal)
	}
}

// read returns the signature of the file at a path; next is the literal of the file whose value, applied to given
// arguments, the functions return in the end, or "".
func (s packedSignature) read(path string) (out Signature, next string, given int) {
	u := unpacker(s)
	for u != "" {
		kind := u[0]
		u = u[1:]
		switch kind {
		case packedSet:
			set := &Set{File: path, Span: u.span(), Attrs: make([]string, u.number())}
			for i := range set.Attrs {
				set.Attrs[i] = u.text()
			}
			out.Set = set
		case packedNext:
			given = u.number()
			next = u.text()
		default:
			p := Param{Open: kind == packedOpen, File: path, Span: u.span()}
			if n := u.number(); n > 0 {
				p.Formals = make([]Formal, n)
			}
			for i := range p.Formals {
				name, at := u.text(), u.number()
				p.Formals[i] = Formal{Name: name, Optional: at&1 != 0, At: uint32(at >> 1)}
			}
			slices.SortFunc(p.Formals, func(a, b Formal) int { return strings.Compare(a.Name, b.Name) })
			out.Params = append(out.Params, p)
		}
	}
	return out, next, given
}

// unpacker is the rest of a signature that is read.
type unpacker string

func (u *unpacker) number() int {
	n := uint64(0)
	for shift := 0; ; shift += 7 {
		b := (*u)[0]
		*u = (*u)[1:]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return int(n)
		}
	}
}

func (u *unpacker) text() string {
	n := u.number()
	s := string((*u)[:n])
	*u = (*u)[n:]
	return s
}

func (u *unpacker) span() source.Span {
	start := u.number()
	return source.Span{Start: uint32(start), End: uint32(start + u.number())}
}
