// Package flake reads flake.nix and flake.lock as one model: inputs as their author declares them, flake
// references, the lock's graph, and what the two say of each other. Nothing is evaluated or fetched:
// flake.nix is its syntax tree, the lock its JSON, and what is not literal is marked, never guessed.
package flake

import (
	"slices"
	"sync"

	"github.com/nixsift/nixsift/ast"
)

// Flake is a flake with its lock file.
type Flake struct {
	Dir       string       // the folder of flake.nix, as the caller names it
	Nix       *Nix         // nil for a lock file alone (NewAlone)
	Lock      *Lock        // nil where there is no flake.lock, or one that is no JSON
	LockError *SyntaxError // why flake.lock could not be read

	sourceOnce, compareOnce sync.Once
	bySource                map[origin][]*Input
	changes                 []Change
	stale                   map[*Input]bool
}

// New makes the model of a flake of the tree of its flake.nix and the text of its flake.lock; lock is nil
// where there is none.
func New(dir string, t *ast.Tree, lock *string) *Flake {
	f := &Flake{Dir: dir, Nix: ReadNix(t)}
	if lock != nil {
		f.Lock, f.LockError = ReadLock(*lock)
	}
	return f
}

// Resolve follows a path of input names from the root of the lock to a node, through own nodes and
// follows alike. The empty path is the root. ok is false where there is no lock, an input or node is
// missing, or follows run in a circle.
func (f *Flake) Resolve(path []string) (node string, ok bool) {
	if f.Lock == nil || f.Lock.RootNode() == nil {
		return "", false
	}
	if n := f.Lock.resolve(f.Lock.RootNode(), path); n != nil {
		return n.Name, true
	}
	return "", false
}

// Target returns the node that an input of a node is, through follows.
func (f *Flake) Target(node, input string) (string, bool) {
	if f.Lock == nil || f.Lock.RootNode() == nil || f.Lock.Node(node) == nil {
		return "", false
	}
	if n := f.Lock.resolve(f.Lock.Node(node), []string{input}); n != nil {
		return n.Name, true
	}
	return "", false
}

// Children returns the inputs of a node in source order; nil for an unknown one.
func (f *Flake) Children(node string) []LockInput {
	if f.Lock == nil || f.Lock.Node(node) == nil {
		return nil
	}
	return f.Lock.Node(node).Inputs
}

// Reachable returns the nodes that the root reaches through own nodes (not through follows, which add
// none), the root first, in breadth-first order. Nix ignores all others. Callers do not write to it.
func (f *Flake) Reachable() []string {
	if f.Lock == nil {
		return nil
	}
	return f.Lock.reached
}

// PathTo returns the shortest input path by which the root owns a node: [home-manager nixpkgs] is the nixpkgs that
// only home-manager brings. Follows count for nothing. The root's path is empty; ok is false where the root does
// not reach the node.
func (f *Flake) PathTo(node string) (path []string, ok bool) {
	if f.Lock == nil {
		return nil, false
	}
	n := f.Lock.byName[node]
	if n == nil || n.owner == nil && node != f.Lock.Root {
		return nil, false
	}
	path = []string{}
	for ; n.owner != nil; n = n.owner {
		path = append(path, n.ownedAs)
	}
	slices.Reverse(path)
	return path, true
}

// NodeOf returns the lock node of an input or override of flake.nix; ok is false where the lock has none
// or the declaration and the lock disagree (Stale).
func (f *Flake) NodeOf(in *Input) (*LockNode, bool) {
	name, ok := f.Resolve(in.Path)
	for up := in; ok && up != nil; up = up.Parent {
		ok = !f.Stale(up)
	}
	if !ok {
		return nil, false
	}
	return f.Lock.Node(name), true
}

// SameSource reports whether two lock nodes surely are the same flake of the same repository, at
// whatever revision.
func (f *Flake) SameSource(a, b string) bool {
	x, ok := f.source(a)
	y, ok2 := f.source(b)
	return ok && ok2 && SameSource(x, y)
}

func (f *Flake) source(node string) (Ref, bool) {
	if f.Lock == nil || f.Lock.Node(node) == nil {
		return Ref{}, false
	}
	return f.Lock.Node(node).Source()
}

// Candidate is a root input that an input of an input could follow.
type Candidate struct {
	Input *Input
	Node  string // its lock node; "" where the lock has none
}

// Candidates returns the root inputs that surely are the same flake as the lock node, whatever their
// revision, without those that are the node itself. They come in the order of flake.nix, implicit ones
// last, the first most of them. Several may have one node: a root input that follows another is among them.
func (f *Flake) Candidates(node string, most int) []Candidate {
	ref, ok := f.source(node)
	if !ok {
		return nil
	}
	var out []Candidate
	for _, in := range f.sources()[ref.origin()] {
		if len(out) == most {
			break
		}
		if own, ok := f.Resolve([]string{in.Name}); !ok || own != node {
			out = append(out, Candidate{in, own})
		}
	}
	return out
}

// sources returns the root inputs by what they are: as the lock has them, else as they are declared.
func (f *Flake) sources() map[origin][]*Input {
	f.sourceOnce.Do(func() {
		f.bySource = map[origin][]*Input{}
		for _, in := range f.Nix.AllInputs() {
			if !in.Flake {
				continue
			}
			ref := in.Ref
			if own, ok := f.Resolve([]string{in.Name}); ok {
				if ref, ok = f.source(own); !ok {
					continue
				}
			}
			if s := ref.origin(); s.repository != "" {
				f.bySource[s] = append(f.bySource[s], in)
			}
		}
	})
	return f.bySource
}

// RootInputs returns the names of the root's inputs that are the node, directly or through follows, in
// the order of the lock.
func (f *Flake) RootInputs(node string) []string {
	var out []string
	if f.Lock == nil {
		return nil
	}
	for _, in := range f.Children(f.Lock.Root) {
		if got, ok := f.Target(f.Lock.Root, in.Name); ok && got == node {
			out = append(out, in.Name)
		}
	}
	return out
}

// InputsOf returns the inputs that an input has itself, by the lock; ok is false where the lock does not
// tell: there is none, or it is stale for the input.
func (f *Flake) InputsOf(in *Input) ([]LockInput, bool) {
	n, ok := f.NodeOf(in)
	if !ok {
		return nil, false
	}
	return n.Inputs, true
}

// Missing reports whether the lock surely lacks an entry for the root input.
func (f *Flake) Missing(in *Input) bool {
	if f.Lock == nil || f.Lock.RootNode() == nil || in.Parent != nil {
		return false
	}
	_, ok := f.Lock.RootNode().Input(in.Name)
	return !ok
}
