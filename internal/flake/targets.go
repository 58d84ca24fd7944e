package flake

import "sync"

// outcome says how a walk along a path of inputs ends.
type outcome uint8

const (
	found outcome = iota
	missing
	circular // follows run in a circle
	unknown
)

// target is where a walk ends; the node is nil unless it is found.
type target struct {
	node *LockNode
	how  outcome
}

// targets finds where paths of inputs lead in a graph of nodes. It remembers where follows lead, so that chains of
// them are walked once.
type targets struct {
	root *LockNode
	// input looks up an input of a node.
	input func(n *LockNode, name string) (LockInput, outcome)
	node  func(name string) *LockNode

	mu   sync.Mutex
	done map[followsEdge]target
}

// followsEdge is an input that follows.
type followsEdge struct {
	node  *LockNode
	input string
}

// find walks along a path from a node. A path that goes through a follows goes on from where that leads, seen from
// the root.
func (t *targets) find(from *LockNode, path []string) target {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done == nil {
		t.done = map[followsEdge]target{}
	}
	// walk is one that the walks behind it wait for: where edge leads.
	type walk struct {
		node *LockNode
		path []string
		edge followsEdge
	}
	walks := []walk{{node: from, path: path}}
	fail := func(how outcome) target {
		for _, w := range walks[1:] {
			t.done[w.edge] = target{how: how}
		}
		return target{how: how}
	}
	for {
		w := &walks[len(walks)-1]
		if len(w.path) == 0 {
			end := target{node: w.node}
			if walks = walks[:len(walks)-1]; len(walks) == 0 {
				return end
			}
			t.done[w.edge] = end
			w = &walks[len(walks)-1]
			w.node, w.path = end.node, w.path[1:]
			continue
		}
		in, how := t.input(w.node, w.path[0])
		if how != found {
			return fail(how)
		}
		if !in.IsFollows {
			if w.node, w.path = t.node(in.Node), w.path[1:]; w.node == nil {
				return fail(missing)
			}
			continue
		}
		edge := followsEdge{w.node, in.Name}
		if end, known := t.done[edge]; known {
			if end.node == nil {
				return fail(end.how)
			}
			w.node, w.path = end.node, w.path[1:]
			continue
		}
		t.done[edge] = target{how: circular} // until it is known
		walks = append(walks, walk{t.root, in.Follows, edge})
	}
}

// resolve returns the node at the end of a path of inputs, or nil.
func (l *Lock) resolve(from *LockNode, path []string) *LockNode {
	if from == nil {
		return nil
	}
	return l.targets.find(from, path).node
}
