package project

import (
	"maps"
	"slices"
	"sync"

	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/near"
)

// optionUses is how the project uses options.
type optionUses struct {
	// foreign are first names under which the project uses so many options that it does not declare that others declare them.
	foreign map[string]bool
	// defined and read are the paths that are defined and read.
	defined, read *useNode
	asked         *useNode // what is read though it may be missing
}

// useNode is a name that is used, with those behind it.
type useNode struct {
	children map[string]*useNode
	whole    bool // all below it is used
	here     bool
	// beats is the strongest priority of a definition that is not plain, of the name or of anything below it; own of the name
	// alone. 0 is the strongest.
	beats, own int64
	by         *optionUses // which may change it: others may have it, too
}

// weakest is the priority that gives way to all others.
const weakest = 1 << 40

// addDefined adds a definition.
func (u *optionUses) addDefined(path []string, cut bool, priority int64) {
	n := u.defined
	n.add(path, cut)
	for _, name := range path {
		n = n.children[name]
		n.beats = min(n.beats, priority)
	}
	n.own = min(n.own, priority)
}

// strongest returns the strongest priority with which an option is defined, or a set that has it, or something in it.
func (n *useNode) strongest(path []string) int64 {
	priority := int64(weakest)
	for i, name := range path {
		if n = n.children[name]; n == nil {
			break
		}
		if i == len(path)-1 {
			return min(priority, n.beats)
		}
		priority = min(priority, n.own)
	}
	return priority
}

// add adds a use. Nodes on the way that belong to others are copied.
func (n *useNode) add(path []string, cut bool) {
	for _, name := range path {
		child := n.children[name]
		if child == nil || child.by != n.by {
			if n.children == nil {
				n.children = map[string]*useNode{}
			}
			child = child.of(n.by)
			n.children[name] = child
		}
		n = child
	}
	n.here = true
	n.whole = n.whole || cut
}

// of returns a copy of a node that some uses may change, or a new one.
func (n *useNode) of(u *optionUses) *useNode {
	if n == nil {
		return &useNode{beats: weakest, own: weakest, by: u}
	}
	c := *n
	c.children, c.by = maps.Clone(n.children), u
	return &c
}

// touches reports whether a use names an option, a set that has it, or something in it.
func (n *useNode) touches(path []string) bool {
	for _, name := range path {
		if n.here || n.whole {
			return true
		}
		if n = n.children[name]; n == nil {
			return false
		}
	}
	return true
}

// has reports whether a use names a path, or something below it.
func (n *useNode) has(path []string) bool {
	for _, name := range path {
		if n = n.children[name]; n == nil {
			return false
		}
	}
	return true
}

// declaresIn reports whether a module that is the value of a submodule on the way to an option may declare it, too: one that is a function
// or a file, or one with imports or options.
func (u *optionUses) declaresIn(path []string, answer OptionAnswer) bool {
	return slices.ContainsFunc(answer.values, func(v moduleValue) bool {
		if v.whole && slices.Contains(path[:v.at], module.Element) && path[v.at-1] != module.Element {
			return true // a value inside of an element, of which nothing else is noted
		}
		n := u.defined
		for i, name := range path[:v.at] {
			if n = n.children[name]; n == nil {
				return false
			}
			if v.whole && n.whole && i > 0 {
				return true
			}
		}
		return n.here || v.whole && slices.ContainsFunc([]string{"imports", "require", "options", "freeformType"}, func(name string) bool { return n.children[name] != nil })
	})
}

// maxOwnMistakes is the number of options that a project may use under a first name without declaring them, and the name is still its
// own, where it declares as many there; where it declares many options, it is an eighth of those.
const maxOwnMistakes = 3

func (x *moduleIndex) used() *optionUses {
	return x.uses.get(func() *optionUses {
		root := x.options()
		u := x.before.get(func() *usesMemory { return new(usesMemory) }).of(x, root.names)
		for name, n := range root.children {
			declared := n.count()
			missing := map[string]bool{}
			for _, uses := range []*useNode{u.defined.children[name], u.read.children[name]} {
				uses.missing(n, name, missing)
			}
			if len(missing) > max(min(declared, maxOwnMistakes), declared/8) {
				u.foreign[name] = true
			}
		}
		return u
	})
}

// addOf adds the uses of one file. Of options whose first name no module of the project declares, nothing is asked.
func (u *optionUses) addOf(s *module.Said, names []string) {
	for _, use := range s.Uses.Each() {
		if len(use.Path) > 0 { // without a name, all are used
			if _, declared := slices.BinarySearch(names, use.Path[0]); !declared {
				continue
			}
		}
		switch {
		case use.Defined:
			u.addDefined(use.Path, use.Cut, use.Priority)
		case use.Guarded:
			u.asked.add(use.Path, use.Cut)
		default:
			u.read.add(use.Path, use.Cut)
		}
	}
}

func newUses(defined, read, asked *useNode) *optionUses {
	u := &optionUses{foreign: map[string]bool{}}
	u.defined, u.read, u.asked = defined.of(u), read.of(u), asked.of(u)
	return u
}

// usesMemory is what a project used when somebody asked last: as long as one file is edited, the uses of the others are kept. It may be used
// from several goroutines.
type usesMemory struct {
	mu     sync.Mutex
	said   map[string]*module.Said // by file
	names  []string                // of what is declared
	except string                  // the file whose uses are not in others
	others *optionUses             // nil where nothing is kept yet
}

// of returns what the modules of an index use of what has some first names, which are sorted.
func (m *usesMemory) of(x *moduleIndex, names []string) *optionUses {
	m.mu.Lock()
	defer m.mu.Unlock()
	edited, single := m.edited(x)
	if m.others == nil || !single || edited != "" && edited != m.except || !slices.Equal(m.names, names) {
		m.names, m.except = names, edited
		m.others = newUses(&useNode{}, &useNode{}, &useNode{})
		for _, path := range x.paths {
			if path != edited {
				m.others.addOf(x.said[path], names)
			}
		}
	}
	m.said = x.said
	u := newUses(m.others.defined, m.others.read, m.others.asked)
	if s := x.said[m.except]; s != nil {
		u.addOf(s, names)
	}
	return u
}

// edited returns the file that says something else in an index than when somebody asked last; "" where there is none. single is false
// where there are several.
func (m *usesMemory) edited(x *moduleIndex) (path string, single bool) {
	for _, p := range x.paths {
		if m.said[p] != x.said[p] {
			if path != "" {
				return "", false
			}
			path = p
		}
	}
	for p := range m.said {
		if x.said[p] == nil {
			if path != "" {
				return "", false
			}
			path = p
		}
	}
	return path, true
}

func (n *optionNode) count() int {
	total := len(n.declared)
	for _, c := range n.children {
		total += c.count()
	}
	return total
}

// missing adds the uses below a node that options lack, but for those that are near to one.
func (n *useNode) missing(of *optionNode, path string, found map[string]bool) {
	if n == nil || of.open() || len(of.declared) > 0 && len(of.children) == 0 {
		return
	}
	for name, used := range n.children {
		if child := of.children[name]; child != nil {
			used.missing(child, path+"."+name, found)
		} else if near.Find(name, of.names) == "" {
			found[path+"."+name] = true
		}
	}
}
