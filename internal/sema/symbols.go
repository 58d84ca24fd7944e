package sema

import (
	"math/bits"
	"math/rand/v2"
)

// symbol is the number of a name within one file.
type symbol uint32

// symbols numbers the names of one file. The table keeps its memory from file to file: entries of earlier
// files are told by their generation.
type symbols struct {
	slots []symbolSlot
	names []string
	gen   uint32
}

type symbolSlot struct {
	gen  uint32
	hash uint32
	sym  symbol
}

func (s *symbols) reset() {
	if s.slots == nil {
		s.slots = make([]symbolSlot, 1024)
	}
	s.gen++
	s.names = append(s.names[:0], "")
}

// factors makes the places of names in tables unpredictable, so that no file can be made to have them all in
// one. No result depends on it.
var factors = [2]uint64{rand.Uint64() | 1, rand.Uint64() | 1}

func hashName(name string) uint32 {
	n := len(name)
	h := uint64(n)
	var first, last uint64 // the first and the last bytes of a short name; they may overlap
	switch {
	case n >= 8:
		for i := 0; i+16 < n; i += 8 {
			h = mix(h^load64(name[i:]), factors[0])
		}
		first, last = load64(name[max(0, n-16):]), load64(name[n-8:])
	case n >= 4:
		first, last = load32(name), load32(name[n-4:])
	case n > 0:
		first, last = uint64(name[0])|uint64(name[n/2])<<8, uint64(name[n-1])
	}
	return uint32(mix(mix(h^first, factors[0])^last, factors[1]))
}

// mix multiplies and folds the product: each bit of it depends on all bits of x.
func mix(x, factor uint64) uint64 {
	high, low := bits.Mul64(x, factor)
	return high ^ low
}

func load32(s string) uint64 {
	_ = s[3]
	return uint64(uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24)
}

func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// intern returns the symbol of name; symbols count from 1.
func (s *symbols) intern(name string) symbol {
	h := hashName(name)
	mask := uint32(len(s.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		slot := &s.slots[i]
		if slot.gen != s.gen {
			if len(s.names)*2 >= len(s.slots) {
				s.grow()
				return s.intern(name)
			}
			sym := symbol(len(s.names))
			*slot = symbolSlot{s.gen, h, sym}
			s.names = append(s.names, name)
			return sym
		}
		if slot.hash == h && s.names[slot.sym] == name {
			return slot.sym
		}
	}
}

func (s *symbols) grow() {
	old := s.slots
	s.slots = make([]symbolSlot, 2*len(old))
	mask := uint32(len(s.slots) - 1)
	for _, slot := range old {
		if slot.gen != s.gen {
			continue
		}
		i := slot.hash & mask
		for s.slots[i].gen == s.gen {
			i = (i + 1) & mask
		}
		s.slots[i] = slot
	}
}
