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
	attrs    [][]int        // by word: the patterns of sets that need an attribute called so in the set itself
	lengths  [256]uint64    // by first byte, the lengths of words as bits
	kinds    ast.Kinds
}

// lengthBit is the bit of the length of a word.
func lengthBit(word string) uint64 { return 1 << min(len(word), 63) }

// attrOf returns the name of an attribute without which no set matches the pattern, or "".
func (p *Pattern) attrOf() string {
	if s := p.sets[p.root.ID()]; p.root.Is(ast.AttrSet) && s != nil && len(s.static) > 0 {
		if name := s.static[0].Name; slices.Contains(p.words, name) {
			return name
		}
	}
	return ""
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
				s.needs, s.attrs = append(s.needs, nil), append(s.attrs, nil)
				if word := bare(w); word != "" {
					s.lengths[word[0]] |= lengthBit(word)
				}
			}
			s.needs[at] = append(s.needs[at], i)
		}
		if name := p.attrOf(); name != "" {
			at := s.words[bare(name)]
			s.attrs[at] = append(s.attrs[at], i)
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
	active, held := s.active(t)
	if len(active) == 0 {
		return nil
	}
	w := walk{set: s, finders: make([]*finder, len(s.patterns))}
	sets, room := map[ast.NodeID]*attrs.Merged{}, new(goals)
	for _, i := range active {
		p := s.patterns[i]
		w.finders[i] = &finder{m: p.matcher(names, sets, room)}
		w.add(i, p)
	}
	w.hold(held)
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

// holding is a set literal that has an attribute called as a word.
type holding struct {
	set  ast.NodeID
	word int
}

// active returns the patterns all of whose words a file has, and the sets that have attributes which patterns of sets need.
func (s *Set) active(t *ast.Tree) (out []int, held []holding) {
	lacking := slices.Clone(s.lacking)
	seen := make([]bool, len(s.needs))
	see := func(name string, n ast.Node) {
		name = bare(name)
		if name == "" || s.lengths[name[0]]&lengthBit(name) == 0 {
			return
		}
		at, ok := s.words[name]
		if !ok {
			return
		}
		if len(s.attrs[at]) > 0 {
			if set := setAround(n); set.IsValid() {
				held = append(held, holding{set.ID(), at})
			}
		}
		if seen[at] {
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
				n := t.Node(ast.NodeID(id))
				see(n.Text(), n)
			case ast.String, ast.IndString:
				n := t.Node(ast.NodeID(id))
				if up := n.OutsideParens().Parent().Kind(); up == ast.Attrpath || up == ast.Interpolation || up == ast.Inherit {
					if name, ok := ast.ConstantText(n); ok {
						see(name, n)
					}
				}
			}
		}
	}
	kinds := t.Kinds()
	for i, n := range lacking {
		if n == 0 && kinds.HaveAny(s.patterns[i].kinds) {
			out = append(out, i)
		}
	}
	return out, held
}

// setAround returns the set literal in which a name is an attribute, or a part of one; it is invalid for none.
func setAround(name ast.Node) ast.Node {
	up := name.Parent()
	for up.Is(ast.Interpolation) || up.Is(ast.Paren) || up.Is(ast.Attrpath) || up.Is(ast.Binding) || up.Is(ast.Inherit) {
		up = up.Parent()
	}
	if up.Is(ast.AttrSet) {
		return up
	}
	return ast.Node{}
}

// walk goes over a file once for several patterns: by the kinds of nodes, and calls by the name that they end in.
type walk struct {
	set     *Set
	finders []*finder
	byKind  [ast.NumKinds][]int
	calls   map[string][]int     // that name what they call
	others  []int                // that do not
	held    map[ast.NodeID][]int // by set literal: the patterns that need an attribute which it has
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
		case ast.Kind(k) == ast.AttrSet && p.attrOf() != "":
			// see hold
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

// hold notes which sets to try with patterns that need an attribute in the set itself.
func (w *walk) hold(held []holding) {
	for _, h := range held {
		for _, i := range w.set.attrs[h.word] {
			if w.finders[i] == nil {
				continue
			}
			if w.held == nil {
				w.held = map[ast.NodeID][]int{}
			}
			if list := w.held[h.set]; !slices.Contains(list, i) {
				w.held[h.set] = append(list, i)
			}
		}
	}
}

func (w *walk) over(t *ast.Tree) {
	for id, record := range t.Records() {
		if !w.some[record.Kind] {
			continue
		}
		n := t.Node(ast.NodeID(id))
		broken := record.Flags&ast.HasError != 0
		if record.Kind != ast.Apply {
			if broken {
				continue
			}
			w.look(w.byKind[record.Kind], n)
			if record.Kind == ast.AttrSet && w.held != nil {
				w.look(w.held[ast.NodeID(id)], n)
			}
			continue
		}
		if w.calls != nil {
			if out := n.OutsideParens(); !out.Parent().Is(ast.Apply) || out.Parent().FirstChild() != out {
				w.head = calleeOf(n) // and that of the calls that it begins with, which come next
			}
		}
		if broken {
			continue // the calls that it begins with need not be
		}
		w.look(w.others, n)
		if w.calls != nil {
			w.look(w.calls[w.head], n)
		}
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
