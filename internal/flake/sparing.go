package flake

import (
	"iter"
	"strings"
)

// A sparing is what Nix keeps of a lock file while more and more inputs follow. Most overrides take away a subtree that
// nothing else has; only one that takes away a node with inputs which another node has, too, needs a new walk.
type sparing struct {
	lock    *Lock
	blocked map[string]bool // the paths of inputs that follow
	longest int             // the names in the longest path that is, or will be, blocked
	kept    map[*LockNode]*place
	at      map[string]*LockNode    // the kept node that has the path
	uses    map[*LockNode][]lockUse // of what has no inputs itself, in the order of the walk
	users   map[*LockNode]int       // how many inputs of kept nodes are the node
	twice   bool                    // a path is that of several nodes, for names with a slash
	rank    map[*LockNode]int       // the order of what the root reaches
}

// A place is where the walk met a node first.
type place struct {
	from  *LockNode
	path  string // from the root; not kept where no override is that long
	depth int
}

// A lockUse is an input of a node.
type lockUse struct {
	from *LockNode
	name string
}

// walk finds what is kept, breadth first from the root.
func (s *sparing) walk() {
	l := s.lock
	if s.rank == nil {
		s.rank = make(map[*LockNode]int, len(l.reached))
		for i, name := range l.reached {
			s.rank[l.Node(name)] = i
		}
	}
	s.kept, s.at = map[*LockNode]*place{l.RootNode(): {}}, map[string]*LockNode{}
	s.uses, s.users = map[*LockNode][]lockUse{}, map[*LockNode]int{}
	todo := []*LockNode{l.RootNode()}
	for len(todo) > 0 {
		node := todo[0]
		todo = todo[1:]
		for name, n := range s.inputs(node) {
			s.users[n]++
			if s.isLeaf(n) {
				s.uses[n] = append(s.uses[n], lockUse{node, name})
			}
			if s.kept[n] == nil && s.put(n, lockUse{node, name}) {
				todo = append(todo, n)
			}
		}
	}
}

// inputs iterates over the nodes that are inputs of a node and do not follow another.
func (s *sparing) inputs(node *LockNode) iter.Seq2[string, *LockNode] {
	return func(yield func(string, *LockNode) bool) {
		for _, in := range node.Inputs {
			if n := s.lock.Node(in.Node); !in.IsFollows && n != nil && !yield(in.Name, n) {
				return
			}
		}
	}
}

func (s *sparing) isLeaf(n *LockNode) bool {
	for range s.inputs(n) {
		return false
	}
	return true
}

// put keeps a node for an input of a kept one, unless that follows.
func (s *sparing) put(n *LockNode, u lockUse) bool {
	above := s.kept[u.from]
	p := &place{from: u.from, depth: above.depth + 1}
	if p.depth <= s.longest {
		p.path = strings.TrimPrefix(above.path+"/"+u.name, "/")
	}
	if s.blocked[p.path] {
		return false
	}
	s.kept[n] = p
	if p.depth <= s.longest {
		s.twice = s.twice || s.at[p.path] != nil
		s.at[p.path] = n
	}
	return true
}

// block lets the input of a path follow, and returns what is not kept any more for it.
func (s *sparing) block(path string) []*LockNode {
	if s.blocked[path] {
		return nil
	}
	s.blocked[path] = true
	n := s.at[path]
	switch {
	case s.twice:
		return s.again()
	case n == nil:
		return nil // the walk came to the node by another way, if at all
	}
	leaves, gone := []*LockNode(nil), []*LockNode{n}
	if s.isLeaf(n) {
		leaves, gone = gone, nil
	} else if s.users[n] > 1 {
		return s.again()
	}
	for i := 0; i < len(gone); i++ {
		for _, c := range s.inputs(gone[i]) {
			switch p := s.kept[c]; {
			case p == nil || p.from != gone[i]:
			case s.isLeaf(c):
				leaves = append(leaves, c)
			case s.users[c] > 1:
				return s.again()
			default:
				gone = append(gone, c)
			}
		}
	}
	for _, g := range gone {
		s.drop(g)
		for _, c := range s.inputs(g) {
			s.users[c]--
		}
	}
	for _, leaf := range leaves {
		if s.kept[leaf] != nil {
			s.drop(leaf)
			if !s.move(leaf) {
				gone = append(gone, leaf)
			}
		}
	}
	return gone
}

func (s *sparing) drop(n *LockNode) {
	delete(s.at, s.kept[n].path)
	delete(s.kept, n)
}

// move keeps a node without inputs for the next of its uses: the order in which the walk meets the others is the same without
// those that are gone, and the paths of these are, too.
func (s *sparing) move(leaf *LockNode) bool {
	for len(s.uses[leaf]) > 0 {
		u := s.uses[leaf][0]
		if s.kept[u.from] != nil && s.put(leaf, u) {
			return true
		}
		s.uses[leaf] = s.uses[leaf][1:]
	}
	return false
}

// again walks anew, and returns what is not kept any more.
func (s *sparing) again() (gone []*LockNode) {
	before := s.kept
	s.walk()
	for n := range before {
		if s.kept[n] == nil {
			gone = append(gone, n)
		}
	}
	return gone
}

// gone returns all that the root reaches and that is not kept, in that order.
func (s *sparing) gone() (gone []*LockNode) {
	for _, name := range s.lock.reached {
		if n := s.lock.Node(name); s.kept[n] == nil {
			gone = append(gone, n)
		}
	}
	return gone
}
