package flake

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
)

// Override is an input of an input that flake.nix makes follow another.
type Override struct {
	Path   []string // the input names from the root
	Target []string // the path of the input that it follows; empty for the flake itself
}

// AttrPath writes the override of an input path as flake.nix has it: inputs.a.inputs.b.
func AttrPath(path []string) string {
	var b strings.Builder
	for i, name := range path {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString("inputs." + ast.QuoteAttr(name))
	}
	return b.String()
}

// NewOverrides returns the overrides by follows that one flake.nix has and another, before it, has not, in the order of the
// file.
func NewOverrides(before, after *Nix) (added []Override) {
	had := map[string]bool{}
	for _, root := range before.AllInputs() {
		for in := range root.All() {
			if in.Follows != nil {
				had[strings.Join(in.Path, "/")+"\x00"+in.Follows.Text] = true
			}
		}
	}
	for _, root := range after.AllInputs() {
		for in := range root.All() {
			if in.Follows != nil && in.Parent != nil && !had[strings.Join(in.Path, "/")+"\x00"+in.Follows.Text] {
				added = append(added, Override{in.Path, in.Follows.Path})
			}
		}
	}
	return added
}

// Spared returns the nodes that Nix drops from the lock file when it locks the flake with some more overrides, breadth first:
// those which the root reaches through inputs that follow then. What stays keeps what it is locked to (computeLocks in
// flake.cc).
func (l *Lock) Spared(overrides []Override) (gone []*LockNode) {
	if l == nil || l.RootNode() == nil {
		return nil
	}
	follows, longest := map[string]bool{}, 0
	for _, o := range overrides {
		follows[strings.Join(o.Path, "/")] = true
		longest = max(longest, len(o.Path))
	}
	type step struct {
		node  *LockNode
		path  string // not kept where no override is that long
		depth int
	}
	kept := map[*LockNode]bool{l.RootNode(): true}
	todo := []step{{node: l.RootNode()}}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		for _, in := range at.node.Inputs {
			n := l.Node(in.Node)
			if in.IsFollows || n == nil || kept[n] {
				continue
			}
			next := step{node: n, depth: at.depth + 1}
			if next.depth <= longest {
				next.path = strings.TrimPrefix(at.path+"/"+in.Name, "/")
			}
			if follows[next.path] {
				continue
			}
			kept[n] = true
			todo = append(todo, next)
		}
	}
	for _, name := range l.reached {
		if n := l.Node(name); !kept[n] {
			gone = append(gone, n)
		}
	}
	return gone
}
