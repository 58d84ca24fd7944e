package sema

import (
	"cmp"
	"math"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
)

// Resolver resolves one file after the other into the same memory. It must not be used from two
// goroutines at once, and an Info it returned dies with its next call; Resolve returns one that lasts.
type Resolver struct {
	Info
	syms    symbols
	current []BindingID // by symbol: the innermost binding
	active  []activeScope
	pending []pendingWith
	// The maps below are nil in files where no definitions of one attribute meet.
	extra  map[ast.NodeID][]ScopeID  // scopes of merged rec sets, by the value that also sees them
	merged map[ast.NodeID]bool       // set literals merged into an earlier definition
	opened map[ast.NodeID]bool       // set literals whose bindings have been checked with an outer set
	recs   map[ast.NodeID]*attrs.Set // rec literals that others merge into
	scope  ScopeID
	// parked is a scope that has been left with its names still in place, since the next value may see it again.
	parked ScopeID
	withs  int
	trie   trie
	filter nameFilter
	stamp  uint64       // of the tree
	owner  []ast.NodeID // by symbol: the last set that defines the name, plus 1
}

// activeScope is a scope that the scan is inside of.
type activeScope struct {
	id   ScopeID
	end  ast.NodeID
	with bool
}

// pendingWith is a with whose attrset is being scanned: its names are visible from start on.
type pendingWith struct {
	node       ast.Node
	start, end ast.NodeID
}

// Resolve resolves the names of one file.
func Resolve(t *ast.Tree) *Info {
	var r Resolver
	return r.Resolve(t)
}

// Resolve resolves the names of one file. The result is valid until the next call. For a version of the last
// tree that has the same names (see ast.Tree.Stamp) it is the last result.
func (r *Resolver) Resolve(t *ast.Tree) *Info {
	if r.tree == t && r.stamp == t.Stamp() && r.stamp != 0 {
		return &r.Info
	}
	n := len(t.Records())
	r.stamp = t.Stamp()
	r.tree = t
	r.syms.reset()
	r.trie.reset()
	r.scopes = append(r.scopes[:0], Scope{First: 1})
	r.bindings = append(r.bindings[:0], Binding{})
	r.uses, r.conflicts, r.undefined = r.uses[:0], nil, r.undefined[:0]
	r.useOf = slices.Grow(r.useOf[:0], n)[:n]
	clear(r.useOf)
	r.current, r.owner = r.current[:0], r.owner[:0]
	r.active, r.pending = r.active[:0], r.pending[:0]
	r.extra, r.merged, r.opened, r.recs, r.scopeOf, r.declared = nil, nil, nil, nil, nil, nil
	r.scope, r.parked, r.withs = 0, 0, 0
	r.scan(t)
	for len(r.active) > 0 {
		r.leave()
	}
	if bySecond := func(a, b conflict) int { return cmp.Compare(a.second, b.second) }; !slices.IsSortedFunc(r.conflicts, bySecond) {
		slices.SortStableFunc(r.conflicts, bySecond)
	}
	return &r.Info
}

// scan visits the nodes in source order and opens and closes scopes on the way.
func (r *Resolver) scan(t *ast.Tree) {
	records := t.Records()
	next := ast.NodeID(0) // the next node at which a scope may open or close because of where it stands
	for i := range records {
		id := ast.NodeID(i)
		if id >= next {
			next = r.arrive(id, records[i].End)
		}
		switch records[i].Kind {
		case ast.Ident:
			r.use(t.Node(id), 0)
			continue
		case ast.Let:
			r.openSet(t.Node(id), t.Node(id+1), LetBinding)
		case ast.LegacyLet:
			r.openSet(t.Node(id), t.Node(id), RecBinding)
		case ast.AttrSet:
			n := t.Node(id)
			if r.merged[id] {
				continue // its names were declared with the set that it merges into
			}
			if n.IsRec() {
				r.openSet(n, n, RecBinding)
			} else {
				r.checkSet(n)
			}
		case ast.Lambda:
			r.openLambda(ast.LambdaExpr{Node: t.Node(id)})
		case ast.With:
			body := records[id+1].End
			r.pending = append(r.pending, pendingWith{t.Node(id), body, records[i].End})
		case ast.Inherit:
			r.inherit(ast.InheritNode{Node: t.Node(id)})
		default:
			continue
		}
		next = r.next()
	}
}

