package rules

import (
	"slices"
	"sort"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
)

// doubt knows the parts of a broken file in which a rule would judge what is not written there: the innermost
// definition around each syntax error, apart from the sound definitions inside it, and what could not be
// read at all. What stands outside of all definitions counts as one.
type doubt struct {
	ends  []uint32 // where the pieces of the file end, in order
	doubt []bool   // by piece
}

// doubtOf divides a tree that has errors, in one pass backward and one forward.
func doubtOf(t *ast.Tree) *doubt {
	d := &doubt{}
	broken := map[ast.NodeID]bool{} // statements, and Error nodes with all they hold
	records := t.Records()
	for id, next := len(records)-1, len(records); id >= 0; id-- {
		r := &records[id]
		if r.Flags&ast.HasError == 0 {
			continue
		}
		n := t.Node(ast.NodeID(id))
		if r.Kind == ast.Error {
			broken[n.ID()] = true
		}
		if next >= int(r.End) && !(r.Kind == ast.Error && holdsBindings(n.Parent())) {
			broken[statementAround(n).ID()] = true
		}
		next = id
	}
	type open struct {
		end       uint32
		node      ast.NodeID
		uncertain bool
		unread    bool
	}
	end := uint32(len(t.Source()))
	stack := []open{{end: end, node: ast.NodeID(len(records)), uncertain: broken[0]}}
	piece := func(upTo uint32) {
		d.ends = append(d.ends, upTo)
		d.doubt = append(d.doubt, stack[len(stack)-1].uncertain)
	}
	for id := 1; id < len(records); id++ {
		r := &records[id]
		for ast.NodeID(id) >= stack[len(stack)-1].node {
			piece(stack[len(stack)-1].end)
			stack = stack[:len(stack)-1]
		}
		if r.Kind != ast.Binding && r.Kind != ast.Inherit && !broken[ast.NodeID(id)] {
			continue
		}
		span, up := t.Node(ast.NodeID(id)).Span(), stack[len(stack)-1]
		piece(span.Start)
		o := open{end: span.End, node: r.End, unread: up.unread || r.Kind == ast.Error}
		o.uncertain = o.unread || broken[ast.NodeID(id)]
		stack = append(stack, o)
	}
	for len(stack) > 0 {
		piece(stack[len(stack)-1].end)
		stack = stack[:len(stack)-1]
	}
	return d
}

// holdsBindings reports whether a node is one whose children are definitions.
func holdsBindings(n ast.Node) bool {
	return n.Is(ast.AttrSet) || n.Is(ast.LegacyLet) || n.Is(ast.Bindings)
}

// maxAround bounds how far up the definition around an error is looked for.
const maxAround = 512

// statementAround returns the innermost definition around a node, or the node itself, or the root.
func statementAround(n ast.Node) ast.Node {
	for range maxAround {
		if n.Is(ast.Binding) || n.Is(ast.Inherit) || !n.Parent().IsValid() {
			return n
		}
		n = n.Parent()
	}
	return n.Tree().Root()
}

// covers reports whether a span starts in a doubtful part.
func (d *doubt) covers(s source.Span) bool {
	i := sort.Search(len(d.ends), func(i int) bool { return d.ends[i] > s.Start })
	return i < len(d.ends) && d.doubt[i]
}

// about reports whether a finding, or what it relates to, lies in such a part of the file of the given path.
func (d *doubt) about(path string, f *diag.Finding) bool {
	here := func(file string) bool { return file == "" || file == path }
	return here(f.File) && (d.covers(f.Span) || slices.ContainsFunc(f.Related, func(r diag.Related) bool { return here(r.File) && d.covers(r.Span) }))
}
