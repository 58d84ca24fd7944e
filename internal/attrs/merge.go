package attrs

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/arena"
)

// Merger merges sets in memory that it uses again: what it returns holds until Reset. The zero Merger is ready for use.
type Merger struct {
	attrs   arena.Pool[Attr]
	sources arena.Pool[Source]
	sets    arena.Pool[Set]
	merged  arena.Pool[Merged]
	lists   arena.Pool[*Attr]
}

// Reset takes back what was returned.
func (m *Merger) Reset() {
	m.attrs.Reset()
	m.sources.Reset()
	m.sets.Reset()
	m.merged.Reset()
	m.lists.Reset()
}

// Merge does what the function Merge does.
func (m *Merger) Merge(set ast.Node) *Merged {
	r := merger{Merger: m, out: m.merged.One()}
	return r.run(set)
}

func (m *merger) run(set ast.Node) *Merged {
	m.fill(&m.out.Set, set)
	m.sortConflicts()
	return m.out
}

// merger holds the state of one Merge.
type merger struct {
	*Merger
	out *Merged
	// ends are the ends of the statements that complete the conflicts. Nix adds a binding when it has read
	// its semicolon, so they give the order in which it finds them.
	ends []uint32
	at   uint32
}

// fill adds the statements of a literal to s.
func (m *merger) fill(s *Set, literal ast.Node) {
	s.Literal = literal
	s.Rec = literal.IsRec() || literal.Is(ast.LegacyLet)
	outer, n := m.at, 0
	for range literal.Children() {
		n++
	}
	s.Attrs = m.lists.Many(n)[:0]
	for c := range literal.Children() {
		m.at = c.End()
		switch c.Kind() {
		case ast.Binding:
			m.bind(s, ast.BindingNode{Node: c})
		case ast.Inherit:
			m.inherit(s, ast.InheritNode{Node: c})
		}
	}
	m.at = outer
}

// inherit adds the names of inherit a; or inherit (e) a;.
func (m *merger) inherit(s *Set, n ast.InheritNode) {
	var from *Source
	kind := Inherited
	if n.FirstChild().Is(ast.InheritFrom) {
		kind = InheritedFrom
		from = m.sources.One()
		from.Expr, from.Slot = n.From(), len(s.From)
		s.From = append(s.From, from.Expr)
	}
	for part := range n.Names() {
		name, ok := ast.AttrName(part)
		if !ok {
			continue
		}
		if old := s.Attr(name); old != nil {
			m.conflict(Conflict{Path: ast.QuoteAttr(name), First: old.Part, Second: part})
			continue
		}
		s.add(m.attr(Attr{Name: name, Kind: kind, Part: part, From: from}))
	}
}

// bind adds path = value. All parts but the last name sets, which are made where they are missing.
func (m *merger) bind(s *Set, b ast.BindingNode) {
	path, value := b.Attrpath(), b.Value()
	for part := range path.Children() {
		if part.Is(ast.Error) {
			return
		}
	}
	for part := path.FirstChild(); part.IsValid(); {
		next := part.NextSibling()
		name, static := ast.AttrName(part)
		if !next.IsValid() {
			if static {
				m.insert(s, path.Node, m.attr(Attr{Name: name, Part: part, Value: value}))
			} else {
				s.Dynamic = append(s.Dynamic, Dynamic{Part: part, Value: value})
			}
			return
		}
		var inner *Set
		switch old := s.Attr(name); {
		case !static:
			inner = m.path()
			s.Dynamic = append(s.Dynamic, Dynamic{Part: part, Set: inner})
		case old == nil:
			inner = m.path()
			s.add(m.attr(Attr{Name: name, Part: part, Set: inner}))
		default:
			if inner = m.set(old); inner == nil {
				m.conflict(Conflict{Path: show(path.Node, part), First: old.Part, Second: part})
				return
			}
		}
		s, part = inner, next
	}
}

// attr makes an attribute.
func (m *merger) attr(a Attr) *Attr {
	p := m.attrs.One()
	*p = a
	return p
}

// path makes the set of an attribute path, which mostly has one attribute.
func (m *merger) path() *Set {
	s := m.sets.One()
	s.Attrs = m.lists.Many(1)[:0]
	return s
}

// insert adds an attribute, and merges it with what is there already.
func (m *merger) insert(s *Set, path ast.Node, a *Attr) {
	old := s.Attr(a.Name)
	if old == nil {
		s.add(a)
		return
	}
	if isSet(old) && isSet(a) {
		m.merge(m.set(old), m.set(a), path, a.Part)
		return
	}
	m.conflict(Conflict{Path: show(path, a.Part), First: old.Part, Second: a.Part})
}

