package module

import (
	"encoding/binary"
	"iter"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/eval"
)

// Uses are the definitions and reads of the modules of a file: those that DefinedOptions returns, then those of ReadOptions, each in their
// order. They are packed into one text, since most projects have far more of them than of anything else that is kept of files. It
// refers neither to the tree nor to its text.
type Uses struct {
	packed string
}

// Use is one of them.
type Use struct {
	// Path and Spans, those of its names, change with the next use; the names stay. The span of a name that does not stand in one
	// piece with the last is zero. Node is the last name of a definition, the name or selection that reads.
	Path  []string
	Spans []source.Span
	Node  source.Span
	// Defined tells definitions from reads.
	Defined bool
	// Cut and Guarded are those of Defined and Read, Priority is that of Defined.
	Cut, Guarded bool
	Priority     int64
	// Value is set for definitions that count without a condition, with the usual priority, a stronger one of their own or that of mkDefault,
	// in the module that the file is, if it is exactly known; for a list with a stronger one, without what is in it.
	Value Value
}

// flags of a packed use.
const (
	packedDefined = 1 << iota
	packedCut
	packedGuarded
	packedValue
	packedList // the value is a list, of which no more is kept
)

// Uses returns what the modules of the file define and read.
func (f *File) Uses() Uses {
	if f.done&doneUses == 0 {
		f.done |= doneUses
		var p packer
		own := f.orSet()
		defined, reads := f.DefinedOptions(), f.ReadOptions()
		for i := range defined {
			d := &defined[i]
			u := Use{Path: d.Path, Node: d.Node.Span(), Defined: true, Cut: d.Cut, Priority: d.Priority}
			if d.Of == own && !d.Conditional && !d.User && 0 < d.Priority && (d.Priority <= PlainPriority || d.Priority == DefaultPriority) && d.OfValue() && !d.Cut && d.Value.IsValid() {
				u.Value = f.Written(d.Value)
			}
			p.add(u, d.Parts)
		}
		for i := range reads {
			r := &reads[i]
			p.add(Use{Path: r.Path, Node: r.Node.Span(), Cut: r.Cut, Guarded: r.Guarded}, r.Parts)
		}
		f.uses = Uses{string(p.out)}
	}
	return f.uses
}

// packer packs one use after the other: of its path, what the one before it has not.
type packer struct {
	out   []byte
	path  []string
	spans []source.Span
}

func (p *packer) number(n int64) { p.out = binary.AppendVarint(p.out, n) }

func (p *packer) text(s string) {
	p.number(int64(len(s)))
	p.out = append(p.out, s...)
}

func (p *packer) span(s source.Span) {
	p.number(int64(s.Start))
	p.number(int64(s.End - s.Start))
}

// add packs a use whose last names are parts.
func (p *packer) add(u Use, parts []ast.Node) {
	flags := int64(0)
	for _, f := range []struct {
		flag int64
		set  bool
	}{{packedDefined, u.Defined}, {packedCut, u.Cut}, {packedGuarded, u.Guarded}, {packedValue, u.Value.Exact}, {packedList, !u.Value.Exact && u.Value.Kinds == eval.List && u.Priority < PlainPriority}} {
		if f.set {
			flags |= f.flag
		}
	}
	p.number(flags)
	span := func(i int) (s source.Span) {
		if own := i - len(u.Path) + len(parts); own >= 0 && parts[own].IsValid() {
			s = parts[own].Span()
		}
		return s
	}
	same := 0
	for same < min(len(u.Path), len(p.path)) && u.Path[same] == p.path[same] && span(same) == p.spans[same] {
		same++
	}
	p.number(int64(same))
	p.number(int64(len(u.Path) - same))
	p.path, p.spans = p.path[:same], p.spans[:same]
	for i, name := range u.Path[same:] {
		s := span(same + i)
		p.path, p.spans = append(p.path, name), append(p.spans, s)
		p.text(name)
		p.span(s)
	}
	p.span(u.Node)
	if u.Defined {
		p.number(u.Priority)
	}
	if u.Value.Exact {
		p.number(int64(u.Value.Kinds))
		p.text(u.Value.Literal)
	}
}

// Each yields the uses with their numbers.
func (u Uses) Each() iter.Seq2[int, *Use] {
	return func(yield func(int, *Use) bool) {
		r := unpacker{rest: u.packed}
		var use Use
		for i := 0; r.rest != ""; i++ {
			r.next(&use)
			if !yield(i, &use) {
				return
			}
		}
	}
}

type unpacker struct {
	rest string
}

func (r *unpacker) number() int64 {
	var u uint64
	for i, shift := 0, 0; ; i, shift = i+1, shift+7 {
		b := r.rest[i]
		u |= uint64(b&0x7f) << shift
		if b < 0x80 {
			r.rest = r.rest[i+1:]
			return int64(u>>1) ^ -int64(u&1) // as binary.Varint has it
		}
	}
}

func (r *unpacker) text() string {
	n := r.number()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *unpacker) span() (start, length int64) {
	start = r.number()
	return start, r.number()
}

// next reads a use over the one before it.
func (r *unpacker) next(u *Use) {
	flags, same := r.number(), r.number()
	more := r.number()
	u.Path, u.Spans = u.Path[:same], u.Spans[:same]
	for range more {
		u.Path = append(u.Path, r.text())
		start, length := r.span()
		u.Spans = append(u.Spans, spanAt(start, length))
	}
	u.Node = spanAt(r.span())
	u.Defined, u.Cut, u.Guarded = flags&packedDefined != 0, flags&packedCut != 0, flags&packedGuarded != 0
	u.Priority, u.Value = 0, Value{}
	if u.Defined {
		u.Priority = r.number()
	}
	if flags&packedList != 0 {
		u.Value.Kinds = eval.List
	}
	if flags&packedValue != 0 {
		u.Value = Value{Kinds: eval.Kinds(r.number()), Literal: r.text(), Exact: true}
	}
}

func spanAt(start, length int64) source.Span {
	return source.Span{Start: uint32(start), End: uint32(start + length)}
}
