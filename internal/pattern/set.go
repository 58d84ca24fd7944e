package pattern

import (
	"cmp"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/attrs"
	"github.com/nixsift/nixsift/internal/sema"
)

// Set is several patterns that are looked for in one walk. It is immutable: several goroutines may use it at once.
type Set struct {
	patterns []*Pattern
	words    map[string]int // of all patterns
	needs    [][]int        // by word: the patterns that match nothing in a file without it
	lacking  []int          // by pattern: how many words it needs
	kinds    ast.Kinds
}

// NewSet returns the set of some patterns.
func NewSet(patterns []*Pattern) *Set {
	s := &Set{patterns: patterns, words: map[string]int{}, lacking: make([]int, len(patterns))}
	for i, p := range patterns {
		s.kinds |= p.kinds
		words := slices.Clone(p.words)
		slices.Sort(words)
		words = slices.Compact(words)
		s.lacking[i] = len(words)
		for _, w := range words {
			at, ok := s.words[bare(w)]
			if !ok {
				at = len(s.needs)
				s.words[bare(w)] = at
				s.needs = append(s.needs, nil)
			}
			s.needs[at] = append(s.needs[at], i)
		}
	}
	return s
}

// FoundBy is what one pattern of a set matches.
type FoundBy struct {
	Pattern int // its index
	Found
}

// Find returns what the patterns match in a file, in their order, without those that match nothing.
func (s *Set) Find(names *sema.Info) []FoundBy {
	t := names.Tree()
	if !t.Kinds().HaveAny(s.kinds) {
		return nil
	}
	active := s.active(t)
	if len(active) == 0 {
		return nil
	}
	w := walk{set: s, finders: make([]*finder, len(s.patterns))}
	sets := map[ast.NodeID]*attrs.Merged{}
	for _, i := range active {
		p := s.patterns[i]
		w.finders[i] = &finder{m: p.matcher(names, sets)}
		w.add(i, p)
	}
	w.over(t)
	var out []FoundBy
	for _, i := range active {
		f := w.finders[i]
		if len(f.Matches) > 0 || f.Cut {
			out = append(out, FoundBy{i, f.finish()})
		}
	}
	return out
}

// active returns the patterns all of whose words a file has.
func (s *Set) active(t *ast.Tree) []int {
	lacking := slices.Clone(s.lacking)
	seen := make([]bool, len(s.needs))
	see := func(name string) {
		at, ok := s.words[bare(name)]
		if !ok || seen[at] {
			return
		}
		seen[at] = true
		for _, i := range s.needs[at] {
			lacking[i]--
		}
	}
	if len(s.words) > 0 {
		for id, record := range t.Records() {
			switch record.Kind {
			case ast.Ident, ast.Name:
				see(t.Node(ast.NodeID(id)).Text())
			case ast.String, ast.IndString:
				n := t.Node(ast.NodeID(id))
				if up := n.Parent().Kind(); up == ast.Attrpath || up == ast.Interpolation || up == ast.Inherit {
					if name, ok := ast.ConstantText(n); ok {
						see(name)
					}
				}
			}
		}
	}
	kinds := t.Kinds()
	var out []int
	for i, n := range lacking {
		if n == 0 && kinds.HaveAny(s.patterns[i].kinds) {
			out = append(out, i)
		}
	}
	return out
}

// walk goes over a file once for several patterns: by the kinds of nodes, and calls by the name that they end in.
type walk struct {
	set     *Set
	finders []*finder
	byKind  [ast.NumKinds][]int
	calls   map[string][]int // that name what they call
	others  []int            // that do not
	some    [ast.NumKinds]bool
	head    string // that the call at hand names
}

// calleeOf returns the name that a call with all its arguments names, or "".
func calleeOf(n ast.Node) string {
	for n = n.Unparen(); n.Is(ast.Apply); n = n.FirstChild().Unparen() {
	}
	return headName(n)
}

func (w *walk) add(i int, p *Pattern) {
	for k := range ast.NumKinds {
		switch {
		case !p.kinds.HaveAny(ast.KindsOf(ast.Kind(k))):
			continue
		case ast.Kind(k) != ast.Apply:
			w.byKind[k] = append(w.byKind[k], i)
		case p.head != "":
			if w.calls == nil {
				w.calls = map[string][]int{}
			}
			w.calls[p.head] = append(w.calls[p.head], i)
		default:
			w.others = append(w.others, i)
		}
		w.some[k] = true
	}
}

func (w *walk) over(t *ast.Tree) {
	for id, record := range t.Records() {
		if !w.some[record.Kind] || record.Flags&ast.HasError != 0 {
			continue
		}
		n := t.Node(ast.NodeID(id))
		if record.Kind != ast.Apply {
			w.look(w.byKind[record.Kind], n)
			continue
		}
		w.look(w.others, n)
		if w.calls == nil {
			continue
		}
		if out := n.OutsideParens(); !out.Parent().Is(ast.Apply) || out.Parent().FirstChild() != out {
			w.head = calleeOf(n) // and that of the calls that it begins with, which come next
		}
		w.look(w.calls[w.head], n)
	}
}

func (w *walk) look(list []int, n ast.Node) {
	for _, i := range list {
		f := w.finders[i]
		if f.m.steps > maxSteps {
			f.Cut = true
			continue
		}
		f.look(n)
	}
}

// finish counts the work and brings the matches into their order.
func (f *finder) finish() Found {
	f.Steps = f.m.steps
	slices.SortStableFunc(f.Matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(b.Span.End, a.Span.End))
	})
	return f.Found
}
