package flake

import (
	"slices"
)

// Change is a difference between flake.nix and flake.lock for which Nix writes the lock file anew, or cannot use it.
type Change struct {
	Kind  ChangeKind
	Input *Input    // its declaration; nil where flake.nix has none
	Entry LockInput // what the lock file has; zero for ChangeMissing
	Node  *LockNode // the node that has the entry; nil for ChangeMissing where there is no root

	at *link
}

// Path returns the path of the input from the root.
func (c Change) Path() []string { return c.at.names() }

// ChangeKind tells changes apart.
type ChangeKind uint8

// The kinds of changes: the lock file has no entry for an input; an entry is of no input; it is of another reference
// or follows something else; it follows although no declaration says so any more; its parent is not what Nix records
// for a relative path; its node is that of another input too. With the last three kinds, which are about nodes that
// Nix would keep, it fails: follows that lead nowhere or in a circle, nodes that contain themselves, and originals of a
// type that no fetcher has.
const (
	ChangeMissing ChangeKind = iota
	ChangeRemoved
	ChangeSource
	ChangeNoFollows
	ChangeParent
	ChangeShared
	ChangeDangling
	ChangeCycle
	ChangeType
)

// Changes compares flake.nix with the lock file as lockFlake in flake.cc does, as far as that asks no network: in
// what is fetched anew nothing more is looked at. It is empty where there is no lock file or where not all names of
// inputs are known; inputs that are not literal are passed over. Of a lock file with Problems Nix reads nothing.
//
// Of a lock file alone it has what no flake.nix cures: where that declares what is locked, Nix keeps it and does as
// the Change says; where it declares something else, Nix writes the file anew.
func (f *Flake) Changes() []Change {
	f.compareOnce.Do(func() {
		if f.Lock == nil || f.Nix != nil && !f.Nix.InputsLiteral {
			return
		}
		c := &comparison{lock: f.Lock, state: map[*LockNode]visit{}, edges: map[followsEdge]edge{}}
		if f.Nix != nil {
			c.root(f.Nix)
		} else {
			c.alone()
		}
		f.changes, f.stale = c.changes, map[*Input]bool{}
		for _, ch := range c.changes {
			if ch.Input != nil && ch.Kind == ChangeSource {
				f.stale[ch.Input] = true
			}
		}
	})
	return f.changes
}

// Stale reports whether the lock surely disagrees with the declaration of an input or override: another
// reference, or another follows. It is false where either side is missing or not literal, below an input for which
// it is true, and for an override of an input that the lock does not know.
func (f *Flake) Stale(in *Input) bool {
	f.Changes()
	return f.stale[in]
}

// comparison walks through the graph that Nix would write.
type comparison struct {
	lock    *Lock
	changes []Change
	state   map[*LockNode]visit
	edges   map[followsEdge]edge // what is not as in the lock file
	follows []Change             // the inputs that follow what is known
	work    []step
	rootN   *LockNode
}

// visit is how far the walk through a node is.
type visit uint8

const (
	fresh   visit = iota
	waiting       // to be looked through
	open
	closed
)

// edge is an input in the graph that Nix would write.
type edge struct {
	follows []string // where known
	how     outcome  // found for a follows, unknown for what is fetched anew, missing for what is dropped
}

// step is a node to walk through.
type step struct {
	node  *LockNode
	over  *Input // the declarations about its inputs, or nil
	path  *link
	trust bool // follows are taken from the lock file without a declaration
	// reread says that Nix reads the flake.nix of the node or of one above it.
	reread bool
	leave  bool // all below it is done
}

// link is a path of inputs, from its end.
type link struct {
	up          *link
	first, name string // the ends
	len         int
}

func (p *link) add(name string) *link {
	if p == nil {
		return &link{first: name, name: name, len: 1}
	}
	return &link{p, p.first, name, p.len + 1}
}

