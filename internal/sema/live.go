package sema

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// Live tells which bindings a file needs. Code outside let bindings is needed; a let binding is if needed code
// uses it, and its value is needed with it. So names that only unneeded bindings use are unneeded, too. The
// names of recursive sets are attributes that others may read: their values count as code of their surroundings.
type Live struct {
	names   *Info
	owners  []owner
	first   []uint32 // by binding: its owners, as index plus 1
	live    []bool   // by binding
	regions []Region
	stack   []uint32
	todo    []uint32
}

// owner is a piece of code that is needed only if a binding is: what defines a name of a let, or the source
// that some inherited names share.
type owner struct {
	start, end       ast.NodeID
	useStart, useEnd uint32    // the uses within
	next             uint32    // the first owner behind those within
	same             uint32    // the next owner of the binding, as index plus 1
	group            uint32    // of a name of inherit (e) …: the owner of the whole, as index plus 1
	binding          BindingID // 0 for a source
	kind             ownerKind
	needed           bool
}

type ownerKind uint8

const (
	plainOwner  ownerKind = iota
	keptOwner             // the name is needed as soon as the code around it is
	pinnedOwner           // the value is needed as soon as the code around it is, whether or not the name is
	sourceOwner           // the source of inherit (e) …
)

// Region is a run of nodes, from Start up to, not including, End, that only an unneeded binding needs.
type Region struct {
	Start, End ast.NodeID
	Binding    BindingID // 0 for inherit (e) … as a whole
}

// Live finds out what is needed. Names that start with an underscore are kept: they are needed where the code
// around them is. So are bindings among syntax errors. For a declaration that is pinned (it is given the node of
// the name, as Binding.Node) the value counts as needed even though the name may not be. The result dies with x, and with the next call.
func (x *Info) Live(pinned func(name ast.Node) bool) *Live {
	l := &x.liveness
	l.names = x
	l.owners, l.regions, l.stack, l.todo = l.owners[:0], l.regions[:0], l.stack[:0], l.todo[:0]
	l.first = slices.Grow(l.first[:0], len(x.bindings))[:len(x.bindings)]
	l.live = slices.Grow(l.live[:0], len(x.bindings))[:len(x.bindings)]
	clear(l.first)
	clear(l.live)
	l.collect(pinned)
	l.nest()
	l.need(0, uint32(len(x.uses)), 0, uint32(len(l.owners)))
	for len(l.todo) > 0 {
		o := l.todo[len(l.todo)-1]
		l.todo = l.todo[:len(l.todo)-1]
		l.need(l.owners[o].useStart, l.owners[o].useEnd, o+1, l.owners[o].next)
	}
	for i := uint32(0); int(i) < len(l.owners); {
		o := &l.owners[i]
		if o.needed {
			i++
			continue
		}
		l.regions = append(l.regions, Region{o.start, o.end, o.binding})
		i = o.next
	}
	return l
}

// IsLive reports whether needed code uses a binding.
func (l *Live) IsLive(id BindingID) bool { return l.live[id] }

// DeadRegions returns the code that only unneeded bindings need, in source order, without overlaps: whole
// definitions of a let, inherits, or single names of one. It must not be changed.
func (l *Live) DeadRegions() []Region { return l.regions }

// DeadRegion returns the index in DeadRegions of the one that holds a node, or -1.
func (l *Live) DeadRegion(n ast.Node) int {
	if len(l.regions) == 0 {
		return -1
	}
	i, found := slices.BinarySearchFunc(l.regions, n.ID(), func(r Region, id ast.NodeID) int { return cmp.Compare(r.Start, id) })
	if !found {
		i--
	}
	if i < 0 || n.ID() >= l.regions[i].End {
		return -1
	}
	return i
}

// InDead reports whether a node lies in code that only unneeded bindings need.
func (l *Live) InDead(n ast.Node) bool { return l.DeadRegion(n) >= 0 }

// DeadLets yields the names of let … in and let { … } that nothing needed uses, but for those within the value
// of another such name: they go with it.
func (l *Live) DeadLets() func(yield func(BindingID) bool) {
	return func(yield func(BindingID) bool) {
		for id := range l.first {
			if l.first[id] == 0 || l.live[id] {
				continue
			}
			b := &l.names.bindings[id]
			if r := l.DeadRegion(b.Node); r >= 0 {
				if at := l.regions[r].Start; at != b.Decl.ID() && at != b.Node.ID() {
					continue
				}
			}
			if !yield(BindingID(id)) {
				return
			}
		}
	}
}

// collect makes the owners.
func (l *Live) collect(pinned func(ast.Node) bool) {
	x := l.names
	for id := 1; id < len(x.scopes); id++ {
		s := &x.scopes[id]
		if s.Node.Is(ast.Let) || s.Node.Is(ast.LegacyLet) {
			l.collectScope(s, pinned)
		}
	}
	slices.SortFunc(l.owners, func(a, b owner) int { return cmp.Compare(a.start, b.start) })
	for i := len(l.owners) - 1; i >= 0; i-- {
		if o := &l.owners[i]; o.binding != 0 {
			o.same = l.first[o.binding]
			l.first[o.binding] = uint32(i + 1)
		}
	}
}

