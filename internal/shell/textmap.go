package shell

import (
	"sort"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// A textMap maps offsets of derived text to offsets of the text it was derived from, through parents up to
// the file. The zero map with no pieces is the identity.
type textMap struct {
	pieces []piece
	parent *textMap
	// fn maps an offset to the file where the caller of ReadText knows the way.
	fn func(int) uint32
	// crs are the offsets of the derived text at which a "\r" was left out, and lead the number of bytes
	// left out at its start.
	crs  []uint32
	lead uint32
}

// A piece says that n bytes at dst come from m bytes at src. Equal lengths map byte by byte, others as a
// whole.
type piece struct{ dst, n, src, m int }

// start maps the place of the byte at i.
func (t *textMap) start(i int) uint32 {
	i, fn := t.up(i, false)
	if fn != nil {
		return fn(i)
	}
	return uint32(max(i, 0))
}

// end maps i as the end of what is before it.
func (t *textMap) end(i int) uint32 {
	if i <= 0 {
		return t.start(i)
	}
	i, fn := t.up(i, true)
	if fn != nil {
		return fn(i-1) + 1
	}
	return uint32(i)
}

func (t *textMap) span(start, end int) source.Span {
	if end <= start {
		at := t.start(start)
		return source.Span{Start: at, End: at}
	}
	return source.Span{Start: t.start(start), End: t.end(end)}
}

func (t *textMap) up(i int, end bool) (int, func(int) uint32) {
	for ; t != nil; t = t.parent {
		switch {
		case t.fn != nil:
			return i, t.fn
		case t.pieces != nil:
			i = t.local(i, end)
		case end && i > 0:
			i = t.line(i-1) + 1
		default:
			i = t.line(i)
		}
	}
	return i, nil
}

func (t *textMap) line(i int) int {
	n := sort.Search(len(t.crs), func(k int) bool { return int(t.crs[k]) > i })
	return i + n + int(t.lead)
}

// local maps through the pieces; what lies between or behind them is the end of the piece before.
func (t *textMap) local(i int, end bool) int {
	k := sort.Search(len(t.pieces), func(k int) bool {
		if end {
			return t.pieces[k].dst >= i
		}
		return t.pieces[k].dst > i
	}) - 1
	if k < 0 {
		return t.pieces[0].src
	}
	p := t.pieces[k]
	off := i - p.dst
	switch {
	case off >= p.n:
		return p.src + p.m
	case p.n == p.m:
		return p.src + off
	case end:
		return p.src + p.m
	}
	return p.src
}

// A textBuilder assembles text with its map.
type textBuilder struct {
	text   strings.Builder
	pieces []piece
}

// add appends s, which stands for m bytes at src.
func (b *textBuilder) add(s string, src, m int) {
	if s == "" {
		return
	}
	if k := len(b.pieces) - 1; k >= 0 && len(s) == m {
		if p := &b.pieces[k]; p.n == p.m && p.src+p.m == src && p.dst+p.n == b.text.Len() {
			p.n += m
			p.m += m
			b.text.WriteString(s)
			return
		}
	}
	b.pieces = append(b.pieces, piece{dst: b.text.Len(), n: len(s), src: src, m: m})
	b.text.WriteString(s)
}

// mapTo returns the map; text that stayed empty stands at base.
func (b *textBuilder) mapTo(parent *textMap, base int) *textMap {
	pieces := b.pieces
	if pieces == nil {
		pieces = []piece{{src: base}}
	}
	return &textMap{pieces: pieces, parent: parent}
}

// normalize drops a byte order mark and turns line ends into "\n", with the map back.
func normalize(text string) (string, *textMap) {
	m := &textMap{}
	if strings.HasPrefix(text, "\ufeff") {
		m.lead = 3
		text = text[3:]
	}
	if strings.IndexByte(text, '\r') < 0 {
		return text, m
	}
	var b strings.Builder
	b.Grow(len(text))
	for {
		i := strings.IndexByte(text, '\r')
		if i < 0 {
			b.WriteString(text)
			return b.String(), m
		}
		b.WriteString(text[:i])
		if text = text[i+1:]; strings.HasPrefix(text, "\n") {
			m.crs = append(m.crs, uint32(b.Len()))
		} else {
			b.WriteByte('\n') // YAML reads a lone carriage return as a line end
		}
	}
}