func (p *link) names() []string {
	out := []string{}
	for ; p != nil; p = p.up {
		out = append(out, p.name)
	}
	slices.Reverse(out)
	return out
}

func (p *link) equal(names []string) bool {
	if p == nil || p.len != len(names) {
		return p == nil && len(names) == 0
	}
	for i := len(names) - 1; i >= 0; i, p = i-1, p.up {
		if p.name != names[i] {
			return false
		}
	}
	return true
}

func (c *comparison) root(nix *Nix) {
	root := c.lock.RootNode()
	if c.rootN = root; root == nil {
		c.rootN = &LockNode{}
	}
	declared := map[string]bool{}
	for _, in := range nix.AllInputs() {
		declared[in.Name] = true
		entry, ok := c.rootN.Input(in.Name)
		if !ok {
			c.changes = append(c.changes, Change{Kind: ChangeMissing, at: (*link)(nil).add(in.Name), Input: in, Node: root})
			c.edges[followsEdge{c.rootN, in.Name}] = edge{how: unknown}
			continue
		}
		c.declared(c.rootN, entry, in, nil, step{})
	}
	for _, entry := range c.rootN.Inputs {
		if !declared[entry.Name] {
			c.edges[followsEdge{c.rootN, entry.Name}] = edge{how: missing}
			c.changes = append(c.changes, Change{Kind: ChangeRemoved, at: (*link)(nil).add(entry.Name), Entry: entry, Node: root})
		}
	}
	c.walk()
}

// alone walks through the lock file as if flake.nix declared what is locked.
func (c *comparison) alone() {
	if c.rootN = c.lock.RootNode(); c.rootN == nil {
		return
	}
	c.through(step{node: c.rootN, trust: true})
	c.walk()
}

// walk walks through the nodes that Nix keeps.
func (c *comparison) walk() {
	for len(c.work) > 0 {
		s := c.work[len(c.work)-1]
		c.work = c.work[:len(c.work)-1]
		if s.leave {
			c.state[s.node] = closed
			continue
		}
		c.state[s.node] = open
		c.through(s)
	}
	c.check()
}

// declared compares an entry with the declaration that is for it.
func (c *comparison) declared(owner *LockNode, entry LockInput, in *Input, at *link, above step) {
	key := followsEdge{owner, entry.Name}
	change := Change{at: at.add(entry.Name), Input: in, Entry: entry, Node: owner}
	switch {
	case !in.Literal || in.RefErr != nil || in.Follows != nil && (in.Follows.Err != nil || !in.Ref.IsZero()) || len(in.Faults) > 0 || !in.knownAttrs():
		c.edges[key] = edge{how: unknown}
	case in.Follows != nil:
		c.edges[key] = edge{follows: in.Follows.Path}
		c.follows = append(c.follows, change)
		if !entry.IsFollows || !slices.Equal(entry.Follows, in.Follows.Path) {
			change.Kind = ChangeSource
			c.changes = append(c.changes, change)
		}
	default:
		relative := in.Ref.IsRelative()
		c.kept(change, in, nil, above, relative, func(original Ref) bool {
			same, sure := SameInput(in.Ref, original)
			// Nix before 2.26 made relative paths absolute; such a node has no parent either.
			return same || !sure || relative && original.Type == TypePath && !original.IsRelative()
		})
	}
}

