package sema

import "github.com/nixsift/nixsift/ast"

// trie holds the attribute paths of the sets of one file, to find those that could clash.
type trie struct {
	slots []trieSlot
	leaf  []bool // by trie node
	gen   uint32
	used  int
}

type trieSlot struct {
	gen, parent, node uint32
	sym               symbol
}

func (t *trie) reset() {
	if t.slots == nil {
		t.slots = make([]trieSlot, 1024)
	}
	t.gen++
	t.used = 0
	t.leaf = t.leaf[:0]
}

// root makes the trie node of a set.
func (t *trie) root() uint32 {
	t.leaf = append(t.leaf, false)
	return uint32(len(t.leaf) - 1)
}

// child returns the node for sym below parent, and whether it was there already.
func (t *trie) child(parent uint32, sym symbol) (node uint32, old bool) {
	mask := uint32(len(t.slots) - 1)
	for i := (parent*0x9E3779B1 ^ uint32(sym)*0x85EBCA77) & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.gen != t.gen {
			if t.used*2 >= len(t.slots) {
				t.grow()
				return t.child(parent, sym)
			}
			t.used++
			*s = trieSlot{t.gen, parent, t.root(), sym}
			return s.node, false
		}
		if s.parent == parent && s.sym == sym {
			return s.node, true
		}
	}
}

func (t *trie) grow() {
	old := t.slots
	t.slots = make([]trieSlot, 2*len(old))
	mask := uint32(len(t.slots) - 1)
	for _, s := range old {
		if s.gen != t.gen {
			continue
		}
		i := (s.parent*0x9E3779B1 ^ uint32(s.sym)*0x85EBCA77) & mask
		for t.slots[i].gen == t.gen {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}

// nameFilter tells quickly that names differ: it holds, by the hash of a name, the set that had one last.
type nameFilter struct {
	slots [4096]uint32
	mark  uint32 // of the set at hand
}

func (f *nameFilter) reset() {
	if f.mark++; f.mark == 0 {
		*f = nameFilter{mark: 1}
	}
}

// met notes a name and reports whether it may have been noted since the last reset.
func (f *nameFilter) met(name string) bool {
	slot := &f.slots[hashName(name)%uint32(len(f.slots))]
	old := *slot
	*slot = f.mark
	return old == f.mark
}

// mayRepeat reports whether two definitions of a set could start with the same name. Most sets need no more
// than that.
func (r *Resolver) mayRepeat(set ast.Node) bool {
	records := r.tree.Records()
	r.filter.reset()
	met := func(part ast.NodeID) bool {
		n := r.tree.Node(part)
		if records[part].Kind == ast.Name {
			return r.filter.met(n.Text())
		}
		name, ok := ast.AttrName(n)
		return ok && r.filter.met(name)
	}
	for id, end := set.ID()+1, set.SubtreeEnd(); id < end; id = records[id].End {
		switch records[id].Kind {
		case ast.Binding:
			if part := id + 2; part < records[id+1].End && met(part) {
				return true
			}
		case ast.Inherit:
			for part := id + 1; part < records[id].End; part = records[part].End {
				if records[part].Kind != ast.InheritFrom && met(part) {
					return true
				}
			}
		}
	}
	return false
}

// repeats reports whether two definitions of a set start with the same name; in most sets none do.
func (r *Resolver) repeats(set ast.Node) bool {
	if !r.mayRepeat(set) {
		return false
	}
	mark := set.ID() + 1
	seen := func(part ast.Node) bool {
		name, ok := ast.AttrName(part)
		if !ok {
			return false
		}
		sym := r.intern(name)
		for int(sym) >= len(r.owner) {
			r.owner = append(r.owner, 0)
		}
		old := r.owner[sym]
		r.owner[sym] = mark
		return old == mark
	}
	for c := set.FirstChild(); c.IsValid(); c = c.NextSibling() {
		switch c.Kind() {
		case ast.Binding:
			if seen(c.FirstChild().FirstChild()) {
				return true
			}
		case ast.Inherit:
			for part := c.FirstChild(); part.IsValid(); part = part.NextSibling() {
				if !part.Is(ast.InheritFrom) && seen(part) {
					return true
				}
			}
		}
	}
	return false
}

// clashes reports whether two definitions of a set share a path that at least one of them ends at: then
// they merge or conflict. Paths that only share a prefix (a.b and a.c) do neither.
func (r *Resolver) clashes(set ast.Node) bool {
	if !r.repeats(set) {
		return false
	}
	root := r.trie.root()
	clash := false
	for c := range set.Children() {
		switch c.Kind() {
		case ast.Binding:
			at := root
			for part := c.FirstChild().FirstChild(); part.IsValid(); part = part.NextSibling() {
				name, ok := ast.AttrName(part)
				if !ok {
					break
				}
				last := !part.NextSibling().IsValid()
				next, old := r.trie.child(at, r.intern(name))
				if old && (last || r.trie.leaf[next]) {
					clash = true
				}
				r.trie.leaf[next] = r.trie.leaf[next] || last
				at = next
			}
		case ast.Inherit:
			for part := range (ast.InheritNode{Node: c}).Names() {
				name, ok := ast.AttrName(part)
				if !ok {
					continue
				}
				next, old := r.trie.child(root, r.intern(name))
				clash = clash || old
				r.trie.leaf[next] = true
			}
		}
	}
	return clash
}
