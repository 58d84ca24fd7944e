package module

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/sema"
)

// Defined is an option that a module of the file defines, or a part of one: the innermost attribute that is no set literal.
type Defined struct {
	Path []string
	// Parts are the names of the path where they are written. Node is the last of them, Value the value; that is invalid where
	// it is inherited from a set.
	Parts       []ast.Node
	Node, Value ast.Node
	// Cut is set where a computed name follows the path, so that any option below it may be defined.
	Cut bool
	// Priority is that of lib.modules: 100 for a plain definition, 0 where it is not known, as with different ones at several names of
	// the path.
	Priority int64
	// Overrides are the calls that give priorities, from the outermost one; none for a plain definition.
	Overrides []Override
	// Conditional is set where a condition decides whether it counts.
	Conditional bool
	// Ordered is set where mkBefore or the like stands around it.
	Ordered bool
	// Wrapped is the number of names of the path at whose value a property stands directly in a priority or an order, 0 for none: an option
	// that these name gets the set that the property is.
	Wrapped int
	// User is set where it is an option of home-manager, defined from outside: home-manager.users.kim.….
	User bool
	Of   *Module
}

// Override is a call of mkForce or the like around a definition. Level is the number of names of the path at whose value it stands:
// the option that these name, if there is one, is defined with the priority as a whole. Priority is 0 where it is not known.
type Override struct {
	Call     ast.Node
	Level    int
	Priority int64
}

// OfValue reports whether the priority is that of the value itself, not of a set that it stands in: only of such definitions does the
// priority decide about the option at the path, whatever is an option.
func (d *Defined) OfValue() bool {
	return !slices.ContainsFunc(d.Overrides, func(o Override) bool { return o.Level != len(d.Path) })
}

// PlainPriority is the priority of a definition that says nothing of it (lib/modules.nix, defaultOverridePriority).
const PlainPriority = 100

// DefaultPriority is that of mkDefault.
const DefaultPriority = 1000

var overridePriority = map[string]int64{"mkDefault": DefaultPriority, "mkForce": 50, "mkVMOverride": 10, "mkOptionDefault": 1500, "mkImageMediaOverride": 60}

// DefinedOptions returns what the modules of the file define, in source order within each of them.
func (f *File) DefinedOptions() []Defined {
	if f.done&doneDefined != 0 {
		return f.defs
	}
	f.done |= doneDefined
	w := definedWalk{f: f, left: maxDefinitions + nodeDefinitions*len(f.tree.Records()), found: f.memory.defs, room: f.memory.room}
	if m := f.orSet(); m != nil {
		w.module(m)
	}
	for _, m := range f.Inline() {
		if !m.Submodule {
			w.module(m)
		}
	}
	w.listed()
	f.memory.defs, f.memory.room = w.found, w.room
	f.defs = slices.Clip(w.found)
	return f.defs
}

// DefinedIn returns what the modules that are written inside a node define, those of submodules too, in source order within
// each of them.
func (f *File) DefinedIn(n ast.Node) []Defined {
	w := definedWalk{f: f, left: maxDefinitions + nodeDefinitions*len(f.tree.Records())}
	for _, m := range f.Inline() {
		if n.Encloses(m.Node) {
			w.module(m)
		}
	}
	return w.found
}

// orSet returns the module that the file is, be it a plain set that nothing tells apart from other data.
func (f *File) orSet() *Module {
	if f.Module == nil && f.plainSet == nil {
		if n := f.tree.Expr().Tail(); n.Is(ast.AttrSet) && !n.HasError() {
			f.plainSet = &Module{Node: n, Body: n, file: f}
		}
	}
	if f.Module == nil {
		return f.plainSet
	}
	return f.Module
}

type definedWalk struct {
	f     *File
	found []Defined
	of    *Module
	left  int
	room  room
}

// room gives the paths of definitions memory, much at a time.
type room struct {
	path  []string
	parts []ast.Node
}

// leastRoom and mostRoom bound the number of names for which there is memory at a time.
const leastRoom, mostRoom = 16, 512

// keep returns copies.
func (r *room) keep(path []string, parts []ast.Node) ([]string, []ast.Node) {
	if len(r.path)+len(path) > cap(r.path) {
		n := max(leastRoom, min(2*cap(r.path), mostRoom), len(path))
		r.path, r.parts = make([]string, 0, n), make([]ast.Node, 0, n)
	}
	at, end := len(r.path), len(r.path)+len(path)
	r.path, r.parts = append(r.path, path...), append(r.parts, parts...)
	return r.path[at:end:end], r.parts[at:end:end]
}