// kept goes on with an entry whose node Nix keeps, or says why it does not. over has the declarations for
// what is below. A relative path is kept only with the parent that it starts from; same compares the original with a declaration, if there is one.
func (c *comparison) kept(change Change, over *Input, start *link, above step, relative bool, same func(Ref) bool) {
	var node *LockNode
	if !change.Entry.IsFollows {
		node = c.lock.Node(change.Entry.Node)
	}
	switch {
	case !change.Entry.IsFollows && (node == nil || node.Original == nil):
		c.edges[followsEdge{change.Node, change.Entry.Name}] = edge{how: unknown}
		return // a problem of the lock file
	case change.Entry.IsFollows || same != nil && !node.isOriginal(same):
		change.Kind = ChangeSource
	case attrsOfType[node.Original.Get("type")] == nil:
		change.Kind = ChangeType
	case node.HasParent != relative || relative && !start.equal(node.Parent):
		change.Kind = ChangeParent
	case c.state[node] == fresh:
		c.state[node] = waiting
		c.work = append(c.work, step{node: node, leave: true}, step{node: node, over: over, path: change.at, trust: above.trust, reread: above.reread})
		return
	case c.state[node] == open:
		change.Kind = ChangeCycle
	default:
		change.Kind = ChangeShared
	}
	c.edges[followsEdge{change.Node, change.Entry.Name}] = edge{how: unknown}
	c.changes = append(c.changes, change)
}

// isOriginal reports whether the node's original is the same; one that RefFromAttrs does not take is like none.
func (n *LockNode) isOriginal(same func(Ref) bool) bool {
	original, ok := n.Original.Ref()
	return ok && same(original)
}

// through compares the inputs of a node that Nix keeps with what flake.nix says of them.
func (c *comparison) through(s step) {
	over := func(name string) *Input {
		if s.over == nil {
			return nil
		}
		return s.over.Override(name)
	}
	overridden := func(in *Input) bool { return in != nil && (in.Follows != nil || !in.Ref.IsZero() || !in.Literal) }
	// Nix takes the follows of an input of the root from the lock file only where flake.nix says so; else it
	// reads the input's own flake.nix.
	for _, entry := range s.node.Inputs {
		if in := over(entry.Name); !s.trust && entry.IsFollows && !overridden(in) {
			s.reread = true
		}
	}
	below := step{trust: !s.reread, reread: s.reread}
	for _, entry := range s.node.Inputs {
		in := over(entry.Name)
		change := Change{at: s.path.add(entry.Name), Entry: entry, Node: s.node}
		switch {
		case overridden(in):
			c.declared(s.node, entry, in, s.path, below)
		case entry.IsFollows && s.reread:
			c.edges[followsEdge{s.node, entry.Name}] = edge{how: unknown}
			// What the flakes of the input itself follow lies within it.
			if len(entry.Follows) == 0 || entry.Follows[0] != s.path.first {
				change.Kind = ChangeNoFollows
				c.changes = append(c.changes, change)
			}
		case entry.IsFollows:
			c.follows = append(c.follows, change)
		default:
			relative := false
			if node := c.lock.Node(entry.Node); node != nil {
				original, ok := node.Original.Ref()
				relative = ok && original.IsRelative()
			}
			c.kept(change, in, s.path, below, relative, nil)
		}
	}
}

// check finds the follows that are kept and lead nowhere (LockFile::check).
func (c *comparison) check() {
	t := &targets{root: c.rootN, node: c.lock.Node, input: func(n *LockNode, name string) (LockInput, outcome) {
		e, changed := c.edges[followsEdge{n, name}]
		in, ok := n.Input(name)
		switch {
		case changed && e.how != found:
			return in, e.how
		case changed:
			return LockInput{Name: name, IsFollows: true, Follows: e.follows}, found
		case ok:
			return in, found
		}
		return in, missing
	}}
	for _, ch := range c.follows {
		switch t.find(ch.Node, []string{ch.Entry.Name}).how {
		case missing, circular:
			ch.Kind = ChangeDangling
			c.changes = append(c.changes, ch)
		}
	}
}

// knownAttrs reports whether the type of the reference has all attributes that the declaration gives it.
func (in *Input) knownAttrs() bool {
	attrs := attrsOfType[in.Ref.Type]
	return !slices.ContainsFunc(in.Attrs, func(a FetcherAttr) bool {
		_, known := attrs[a.Name]
		return !known && a.Name != "type" && a.Name != "dir"
	})
}