// level is one level of a merge: the attributes of src from i on are still to be moved to dst.
type level struct {
	dst, src *Set
	i        int
}

// merge moves everything in src to dst, level by level without recursion: attribute paths may be of any
// length. path and last are for messages: the path that led to dst.
func (m *merger) merge(dst, src *Set, path, last ast.Node) {
	stack := []level{{dst, src, 0}}
	var below []string // the names behind the path
	prefix := ""
	pathTo := func(name string) string {
		if prefix == "" {
			prefix = shorten(show(path, last))
		}
		return prefix + showBelow(below, name)
	}
	oldReports := -1 // the depth below which Nix before 2.24 has rejected the file already
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.i == len(top.src.Attrs) {
			finish(top.dst, top.src)
			stack = stack[:len(stack)-1]
			if len(below) > 0 {
				below = below[:len(below)-1]
			}
			if oldReports > len(stack) {
				oldReports = -1
			}
			continue
		}
		a := top.src.Attrs[top.i]
		top.i++
		if a.From != nil {
			a.From.Slot += len(top.dst.From)
		}
		old := top.dst.Attr(a.Name)
		switch {
		case old == nil:
			top.dst.add(a)
		case isSet(old) && isSet(a):
			if oldReports < 0 {
				m.conflict(Conflict{Path: pathTo(a.Name), First: old.Part, Second: a.Part, OldOnly: true})
				oldReports = len(stack) + 1
			}
			below = append(below, a.Name)
			stack = append(stack, level{m.set(old), m.set(a), 0})
		default:
			m.conflict(Conflict{Path: pathTo(a.Name), First: old.Part, Second: a.Part})
		}
	}
}

// finish moves what is not a static attribute.
func finish(dst, src *Set) {
	for _, d := range src.Dynamic {
		d.Lost = true
		dst.Dynamic = append(dst.Dynamic, d)
	}
	dst.From = append(dst.From, src.From...)
	if src.Literal.IsValid() {
		dst.Later = append(dst.Later, src.Literal)
	}
	dst.Later = append(dst.Later, src.Later...)
}

// isSet reports whether an attribute can be merged with: a set that paths make, or a set literal, in
// parentheses or not.
func isSet(a *Attr) bool { return a.Set != nil || a.Value.Unparen().Is(ast.AttrSet) }

// set returns the attributes of an attribute that isSet, or nil. A literal is opened at first need.
func (m *merger) set(a *Attr) *Set {
	if a.Set == nil && isSet(a) {
		literal := a.Value.Unparen()
		a.Set = m.sets.One()
		m.out.Opened = append(m.out.Opened, literal)
		m.fill(a.Set, literal)
	}
	return a.Set
}

func (m *merger) conflict(c Conflict) {
	m.out.Conflicts = append(m.out.Conflicts, c)
	m.ends = append(m.ends, m.at)
}

// sortConflicts puts the conflicts into the order in which their statements end.
func (m *merger) sortConflicts() {
	if slices.IsSorted(m.ends) {
		return
	}
	order := make([]int, len(m.ends))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(m.ends[a]) - int(m.ends[b]) })
	sorted := make([]Conflict, len(order))
	for i, j := range order {
		sorted[i] = m.out.Conflicts[j]
	}
	m.out.Conflicts = sorted
}

// show returns an attribute path up to and including last, as Nix prints it.
func show(path, last ast.Node) string {
	if path.FirstChild() == last { // without a copy of the name
		if name, ok := ast.AttrName(last); ok {
			return ast.QuoteAttr(name)
		}
	}
	var b strings.Builder
	for part := range path.Children() {
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		if name, ok := ast.AttrName(part); ok {
			b.WriteString(ast.QuoteAttr(name))
		} else {
			b.WriteString(part.Text())
		}
		if part == last {
			break
		}
	}
	return b.String()
}

// Paths in messages are cut, so that many conflicts deep down cost no more than their number.
const (
	maxPrefix = 1000 // bytes
	maxBelow  = 50   // names
)

func shorten(path string) string {
	if len(path) > maxPrefix {
		return path[:maxPrefix] + "…"
	}
	return path
}

// showBelow returns the rest of a path: the names, and a last one, each behind a dot.
func showBelow(names []string, last string) string {
	var b strings.Builder
	for i, name := range names {
		if i == maxBelow {
			b.WriteString(".…")
			break
		}
		b.WriteByte('.')
		b.WriteString(ast.QuoteAttr(name))
	}
	b.WriteByte('.')
	b.WriteString(ast.QuoteAttr(last))
	return b.String()
}
