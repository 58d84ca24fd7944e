package parser

import (
	"slices"
	"sort"
	"strings"
	"sync/atomic"

	"github.com/nixsift/nixsift/ast"
)

// Reparse parses a text that resembles the one before, as the versions of a document in an editor do. The
// tree is the one that Parse makes, and valid as long; what lies before and behind the edit is not lexed
// again, and where the edit changes nothing but trivia and the text of tokens, the nodes stay as they are.
func (p *Parser) Reparse(src string) *ast.Tree {
	s := p.reparse(src)
	s.Stamp = p.stamp
	p.tree.Set(s)
	return &p.tree
}

// Last returns the tree of the last call, valid until the next; nil where that was not Reparse.
func (p *Parser) Last() *ast.Tree {
	if p.stamp == 0 || p.tree.Stamp() != p.stamp {
		return nil
	}
	return &p.tree
}

var lastStamp atomic.Uint64

func (p *Parser) reparse(src string) ast.Storage {
	before := p.stamp
	p.stamp = lastStamp.Add(1)
	if src == p.src && p.n > 0 {
		if before != 0 {
			p.stamp = before
		}
		return p.storage()
	}
	d, ok := p.relex(src)
	switch {
	case !ok:
		p.lexAnew(src)
		return p.parseLexed()
	case len(p.errors) == 0 && p.keepsNodes(&d):
		p.moveNodes(&d)
		if before != 0 && !d.renames {
			p.stamp = before
		}
	default:
		p.build()
		if len(p.errors) > 0 {
			p.reread(src)
		}
	}
	return p.storage()
}

// splice says which tokens an edit replaced: those from first to, not including, oldEnd by those from first
// to newEnd. The old ones are kept in old.
type splice struct {
	first, oldEnd, newEnd int
	old                   []ast.TokenKind
	oldText               string   // of the replaced tokens
	oldStart              []uint32 // their offsets in oldText
	start, end            int      // the bytes of the new tokens
	moved                 []uint32 // by replaced token: the token that stands for it
	renames               bool     // an identifier differs
}

// Bounds of relex: the bytes that an edit may make it read, and the modes that it compares.
const (
	maxRelex = 64 << 10
	maxModes = 256
)

// relex makes the tokens of src from those of the source before. It fails, and leaves the tokens as they
// were, where that takes too long or is not sure to be right.
//
// A blank in code is a place where the lexer knows nothing but the modes that are open: nothing looks ahead
// over it. So lexing starts at the last blank before the edit, and ends at a blank behind it that was one
// before, with the same modes.
func (p *Parser) relex(src string) (d splice, ok bool) {
	if p.n == 0 || p.src == "" || len(p.cuts) > 0 || p.shell || p.nul >= 0 {
		return d, false
	}
	same := commonPrefix(p.src, src)
	behind := commonSuffix(p.src[same:], src[same:])
	delta := len(src) - len(p.src)
	editEnd := len(src) - behind // in src

	d.first = sort.Search(p.n, func(i int) bool { return int(p.start[i]) >= same }) - 1
	for lowest := d.first - maxRelex; d.first >= 0 && p.kinds[d.first] != ast.TokSpace; d.first-- {
		if d.first == lowest {
			return d, false
		}
	}
	d.first = max(d.first, 0)
	d.start = int(p.start[d.first])
	modes := modeStack{modeCode}
	for _, k := range p.kinds[:d.first] {
		if changesMode[k] || modes[len(modes)-1] == modePath {
			modes = modes.behind(k)
		}
	}
	if len(modes) > maxModes {
		return d, false
	}
	modes = modes.before(p.kinds[d.first])

	l := &p.region
	l.src, l.n, l.modes = src, 0, append(l.modes[:0], modes...)
	l.noPath, l.noURL, l.nul, l.check = 0, 0, -1, false
	newModes, oldModes := modes, slices.Clone(modes)
	i, j := d.start, 0
	d.oldEnd = d.first
	for size := 256; ; size *= 2 {
		stop := min(max(i, editEnd)+size, len(src))
		l.reserve(l.n + stop - i + 8)
		if i = l.tokens(i, stop); l.nul >= 0 {
			return d, false
		}
		for ; j < l.n; j++ {
			k, at := l.kinds[j], int(l.start[j])
			if k == ast.TokSpace && at >= editEnd && at > d.start {
				for d.oldEnd < p.n && int(p.start[d.oldEnd]) < at-delta {
					oldModes = oldModes.behind(p.kinds[d.oldEnd])
					d.oldEnd++
				}
				newModes, oldModes = newModes.before(k), oldModes.before(k)
				if int(p.start[d.oldEnd]) == at-delta && p.kinds[d.oldEnd] == ast.TokSpace && slices.Equal(newModes, oldModes) {
					d.newEnd, d.end = d.first+j, at
					p.splice(&d, src)
					return d, true
				}
			}
			if newModes = newModes.behind(k); len(newModes) > maxModes || len(oldModes) > maxModes {
				return d, false
			}
		}
		if i >= len(src) || i-d.start > maxRelex {
			return d, false
		}
	}
}