// Memory is what reading the modules of one file after the other takes. The zero Memory is ready for use; it belongs to one goroutine. What
// was found in a file ends with the next.
type Memory struct {
	defs []Defined
	room room
}

// maxReused is the number of definitions up to which their memory is used again.
const maxReused = 1 << 12

// reset takes the memory back.
func (m *Memory) reset() {
	if cap(m.defs) > maxReused {
		*m = Memory{}
	}
	clear(m.defs)
	clear(m.room.path)
	clear(m.room.parts)
	m.defs, m.room.path, m.room.parts = m.defs[:0], m.room.path[:0], m.room.parts[:0]
}

// maxPath bounds the names of an option that are looked at.
const maxPath = 64

// state is what stands around a definition.
type state struct {
	path        []string
	parts       []ast.Node
	at          ast.Node
	priority    int64
	overrides   []Override
	conditional bool
	inside      int // the number of names at whose value a priority or an order stood last
	wrapped     int // that of Defined
	ordered     bool
	user        bool
	later       names // those that replace what stands at the path, see laterNames
	depth       int
}

// reservedKeys are attributes of a module that are no definitions (lib/modules.nix, unifyModuleSyntax).
var reservedKeys = words("imports require options config disabledModules freeformType _module _file _class key")

// IsReserved reports whether an attribute of a module is no definition of an option, but a part of the module.
func IsReserved(name string) bool { return reservedKeys[name] }

func (w *definedWalk) module(m *Module) {
	w.of = m
	w.body(m.Body, m.Structured())
}

// body reads the attributes of a module.
func (w *definedWalk) body(body ast.Node, structured bool) {
	w.f.Definitions(body, func(p Part) {
		s := state{priority: PlainPriority, conditional: p.Guarded, at: p.Path[0]}
		first := p.Name(0)
		path := p.Path
		switch {
		case p.Replaced:
			return
		case first == "config":
			path = path[1:]
		case structured || reservedKeys[first]:
			return
		}
		w.binding(s, path, p.Value, p.Node)
	})
}

// listed reads the sets that are elements of lists of modules, and that nothing else takes for modules.
func (w *definedWalk) listed() {
	records := w.f.tree.Records()
	for i := range records {
		if records[i].Kind != ast.List {
			continue
		}
		list := w.f.tree.Node(ast.NodeID(i))
		name, direct := modsys.Listed(list)
		if name == "" || !direct || name == "modules" && !isArgumentOf(list) {
			continue
		}
		for c := range list.Children() {
			if c = c.Unparen(); c.Is(ast.AttrSet) && !w.f.isModuleSet(c) {
				m := &Module{Node: c, Body: c, file: w.f, Inline: true, Certainty: Certain}
				w.module(m)
			}
		}
	}
}

// isArgumentOf reports whether a list is, or is a part of, an attribute of a set that a function is given.
func isArgumentOf(list ast.Node) bool {
	for up := range list.Ancestors() {
		if b, ok := ast.AsBinding(up); ok {
			return isArgument(b)
		}
	}
	return false
}

// binding reads what is bound at a path.
func (w *definedWalk) binding(s state, path []ast.Node, value, node ast.Node) {
	for i, part := range path {
		if s.later.has(part) {
			return
		}
		s.later = nil
		name, ok := w.f.optionName(part, len(s.path) == 0)
		s.at = part
		if i == maxPath || len(s.path) > maxPath {
			w.emit(s, ast.Node{}, true)
			return
		}
		if !ok {
			if len(s.path) == 2 && s.path[0] == "home-manager" && s.path[1] == "users" {
				name = "_"
			} else {
				w.emit(s, ast.Node{}, true)
				return
			}
		}
		s.path, s.parts = append(s.path, name), append(s.parts, part)
		if len(s.path) == 3 && s.path[0] == "home-manager" && s.path[1] == "users" {
			s.path, s.parts, s.user = nil, nil, true
		}
	}
	if !value.IsValid() && node.Is(ast.Inherit) {
		if b := w.f.names.Resolve(s.at); b != nil && b.Kind == sema.LetBinding && !b.More && !(ast.InheritNode{Node: node}).From().IsValid() {
			value = b.Value
		}
	}
	w.value(s, value)
}