func (l *Live) collectScope(s *Scope, pinned func(ast.Node) bool) {
	x := l.names
	legacy := s.Node.Is(ast.LegacyLet)
	keepAll, more := s.Node.HasError(), false
	for id := s.First; legacy && id <= s.Last; id++ {
		keepAll = keepAll || x.bindings[id].Name == "__overrides"
	}
	source := ast.Node{}
	for id := s.First; id <= s.Last; id++ {
		b := &x.bindings[id]
		o := owner{binding: id}
		switch {
		case keepAll || strings.HasPrefix(b.Name, "_") || legacy && b.Name == "body":
			o.kind = keptOwner
		case pinned != nil && pinned(b.Node):
			o.kind = pinnedOwner
		}
		more = more || b.More
		n := b.Decl
		if n.Is(ast.Inherit) {
			if (ast.InheritNode{Node: n}).From().IsValid() && n != source {
				source = n
				l.owners = append(l.owners, owner{start: n.ID(), end: n.SubtreeEnd(), kind: sourceOwner})
			}
			n = b.Node
		}
		o.start, o.end = n.ID(), n.SubtreeEnd()
		l.owners = append(l.owners, o)
	}
	if more {
		l.collectMore(s, keepAll)
	}
}

// collectMore makes the owners of the definitions that add to an earlier one: a.b = 1; a.c = 2;.
func (l *Live) collectMore(s *Scope, keepAll bool) {
	x := l.names
	byName := make(map[string]BindingID, s.Last-s.First+1)
	for id := s.First; id <= s.Last; id++ {
		byName[x.bindings[id].Name] = id
	}
	set := s.Node
	if set.Is(ast.Let) {
		set = set.FirstChild()
	}
	for c := range set.Children() {
		if !c.Is(ast.Binding) {
			continue
		}
		name, ok := ast.AttrName(ast.BindingNode{Node: c}.Attrpath().FirstChild())
		id := byName[name]
		if !ok || id == 0 || x.bindings[id].Decl == c {
			continue
		}
		o := owner{start: c.ID(), end: c.SubtreeEnd(), binding: id}
		if keepAll {
			o.kind = keptOwner
		}
		l.owners = append(l.owners, o)
	}
}

// nest finds the uses and owners within each owner.
func (l *Live) nest() {
	uses := l.names.uses
	u, n := 0, len(uses)
	leave := func(until ast.NodeID, next int) {
		for len(l.stack) > 0 && l.owners[l.stack[len(l.stack)-1]].end <= until {
			o := &l.owners[l.stack[len(l.stack)-1]]
			l.stack = l.stack[:len(l.stack)-1]
			for u < n && uses[u].Node.ID() < o.end {
				u++
			}
			o.useEnd, o.next = uint32(u), uint32(next)
		}
	}
	for i := range l.owners {
		o := &l.owners[i]
		leave(o.start, i)
		for u < n && uses[u].Node.ID() < o.start {
			u++
		}
		o.useStart = uint32(u)
		if k := len(l.stack); k > 0 && o.binding != 0 {
			up := l.stack[k-1]
			if above := &l.owners[up]; above.kind == sourceOwner && l.names.bindings[o.binding].Decl.ID() == above.start {
				o.group = up + 1
			}
		}
		l.stack = append(l.stack, uint32(i))
	}
	leave(ast.NodeID(len(l.names.tree.Records())), len(l.owners))
}

// need marks what a piece of code uses, leaving out what its owners from first to last own.
func (l *Live) need(useStart, useEnd, first, last uint32) {
	i := useStart
	for o := first; o < last; o = l.owners[o].next {
		l.needUses(i, l.owners[o].useStart)
		i = l.owners[o].useEnd
		if l.owners[o].kind != sourceOwner {
			l.enter(o)
			continue
		}
		for name := o + 1; name < l.owners[o].next; name = l.owners[name].next {
			if l.owners[name].group == o+1 {
				l.enter(name)
			}
		}
	}
	l.needUses(i, useEnd)
}

// enter marks an owner that is needed by its place alone.
func (l *Live) enter(o uint32) {
	switch l.owners[o].kind {
	case keptOwner:
		l.needBinding(l.owners[o].binding)
		l.needOwner(o)
	case pinnedOwner:
		l.needOwner(o)
	}
}

func (l *Live) needUses(from, to uint32) {
	for i := from; i < to; i++ {
		if u := &l.names.uses[i]; u.Target == ToBinding {
			l.needBinding(u.Binding)
		}
	}
}

func (l *Live) needBinding(id BindingID) {
	if l.live[id] {
		return
	}
	l.live[id] = true
	for i := l.first[id]; i != 0; i = l.owners[i-1].same {
		l.needOwner(i - 1)
	}
}

func (l *Live) needOwner(o uint32) {
	if l.owners[o].needed {
		return
	}
	l.owners[o].needed = true
	l.todo = append(l.todo, o)
	if g := l.owners[o].group; g != 0 {
		l.needOwner(g - 1)
	}
}