// splice puts the tokens of the region in the place of those from d.first to d.oldEnd.
func (p *Parser) splice(d *splice, src string) {
	l := &p.region
	p.replaced.kinds = append(p.replaced.kinds[:0], p.kinds[d.first:d.oldEnd]...)
	p.replaced.start = append(p.replaced.start[:0], p.start[d.first:d.oldEnd+1]...)
	d.old, d.oldStart, d.oldText = p.replaced.kinds, p.replaced.start, p.src

	n := p.n + d.newEnd - d.oldEnd
	if len(p.start) <= n {
		p.reserve(n + 1 + p.spare(n))
	}
	copy(p.kinds[d.newEnd:n], p.kinds[d.oldEnd:p.n])
	copy(p.start[d.newEnd:n+1], p.start[d.oldEnd:p.n+1])
	if delta := uint32(len(src) - len(p.src)); delta != 0 {
		tail := p.start[d.newEnd : n+1]
		for i := range tail {
			tail[i] += delta
		}
	}
	copy(p.kinds[d.first:], l.kinds[:d.newEnd-d.first])
	copy(p.start[d.first:], l.start[:d.newEnd-d.first])
	p.src, p.n = src, n
	p.check = p.check || l.check
}

// keepsNodes reports whether the nodes of a source without errors stay as they are: if the tokens that are no
// trivia are of the same kinds as before, and none of them is looked at more closely.
func (p *Parser) keepsNodes(d *splice) bool {
	if p.region.check || strings.IndexByte(p.src[d.start:d.end], 0) >= 0 {
		return false
	}
	p.replaced.moved = append(p.replaced.moved[:0], make([]uint32, len(d.old))...)
	d.moved = p.replaced.moved
	i := d.first
	for j, k := range d.old {
		if k.IsTrivia() {
			continue
		}
		for i < d.newEnd && p.kinds[i].IsTrivia() {
			i++
		}
		if i == d.newEnd || p.kinds[i] != k {
			return false
		}
		d.moved[j] = uint32(i)
		if p.span(i, i).Of(p.src) != d.oldText[d.oldStart[j]:d.oldStart[j+1]] {
			switch k {
			case ast.TokIdent, ast.TokOrKw:
				d.renames = true
			case ast.TokPath, ast.TokPathText:
				return false // the parser reads their text
			case ast.TokText, ast.TokIndText, ast.TokURI:
				if p.inName(d.first + j) {
					return false // what is constant in a name depends on its text
				}
			}
		}
		i++
	}
	for ; i < d.newEnd; i++ {
		if !p.kinds[i].IsTrivia() {
			return false
		}
	}
	return true
}

// inName reports whether a token, by its old number, is part of an attribute name.
func (p *Parser) inName(token int) bool {
	at := ast.NodeID(0) // the innermost node that holds the token
	for id := ast.NodeID(1); id < p.records[at].End; {
		switch r := &p.records[id]; {
		case uint32(token) < r.First:
			id = p.records[at].End
		case uint32(token) > r.Last || r.Last+1 == r.First:
			id = r.End
		default:
			at = id
			id++
		}
	}
	for ; at != 0; at = p.parents[at] {
		switch p.records[at].Kind {
		case ast.String, ast.IndString, ast.URI, ast.Interpolation, ast.Paren:
		case ast.Attrpath, ast.Inherit:
			return true
		default:
			return false
		}
	}
	return false
}

// moveNodes gives the nodes the new numbers of their tokens.
func (p *Parser) moveNodes(d *splice) {
	if d.newEnd == d.oldEnd && slices.Equal(d.old, p.kinds[d.first:d.newEnd]) {
		return
	}
	first, oldEnd, by := uint32(d.first), uint32(d.oldEnd), uint32(d.newEnd-d.oldEnd)
	place := func(token uint32) uint32 {
		switch {
		case token < first:
			return token
		case token >= oldEnd:
			return token + by
		}
		return d.moved[token-first]
	}
	p.records[0].Last = uint32(p.n - 1) // the file has all tokens
	for i := 1; i < len(p.records); i++ {
		r := &p.records[i]
		switch {
		case r.First >= oldEnd && r.Last >= oldEnd:
			r.First += by
			r.Last += by
		case r.Last+1 == r.First: // without text
			r.Last = place(r.Last)
			r.First = r.Last + 1
		case r.Last >= first:
			r.First, r.Last = place(r.First), place(r.Last)
		}
	}
}

// modeStack is what the lexer is inside of at a token.
type modeStack []mode

// changesMode are the kinds that open or close a mode.
var changesMode = [ast.NumTokenKinds]bool{
	ast.TokLBrace: true, ast.TokDollarCurly: true, ast.TokRBrace: true, ast.TokQuote: true, ast.TokIndQuote: true, ast.TokPath: true,
}

// before returns the modes right before a token of a kind: a path ends where no other piece follows.
func (m modeStack) before(k ast.TokenKind) modeStack {
	if m[len(m)-1] == modePath && k != ast.TokDollarCurly && k != ast.TokPathText {
		return m[:len(m)-1]
	}
	return m
}

// behind returns the modes behind a token of a kind.
func (m modeStack) behind(k ast.TokenKind) modeStack {
	m = m.before(k)
	quote := func(inside mode) modeStack {
		if m[len(m)-1] == inside {
			return m[:len(m)-1]
		}
		return append(m, inside)
	}
	switch k {
	case ast.TokLBrace, ast.TokDollarCurly:
		return append(m, modeCode)
	case ast.TokRBrace:
		if len(m) > 1 {
			return m[:len(m)-1]
		}
	case ast.TokQuote:
		return quote(modeString)
	case ast.TokIndQuote:
		return quote(modeIndent)
	case ast.TokPath:
		return append(m, modePath)
	}
	return m
}

// block is how many bytes are compared at once.
const block = 4096

// commonPrefix returns the length of what two texts begin with.
func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i+block <= n && a[i:i+block] == b[i:i+block] {
		i += block
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// commonSuffix returns the length of what two texts end with.
func commonSuffix(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i+block <= n && a[len(a)-i-block:len(a)-i] == b[len(b)-i-block:len(b)-i] {
		i += block
	}
	for i < n && a[len(a)-1-i] == b[len(b)-1-i] {
		i++
	}
	return i
}
