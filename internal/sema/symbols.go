package sema

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

func hashName(name string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(name); i++ {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h
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
