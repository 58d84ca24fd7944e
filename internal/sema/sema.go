// Package sema resolves the names of one file: scopes of let, rec, formals, @ and with; every use to its
// binding, to a global builtin, to a possible with, or to nothing. It also finds the attributes and formals
// that Nix rejects as duplicates at parse time. One pass over the tree, linear in the file.
//
// Facts: src/libexpr/nixexpr.cc (bindVars) and parser-state.hh (addAttr) of Nix 2.34. A with never shadows
// a let, a formal, a rec name or a global.
package sema

import (
	"iter"
	"sync"

	"github.com/nixsift/nixsift/ast"
)

// BindingID identifies a binding within an Info; 0 is none.
type BindingID uint32

// ScopeID identifies a scope within an Info; 0 is the file's outermost, which has the globals.
type ScopeID uint32

// BindingKind says what introduces a name.
type BindingKind uint8

// The kinds of binding.
const (
	LetBinding    BindingKind = iota // a name of let … in
	RecBinding                       // a name of rec { … } or let { … }
	ParamBinding                     // x: …
	AtBinding                        // …@x: …
	FormalBinding                    // { x }: …
)

// Binding is one name in one scope.
type Binding struct {
	Kind  BindingKind
	Scope ScopeID
	Name  string
	// Node is where the name stands first: a Name, AtName, String or Interpolation.
	Node ast.Node
	// Decl is what declares it first: a Binding, Inherit, Lambda (for x:), AtName or Formal.
	Decl ast.Node
	// Value is the expression bound to exactly this name, or invalid: for inherited names, formals and
	// names that only dotted paths define (a.b = 1;).
	Value ast.Node
	// More is set where several bindings define parts of the name (a.b = 1; a.c = 2;).
	More bool

	sym      symbol
	shadowed BindingID
	firstUse uint32 // index into uses plus 1
	lastUse  uint32
}

// Scope is a region in which a set of names, or the attributes of a with, are visible.
type Scope struct {
	Node   ast.Node // Let, AttrSet, LegacyLet, Lambda or With; invalid for the outermost
	Parent ScopeID
	First  BindingID // the scope's bindings are First … Last, in source order
	Last   BindingID // less than First where there are none
}

// Target says what a use refers to.
type Target uint8

// The targets of a use.
const (
	ToBinding Target = iota
	ToGlobal
	ToWith    // not bound lexically: some enclosing with may have it
	ToNothing // not bound at all: Nix rejects the file
)

// Use is one place where a name is read: an Ident, or a name of a plain inherit.
type Use struct {
	Node    ast.Node
	Target  Target
	Binding BindingID // for ToBinding
	Scope   ScopeID   // the innermost scope around the use
	next    uint32
}

// Info is what is known of the names of one file. It is valid as long as its tree and the Resolver that
// made it is not used again. Several goroutines may ask it at once, but for Live.
type Info struct {
	tree      *ast.Tree
	scopes    []Scope
	bindings  []Binding
	uses      []Use
	useOf     []uint32                 // by node: index into uses plus 1
	lock      sync.Mutex               // of scopeOf and declared
	scopeOf   map[ast.NodeID]ScopeID   // made when it is first asked for
	declared  map[ast.NodeID]BindingID // by a Binding; made when it is first asked for
	conflicts []conflict
	undefined []uint32
	liveness  Live // memory for Live
}

// Tree returns the tree the names belong to.
func (x *Info) Tree() *ast.Tree { return x.tree }

// Uses returns all uses in source order. It must not be changed.
func (x *Info) Uses() []Use { return x.uses }

// Bindings returns all bindings; index 0 is unused. It must not be changed.
func (x *Info) Bindings() []Binding { return x.bindings }

// Binding returns a binding by id.
func (x *Info) Binding(id BindingID) *Binding { return &x.bindings[id] }

// Scope returns a scope by id.
func (x *Info) Scope(id ScopeID) *Scope { return &x.scopes[id] }

// Scopes returns all scopes; index 0 is the outermost. It must not be changed.
func (x *Info) Scopes() []Scope { return x.scopes }