// value reads the value of a definition.
func (w *definedWalk) value(s state, n ast.Node) {
	s.depth++
	if w.left--; w.left < 0 || s.depth > maxNesting || !n.IsValid() {
		w.emit(s, n, len(s.path) == 0)
		return
	}
	written := n
	n = w.f.followed(n)
	if n.Is(ast.Assert) {
		n = w.f.followed(n.Child(1))
	}
	switch n.Form() {
	case ast.AttrSet:
		if !n.FirstChild().IsValid() {
			break
		}
		for c := range n.Children() {
			if b, ok := ast.AsBinding(c); ok {
				if s.user && len(s.path) == 0 && reservedKeys[b.Attrpath().FirstName()] {
					continue
				}
				w.binding(s, b.Attrpath().Parts(), b.Value(), c)
				continue
			}
			for name := range (ast.InheritNode{Node: c}).Names() {
				w.binding(s, []ast.Node{name}, ast.Node{}, c)
			}
		}
		return
	case ast.Lambda:
		if s.user && len(s.path) == 0 {
			w.value(s, (ast.LambdaExpr{Node: n}).Body())
			return
		}
	case ast.If:
		s.conditional = true
		w.value(s, n.Child(1))
		w.value(s, n.Child(2))
		return
	case ast.Binary:
		if n.Op() == ast.OpUpdate {
			// Of a property and a set, the module system takes the content of the property alone.
			for _, operand := range []ast.Node{n.Child(1), n.Child(0)} {
				if w.f.IsProperty(operand) {
					w.value(s, operand)
					return
				}
			}
			left := s
			left.later = w.f.laterNames(n.Child(1), s.later)
			w.value(left, n.Child(0))
			w.value(s, n.Child(1))
			return
		}
	case ast.Apply:
		if w.property(s, n) {
			return
		}
	}
	w.emit(s, written, len(s.path) == 0)
}

// IsProperty reports whether an expression is, by its name, a call of mkIf or its kin, or a name that stands for one.
func (f *File) IsProperty(n ast.Node) bool {
	if n = f.followed(n); !n.IsCall() {
		return false
	}
	fn, args := ast.Call(n)
	switch name := ast.LastName(fn); name {
	case "mkIf", "mkOverride", "mkOrder":
		return len(args) == 2
	default:
		return len(args) == 1 && (name == "mkMerge" || name == "mkBefore" || name == "mkAfter" || overridePriority[name] != 0)
	}
}

// property reads what mkIf and its kin are put around.
func (w *definedWalk) property(s state, call ast.Node) bool {
	fn, args := ast.Call(call)
	last := args[len(args)-1]
	name := ast.LastName(fn)
	if name != "optionalAttrs" {
		s.later = nil // what // adds to a property is no definition
		isOrder := name == "mkBefore" || name == "mkAfter" || name == "mkOrder"
		if s.inside == len(s.path) && !isOrder {
			s.wrapped = s.inside
		}
		if isOrder || name != "mkIf" && name != "mkMerge" {
			s.inside = len(s.path)
		}
	}
	switch {
	case (name == "mkIf" || name == "optionalAttrs") && len(args) == 2:
		s.conditional = true
		w.value(s, last)
	case name == "mkMerge" && len(args) == 1:
		list := w.f.followed(last)
		if !list.Is(ast.List) {
			return false
		}
		for c := range list.Children() {
			w.value(s, c)
		}
	case (name == "mkBefore" || name == "mkAfter") && len(args) == 1, name == "mkOrder" && len(args) == 2:
		s.ordered = true
		w.value(s, last)
	case overridePriority[name] != 0 && len(args) == 1:
		w.value(s.overridden(call, overridePriority[name]), last)
	case name == "mkOverride" && len(args) == 2:
		priority, _ := ast.IntValue(args[0].Unparen())
		w.value(s.overridden(call, priority), last)
	default:
		return false
	}
	return true
}

// overridden returns what stands around a definition inside a call that gives a priority. Of two at one name the outer one counts.
func (s state) overridden(call ast.Node, priority int64) state {
	switch n := len(s.overrides); {
	case n == 0:
		s.priority = priority
	case s.overrides[n-1].Level != len(s.path) && s.priority != priority:
		s.priority = 0
	}
	s.overrides = append(slices.Clip(s.overrides), Override{call, len(s.path), priority})
	return s
}

func (w *definedWalk) emit(s state, value ast.Node, cut bool) {
	if len(s.path) == 0 && !cut {
		return
	}
	path, parts := w.room.keep(s.path, s.parts)
	w.found = append(w.found, Defined{
		Path: path, Parts: parts, Node: s.at, Value: value, Cut: cut, Priority: s.priority, Overrides: s.overrides,
		Conditional: s.conditional, Ordered: s.ordered, Wrapped: s.wrapped, User: s.user, Of: w.of,
	})
}
