// Package flake reads flake.nix and flake.lock as one model: inputs as their author declares them, flake
// references, the lock's graph, and what the two say of each other. Nothing is evaluated or fetched:
// flake.nix is its syntax tree, the lock its JSON, and what is not literal is marked, never guessed.
package flake

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
)

// Flake is a flake with its lock file.
type Flake struct {
	Dir       string // the folder of flake.nix, as the caller names it
	Nix       *Nix
	Lock      *Lock        // nil where there is no flake.lock, or one that is no JSON
	LockError *SyntaxError // why flake.lock could not be read
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
	return f.Lock.resolve(f.Lock.Root, path)
}

// resolve walks from a node. A path that goes through a follows goes on from the root.
func (l *Lock) resolve(from string, path []string) (string, bool) {
	node := from
	// Each follows may be taken once: to take it again is a circle.
	budget := 1
	for _, n := range l.Nodes {
		budget += len(n.Inputs)
	}
	rest := slices.Clone(path)
	for len(rest) > 0 {
		in, ok := l.byName[node].Input(rest[0])
		if !ok {
			return "", false
		}
		rest = rest[1:]
		if !in.IsFollows {
			if l.byName[in.Node] == nil {
				return "", false
			}
			node = in.Node
			continue
		}
		if budget--; budget < 0 || len(rest) > 1<<12 {
			return "", false
		}
		node = l.Root
		rest = append(slices.Clone(in.Follows), rest...)
	}
	return node, true
}

// Target returns the node that an input of a node is, through follows.
func (f *Flake) Target(node, input string) (string, bool) {
	if f.Lock == nil || f.Lock.RootNode() == nil {
		return "", false
	}
	return f.Lock.resolve(node, []string{input})
}

// Children returns the inputs of a node in source order; nil for an unknown one.
func (f *Flake) Children(node string) []LockInput {
	if f.Lock == nil || f.Lock.Node(node) == nil {
		return nil
	}
	return f.Lock.Node(node).Inputs
}

// Reachable returns the nodes that the root reaches through own nodes (not through follows, which add
// none), the root first, in breadth-first order. Nix ignores all others.
func (f *Flake) Reachable() []string {
	if f.Lock == nil {
		return nil
	}
	return f.Lock.reachable()
}

func (l *Lock) reachable() []string {
	if l.RootNode() == nil {
		return nil
	}
	seen := map[string]bool{l.Root: true}
	queue := []string{l.Root}
	for i := 0; i < len(queue); i++ {
		for _, in := range l.byName[queue[i]].Inputs {
			if !in.IsFollows && !seen[in.Node] && l.byName[in.Node] != nil {
				seen[in.Node] = true
				queue = append(queue, in.Node)
			}
		}
	}
	return queue
}

// maxPaths bounds what PathsTo returns.
const maxPaths = 64

// PathsTo returns the input paths by which the root owns a node, shortest first: [[home-manager nixpkgs]]
// is the nixpkgs that only home-manager brings. Paths through follows are not among them; a node may have
// several owners only in a lock that was written by hand. The root's path is empty.
func (f *Flake) PathsTo(node string) [][]string {
	if f.Lock == nil || f.Lock.RootNode() == nil || f.Lock.Node(node) == nil {
		return nil
	}
	type step struct {
		node string
		path []string
	}
	var out [][]string
	visits := map[string]int{}
	queue := []step{{f.Lock.Root, []string{}}}
	for i := 0; i < len(queue) && len(out) < maxPaths; i++ {
		s := queue[i]
		if s.node == node {
			out = append(out, s.path)
			continue
		}
		// A node is opened a few times at most: a lock with circles has endless paths.
		if visits[s.node]++; visits[s.node] > 8 {
			continue
		}
		for _, in := range f.Lock.Node(s.node).Inputs {
			if !in.IsFollows && f.Lock.Node(in.Node) != nil {
				queue = append(queue, step{in.Node, append(slices.Clone(s.path), in.Name)})
			}
		}
	}
	return out
}

// PathTo returns the first of PathsTo; ok is false where the root does not reach the node.
func (f *Flake) PathTo(node string) (path []string, ok bool) {
	if paths := f.PathsTo(node); len(paths) > 0 {
		return paths[0], true
	}
	return nil, false
}

// NodeOf returns the lock node of an input or override of flake.nix; ok is false where the lock has none
// or the declaration and the lock disagree (Stale).
func (f *Flake) NodeOf(in *Input) (*LockNode, bool) {
	name, ok := f.Resolve(in.Path)
	if !ok || f.Stale(in) {
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
// last. Several may have one node: a root input that follows another is among them.
func (f *Flake) Candidates(node string) []Candidate {
	ref, ok := f.source(node)
	if !ok {
		return nil
	}
	var out []Candidate
	for _, in := range f.Nix.AllInputs() {
		if !in.Flake {
			continue
		}
		own, ok := f.Resolve([]string{in.Name})
		switch {
		case ok && own == node:
		case ok && f.SameSource(own, node), !ok && SameSource(in.Ref, ref):
			out = append(out, Candidate{in, own})
		}
	}
	return out
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

// Stale reports whether the lock surely disagrees with the declaration of an input or override: another
// reference, or another follows. It is false where either side is missing or not literal, and for an
// override of an input that the lock does not know.
func (f *Flake) Stale(in *Input) bool {
	if f.Lock == nil || f.Lock.RootNode() == nil || !in.Literal {
		return false
	}
	owner := f.Lock.RootNode()
	if in.Parent != nil {
		name, ok := f.Resolve(in.Parent.Path)
		if !ok || f.Stale(in.Parent) {
			return false
		}
		owner = f.Lock.Node(name)
	}
	entry, ok := owner.Input(in.Name)
	if !ok {
		return false
	}
	if in.Follows != nil {
		return !entry.IsFollows || !slices.Equal(entry.Follows, in.Follows.Path)
	}
	if in.RefErr != nil || in.Ref.IsZero() {
		return false
	}
	if entry.IsFollows {
		return true
	}
	original, ok := f.Lock.Node(entry.Node).originalRef()
	if !ok || in.Ref.IsRelative() && original.Type == TypePath && !original.IsRelative() {
		return false // before 2.26, Nix wrote relative paths as absolute ones
	}
	return !Equivalent(in.Ref, original)
}

func (n *LockNode) originalRef() (Ref, bool) {
	if n == nil {
		return Ref{}, false
	}
	return n.Original.Ref()
}