// ScopeOf returns the scope that a Let, rec AttrSet, LegacyLet, Lambda or With opens.
func (x *Info) ScopeOf(n ast.Node) (ScopeID, bool) {
	x.lock.Lock()
	defer x.lock.Unlock()
	if x.scopeOf == nil {
		x.scopeOf = make(map[ast.NodeID]ScopeID, len(x.scopes))
		for id := 1; id < len(x.scopes); id++ {
			x.scopeOf[x.scopes[id].Node.ID()] = ScopeID(id)
		}
	}
	id, ok := x.scopeOf[n.ID()]
	return id, ok && n.IsValid()
}

// Declared returns the name of a let or rec that a Binding declares; where it is none, or not the first of several for one name, that is 0,
// which has no uses.
func (x *Info) Declared(n ast.Node) BindingID {
	if !n.Is(ast.Binding) {
		return 0
	}
	x.lock.Lock()
	defer x.lock.Unlock()
	if x.declared == nil {
		x.declared = map[ast.NodeID]BindingID{}
		for id := range x.bindings {
			if b := &x.bindings[id]; b.Decl.Is(ast.Binding) {
				x.declared[b.Decl.ID()] = BindingID(id)
			}
		}
	}
	return x.declared[n.ID()]
}

// Use returns the use that stands at an Ident or an inherited name.
func (x *Info) Use(n ast.Node) (Use, bool) {
	if !n.IsValid() || n.Tree() != x.tree {
		return Use{}, false
	}
	i := x.useOf[n.ID()]
	if i == 0 || int(i) > len(x.uses) || x.uses[i-1].Node != n {
		return Use{}, false
	}
	return x.uses[i-1], true
}

// Resolve returns the binding that an Ident or inherited name refers to, or nil.
func (x *Info) Resolve(n ast.Node) *Binding {
	u, ok := x.Use(n)
	if !ok || u.Target != ToBinding {
		return nil
	}
	return &x.bindings[u.Binding]
}

// IsGlobal reports whether n is an Ident that means the global builtin of that name.
func (x *Info) IsGlobal(n ast.Node, name string) bool {
	if !n.Is(ast.Ident) || n.Text() != name {
		return false
	}
	u, ok := x.Use(n)
	return ok && u.Target == ToGlobal
}

// UsesOf yields the uses of a binding in source order.
func (x *Info) UsesOf(id BindingID) func(yield func(Use) bool) {
	return func(yield func(Use) bool) {
		for i := x.bindings[id].firstUse; i != 0; i = x.uses[i-1].next {
			if !yield(x.uses[i-1]) {
				return
			}
		}
	}
}

// IsUsed reports whether a binding has a use.
func (x *Info) IsUsed(id BindingID) bool { return x.bindings[id].firstUse != 0 }

// Undefined yields the uses that nothing binds, in source order.
func (x *Info) Undefined() func(yield func(Use) bool) {
	return func(yield func(Use) bool) {
		for _, i := range x.undefined {
			if !yield(x.uses[i]) {
				return
			}
		}
	}
}

// Conflicts yields the duplicate attributes and formals in source order of the second definition.
func (x *Info) Conflicts() iter.Seq[Conflict] {
	return func(yield func(Conflict) bool) {
		for _, c := range x.conflicts {
			if !yield(Conflict{c.path, x.tree.Node(c.first), x.tree.Node(c.second), c.formal, c.oldOnly}) {
				return
			}
		}
	}
}

// conflict is the stored form of a Conflict: a file may have one for each seven bytes.
type conflict struct {
	path            string
	first, second   ast.NodeID
	formal, oldOnly bool
}

// Conflict is a name defined twice where Nix allows one definition.
type Conflict struct {
	// Path is the attribute path from the set in which the two meet, or the formal's name.
	Path string
	// First and Second are the two definitions' names.
	First, Second ast.Node
	// Formal is set for formals and their @ name.
	Formal bool
	// OldOnly is set where only Nix before version 2.24 rejects the file; current Nix merges the two.
	OldOnly bool
}

// InScope yields the bindings visible inside a scope, the innermost first; a name hidden by an inner one
// comes after it.
func (x *Info) InScope(id ScopeID) func(yield func(*Binding) bool) {
	return func(yield func(*Binding) bool) {
		for {
			s := &x.scopes[id]
			for b := s.First; b <= s.Last; b++ {
				if !yield(&x.bindings[b]) {
					return
				}
			}
			if id == 0 {
				return
			}
			id = s.Parent
		}
	}
}