// arrive closes the scopes that end before a node and opens those that start with it. It returns what next
// does.
func (r *Resolver) arrive(id, end ast.NodeID) ast.NodeID {
	for len(r.active) > 0 && r.active[len(r.active)-1].end <= id {
		r.leave()
	}
	if n := len(r.pending); n > 0 && r.pending[n-1].start == id {
		p := r.pending[n-1]
		r.pending = r.pending[:n-1]
		r.enter(p.node, p.end, true)
	}
	if r.extra != nil {
		for _, s := range r.extra[id] {
			r.reenter(s, end)
		}
	}
	return r.next()
}

// next returns the first node, or one before it, for which arrive has to be called.
func (r *Resolver) next() ast.NodeID {
	if r.extra != nil {
		return 0
	}
	next := ast.NodeID(math.MaxUint32)
	if n := len(r.active); n > 0 {
		next = r.active[n-1].end
	}
	if n := len(r.pending); n > 0 {
		next = min(next, r.pending[n-1].start)
	}
	return next
}

// inherit records the names of a plain inherit as uses in the scope around the set.
func (r *Resolver) inherit(n ast.InheritNode) {
	if n.From().IsValid() {
		return
	}
	own := ScopeID(0)
	switch p := n.Parent(); {
	case r.merged[p.ID()]:
		if seen := r.extra[p.ID()]; len(seen) > 0 {
			own = seen[len(seen)-1]
		}
	case !p.Is(ast.AttrSet) || p.IsRec():
		own = r.scope
	}
	for name := range n.Names() {
		if _, ok := ast.AttrName(name); ok {
			r.use(name, own)
		}
	}
}

// use records a read of a name. Bindings of the scope skip are passed over: let inherit x; takes the
// outer x.
func (r *Resolver) use(n ast.Node, skip ScopeID) {
	var name string
	var b BindingID
	position := false
	if n.Is(ast.Ident) {
		name = n.Text()
		position = name == curPos
	} else {
		name, _ = ast.AttrName(n)
	}
	r.unpark()
	if !position {
		b = r.current[r.intern(name)]
	}
	for b != 0 && skip != 0 && r.bindings[b].Scope == skip {
		b = r.bindings[b].shadowed
	}
	r.uses = append(r.uses, Use{})
	index := uint32(len(r.uses))
	u := &r.uses[index-1]
	u.Node, u.Scope = n, r.scope
	switch {
	case b != 0:
		u.Target, u.Binding = ToBinding, b
		bind := &r.bindings[b]
		if bind.lastUse == 0 {
			bind.firstUse = index
		} else {
			r.uses[bind.lastUse-1].next = index
		}
		bind.lastUse = index
	case position || IsGlobal(name):
		u.Target = ToGlobal
	case r.withs > 0:
		u.Target = ToWith
	default:
		u.Target = ToNothing
		r.undefined = append(r.undefined, index-1)
	}
	r.useOf[n.ID()] = index
}

func (r *Resolver) intern(name string) symbol {
	sym := r.syms.intern(name)
	for int(sym) >= len(r.current) {
		r.current = append(r.current, 0)
	}
	return sym
}

// enter opens a scope over the nodes up to end.
func (r *Resolver) enter(n ast.Node, end ast.NodeID, with bool) ScopeID {
	r.unpark()
	id := ScopeID(len(r.scopes))
	r.scopes = append(r.scopes, Scope{Node: n, Parent: r.scope, First: BindingID(len(r.bindings)), Last: BindingID(len(r.bindings) - 1)})
	r.active = append(r.active, activeScope{id, end, with})
	if with {
		r.withs++
	}
	r.scope = id
	return id
}

