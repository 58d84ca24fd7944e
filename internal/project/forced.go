package project

import (
	"slices"

	"github.com/nixsift/nixsift/internal/module"
)

// forcedNode is a name in the paths of definitions whose priority is stronger than that of a plain one, which are few.
type forcedNode struct {
	children map[string]*forcedNode
	at       []forcedBy
	least    int64 // the strongest priority here and below
}

// forcedBy is such a definition.
type forcedBy struct {
	file     string
	priority int64
}

// forcedDefinitions returns the tree of their paths.
func (x *moduleIndex) forcedDefinitions() *forcedNode {
	root := &forcedNode{least: weakest}
	for _, path := range x.paths {
		for _, d := range x.said[path].Uses.Each() {
			if !d.Defined || d.Priority >= module.PlainPriority {
				continue
			}
			n := root
			for _, name := range d.Path {
				child := n.children[name]
				if child == nil {
					if n.children == nil {
						n.children = map[string]*forcedNode{}
					}
					child = &forcedNode{least: weakest}
					n.children[name] = child
				}
				n = child
				n.least = min(n.least, d.Priority)
			}
			if by := (forcedBy{path, d.Priority}); len(d.Path) > 0 && !slices.Contains(n.at, by) {
				n.at = append(n.at, by)
			}
		}
	}
	return root
}

// around yields the files with definitions of a stronger priority of an option, of a set that has it, or of something in it, until
// that says no.
func (n *forcedNode) around(path []string, than int64, yield func(file string) bool) {
	for _, name := range path {
		if n = n.children[name]; n == nil || n.least >= than {
			return
		}
		if !n.here(than, yield) {
			return
		}
	}
	n.below(than, yield)
}

func (n *forcedNode) here(than int64, yield func(file string) bool) bool {
	for _, by := range n.at {
		if by.priority < than && !yield(by.file) {
			return false
		}
	}
	return true
}

func (n *forcedNode) below(than int64, yield func(file string) bool) bool {
	for _, child := range n.children {
		if child.least < than && (!child.here(than, yield) || !child.below(than, yield)) {
			return false
		}
	}
	return true
}
