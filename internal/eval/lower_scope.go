package eval

// scope is one level of the environment.
type scope struct {
	names []string          // by slot
	index map[string]uint32 // where there are many
	with  bool
	set   uint32 // the number of the let or recursive set, or 0
}

// bind adds a name; false where the scope has it.
func (s *scope) bind(name string) bool {
	if _, twice := s.slot(name); twice {
		return false
	}
	s.names = append(s.names, name)
	switch n := len(s.names); {
	case s.index != nil:
		s.index[name] = uint32(n - 1)
	case n > maxScanned:
		s.index = make(map[string]uint32, 2*n)
		for i, name := range s.names {
			s.index[name] = uint32(i)
		}
	}
	return true
}

func (s *scope) slot(name string) (slot uint32, ok bool) {
	if s.index != nil {
		slot, ok = s.index[name]
		return slot, ok
	}
	for i, n := range s.names {
		if n == name {
			return uint32(i), true
		}
	}
	return 0, false
}