// reenter makes the names of a scope visible again, for a value that merges into its set. That such values mostly
// follow each other keeps it from walking over all names for each.
func (r *Resolver) reenter(id ScopeID, end ast.NodeID) {
	if r.parked == id {
		r.parked = 0
	} else {
		r.unpark()
		s := &r.scopes[id]
		for b := s.First; b <= s.Last; b++ {
			sym := r.bindings[b].sym
			if r.current[sym] != b {
				r.bindings[b].shadowed = r.current[sym]
				r.current[sym] = b
			}
		}
	}
	r.active = append(r.active, activeScope{id, end, false})
	r.scope = id
}

// leave closes the innermost scope.
func (r *Resolver) leave() {
	r.unpark()
	a := r.active[len(r.active)-1]
	r.active = r.active[:len(r.active)-1]
	switch {
	case a.with:
		r.withs--
	case r.extra != nil:
		r.parked = a.id
	default:
		r.hide(a.id)
	}
	r.scope = 0
	if n := len(r.active); n > 0 {
		r.scope = r.active[n-1].id
	}
}

// unpark takes the names of a parked scope away, before anything reads or declares names.
func (r *Resolver) unpark() {
	if r.parked != 0 {
		r.hide(r.parked)
		r.parked = 0
	}
}

// hide takes the names of a scope away.
func (r *Resolver) hide(id ScopeID) {
	s := &r.scopes[id]
	for b := s.Last; b >= s.First && b != 0; b-- {
		bind := &r.bindings[b]
		if r.current[bind.sym] == b {
			r.current[bind.sym] = bind.shadowed
		}
	}
}

// declare adds a binding to the innermost scope. A name that the scope has already keeps its first.
func (r *Resolver) declare(b Binding) {
	b.sym = r.intern(b.Name)
	b.Scope = r.scope
	if old := r.current[b.sym]; old != 0 && r.bindings[old].Scope == r.scope {
		o := &r.bindings[old]
		o.More = true
		if !o.Value.IsValid() {
			o.Value = b.Value
		}
		return
	}
	id := BindingID(len(r.bindings))
	b.shadowed = r.current[b.sym]
	r.current[b.sym] = id
	r.bindings = append(r.bindings, b)
	r.scopes[r.scope].Last = id
}

// openLambda declares the parameter of a function over its defaults and body.
func (r *Resolver) openLambda(l ast.LambdaExpr) {
	scope := r.enter(l.Node, l.SubtreeEnd(), false)
	p := l.Param()
	if p.Is(ast.Name) {
		r.declare(Binding{Kind: ParamBinding, Name: p.Text(), Node: p, Decl: l.Node})
		return
	}
	for c := range p.Children() {
		b := Binding{Kind: FormalBinding, Node: c, Decl: c}
		switch c.Kind() {
		case ast.Formal:
			b.Node = c.FirstChild()
		case ast.AtName:
			b.Kind = AtBinding
		default:
			continue
		}
		b.Name = b.Node.Text()
		if old := r.current[r.intern(b.Name)]; old != 0 && r.bindings[old].Scope == scope {
			r.conflicts = append(r.conflicts, conflict{path: b.Name, first: r.bindings[old].Node.ID(), second: b.Node.ID(), formal: true})
			continue
		}
		r.declare(b)
	}
}

// openSet opens the scope of a let or recursive set and declares its names.
func (r *Resolver) openSet(n, bindings ast.Node, kind BindingKind) {
	r.checkSet(bindings)
	r.enter(n, n.SubtreeEnd(), false)
	for c := range bindings.Children() {
		r.declareAttrs(c, kind)
	}
	r.declareMerged(n)
}

// declareAttrs declares the names that a Binding or Inherit adds to its set.
func (r *Resolver) declareAttrs(c ast.Node, kind BindingKind) {
	switch c.Kind() {
	case ast.Binding:
		b := ast.BindingNode{Node: c}
		first := b.Attrpath().FirstChild()
		name, ok := ast.AttrName(first)
		if !ok {
			return
		}
		bind := Binding{Kind: kind, Name: name, Node: first, Decl: c}
		if !first.NextSibling().IsValid() {
			bind.Value = b.Value()
		}
		r.declare(bind)
	case ast.Inherit:
		for name := range (ast.InheritNode{Node: c}).Names() {
			if text, ok := ast.AttrName(name); ok {
				r.declare(Binding{Kind: kind, Name: text, Node: name, Decl: c})
			}
		}
	}
}
