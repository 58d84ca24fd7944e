package suspicious

import (
	"cmp"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "rec-merge-mismatch", Family: family, Since: "0.1.0",
	Summary: "A `rec` set and another definition merge into one attribute",
	Doc: "Where an attribute is defined by two set literals, or by a literal and by paths such as `a.b = 1;`, Nix merges them,\n" +
		"and the first definition alone decides whether the result is recursive. Behind a first `rec { … }` the values of\n" +
		"later definitions see its names, too, although nothing there says so (an info where they use none); behind another\n" +
		"first definition the `rec` of a later one has no effect, and its names mean something else or nothing.\n" +
		"\n" +
		"Write one literal, or none of them with `rec`. Lix deprecates such merges.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Aliases: []string{"nixf:merge-diff-rec", "nil:merge_plain_rec_attrset", "nil:merge_rec_attrset", "lix:rec-set-merges"},
	On:      []ast.Kind{ast.AttrSet},
	File: func(p *rules.Pass) {
		var m recMerges
		for i, r := range p.Tree.Records() {
			if r.Kind == ast.AttrSet && r.Flags&ast.IsRec != 0 {
				m.around(p.Tree.Node(ast.NodeID(i)))
			}
		}
		// Outer sets come first: what they open has been merged with them.
		slices.SortFunc(m.sets, func(a, b ast.Node) int { return cmp.Compare(a.ID(), b.ID()) })
		for _, set := range m.sets {
			if !m.opened[set.ID()] && !set.HasError() {
				m.check(p, set)
			}
		}
	},
})

// recMerges collects the sets whose attributes may merge with a rec literal.
type recMerges struct {
	sets   []ast.Node
	seen   map[ast.NodeID]bool
	opened map[ast.NodeID]bool
}

// around adds the sets around a rec literal that it can take part in merging: those that it is a value of.
func (m *recMerges) around(literal ast.Node) {
	b, ok := ast.AsBinding(literal.OutsideParens().Parent())
	if !ok {
		return
	}
	for n := range attrs.Around(b) {
		if m.seen[n.ID()] {
			return
		}
		if m.seen == nil {
			m.seen, m.opened = map[ast.NodeID]bool{}, map[ast.NodeID]bool{}
		}
		m.seen[n.ID()] = true
		m.sets = append(m.sets, n)
	}
}

func (m *recMerges) check(p *rules.Pass, set ast.Node) {
	merged := attrs.Merge(set)
	for _, n := range merged.Opened {
		m.opened[n.ID()] = true
	}
	for s := range merged.Walk() {
		if s == &merged.Set {
			continue
		}
		if s.Rec {
			m.reportForeign(p, s)
			continue
		}
		for _, later := range s.Later {
			if later.IsRec() {
				p.Report(diag.Finding{
					Span:    later.FirstToken().Span(),
					Message: "this `rec` has no effect: the set merges into an earlier definition without it",
					Help:    "put `rec` on the first definition, or write one literal",
					Related: []diag.Related{{Span: firstDefinition(s).Span(), Message: "the first definition is not recursive"}},
				})
			}
		}
	}
}

// reportForeign reports the definitions that merge into a rec literal without being one themselves: the first that
// uses a name of it, or the first of all as an info.
func (m *recMerges) reportForeign(p *rules.Pass, s *attrs.Set) {
	own := map[ast.NodeID]bool{s.Literal.ID(): true}
	f := diag.Finding{
		Severity: diag.Info, Message: "this definition merges into a `rec` set, whose names it sees",
		Help:    "put it into the `rec` literal, or do without `rec`",
		Related: []diag.Related{{Span: definition(s.Literal).Span(), Message: "the first definition is recursive"}},
	}
	found := false
	add := func(place, value ast.Node) bool {
		if !found {
			found, f.Span = true, place.Span()
		}
		for _, u := range nixlang.UsesIn(p.Names(), value) {
			if b := p.Names().Resolve(u.Node); b != nil && p.Names().Scope(b.Scope).Node == s.Literal {
				f.Severity, f.Span = diag.Warning, place.Span()
				f.Message = "`" + b.Name + "` is that of the `rec` set which this definition merges into"
				return true
			}
		}
		return false
	}
	done := false
	for _, later := range s.Later {
		own[later.ID()] = true
		done = done || !later.IsRec() && add(definition(later), later)
	}
	for _, a := range s.Attrs {
		statement := a.Part.Parent()
		if statement.Is(ast.Attrpath) {
			statement = statement.Parent()
		}
		if !done && !own[statement.Parent().ID()] {
			done = add(attrs.Position(a.Part), statement)
		}
	}
	if found {
		p.Report(f)
	}
}

// firstDefinition returns the attribute path that begins a set.
func firstDefinition(s *attrs.Set) ast.Node {
	switch {
	case s.Literal.IsValid():
		return definition(s.Literal)
	case len(s.Attrs) > 0:
		return attrs.Position(s.Attrs[0].Part)
	default:
		return attrs.Position(s.Dynamic[0].Part)
	}
}

// definition returns the attribute path that a literal is bound to, or the literal.
func definition(literal ast.Node) ast.Node {
	if b, ok := ast.AsBinding(literal.OutsideParens().Parent()); ok {
		return b.Attrpath().Node
	}
	return literal
}
