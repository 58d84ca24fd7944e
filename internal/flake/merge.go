package flake

import (
	"cmp"
	"slices"
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

// SparedEach returns for each override the nodes that Spared gives with it and those before it, and gave with none of fewer.
func (l *Lock) SparedEach(overrides []Override) [][]*LockNode {
	all := make([][]*LockNode, len(overrides))
	if l == nil || l.RootNode() == nil {
		return all
	}
	told := map[*LockNode]bool{}
	s := &sparing{lock: l, blocked: map[string]bool{}}
	for _, o := range overrides {
		s.longest = max(s.longest, len(o.Path))
	}
	s.walk()
	for i, o := range overrides {
		gone := s.block(strings.Join(o.Path, "/"))
		slices.SortFunc(gone, func(a, b *LockNode) int { return cmp.Compare(s.rank[a], s.rank[b]) })
		for _, n := range gone {
			if !told[n] {
				told[n] = true
				all[i] = append(all[i], n)
			}
		}
	}
	return all
}

// Spared returns the nodes that Nix drops from the lock file when it locks the flake with some more overrides, breadth first:
// those which the root reaches through inputs that follow then. What stays keeps what it is locked to (computeLocks in
// flake.cc).
func (l *Lock) Spared(overrides []Override) (gone []*LockNode) {
	if l == nil || l.RootNode() == nil {
		return nil
	}
	s := &sparing{lock: l, blocked: map[string]bool{}}
	for _, o := range overrides {
		s.blocked[strings.Join(o.Path, "/")] = true
		s.longest = max(s.longest, len(o.Path))
	}
	s.walk()
	return s.gone()
}
