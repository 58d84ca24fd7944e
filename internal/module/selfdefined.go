package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/sema"
)

// SelfDefinition is a definition that needs the value of the option that it defines.
type SelfDefinition struct {
	Module *Module
	// Path is that of the option, Node its last part where it is defined.
	Path []string
	Node ast.Node
	// Use is what reads the option, or leads to where it is read.
	Use ast.Node
	// Condition is set where the condition of a mkIf or the like needs the option, Default where the default of the option does.
	Condition, Default bool
	// Unsure is set where a definition that counts more keeps it from being evaluated: it is a default, or under mkDefault.
	Unsure bool
	// Through are the options on the way where the option needs others that need it, each with where it is defined.
	Through []Through
}

// Through is an option on the way from an option to itself.
type Through struct {
	Path []string
	Node ast.Node // where it is defined
}

// own is a definition of a module: an attribute that is no set literal, or the default of an option.
type own struct {
	path       []string
	node       ast.Node // the last part of the path
	value      ast.Node // invalid for an inherited name
	from       ast.Node // of an inherited name
	conditions []ast.Node
	weak       bool // a definition that counts more keeps it from being evaluated
	isDefault  bool
	option     int // its number, see selfSearch
}

// What looking for definitions that need themselves may cost in a file: definitions, and questions for the evaluator.
const (
	maxOwn       = 2000
	maxSelfAsked = 100
	// maxOwnValues bounds the values that are looked at: a name that stands in its own value twice is followed again and again.
	maxOwnValues = 10 * maxOwn
)

// SelfDefinitions returns the definitions of the module that surely need the value of the option they define, by themselves
// or through each other.
func (m *Module) SelfDefinitions() []SelfDefinition {
	if !m.Func.IsValid() || m.file.Partial() {
		return nil
	}
	s := &selfSearch{m: m, read: map[ast.NodeID][]read{}, asked: map[selfQuestion]ast.Node{}}
	s.collect()
	if len(s.all) > maxOwn {
		return nil
	}
	s.byPath = make(map[string]int, len(s.all))
	for i := range s.all {
		d := &s.all[i]
		key := strings.Join(d.path, ".")
		option, ok := s.byPath[key]
		if !ok {
			option = len(s.options)
			s.byPath[key], s.options = option, append(s.options, nil)
		}
		d.option, s.options[option] = option, append(s.options[option], i)
	}
	for i := range s.all {
		s.direct(i)
	}
	s.cycles()
	return s.found
}

type selfQuestion struct {
	n    ast.NodeID
	path string
}

type selfSearch struct {
	m      *Module
	all    []own
	values int // that were looked at
	// options are those that are defined, each with its definitions; byPath gives their numbers.
	options [][]int
	byPath  map[string]int
	code    *eval.Code
	read    map[ast.NodeID][]read
	asked   map[selfQuestion]ast.Node // what reads the path; invalid where it is not surely needed
	found   []SelfDefinition
	// declared are the options that the module declares by mkOption: they are no sets of others.
	declared map[string]bool
	cyclic   []bool // the options that may need themselves by way of others, as far as what they read tells
}

// collect reads the definitions and defaults of the module.
func (s *selfSearch) collect() {
	options := s.m.Options()
	s.declared = map[string]bool{}
	for _, o := range options {
		if fn, _ := ast.Call(o.Value.Tail()); ast.LastName(fn) == "mkOption" && !o.Guarded && static(o.Path) {
			s.declared[strings.Join(o.Path, ".")] = true
		}
	}
	structured := s.m.Structured()
	for _, p := range s.m.Parts() {
		if p.Guarded {
			continue
		}
		switch {
		case p.Name(0) == "config":
			s.binding(own{}, p.Path[1:], p.Value, p.Node, 0)
		case !structured && !moduleKeys[p.Name(0)]:
			s.binding(own{}, p.Path, p.Value, p.Node, 0)
		}
	}
	for _, o := range options {
		fn, args := ast.Call(o.Value.Tail())
		if o.Value.Tail().IsCall() && ast.LastName(fn) == "mkOption" && len(args) == 1 && !o.Guarded {
			if b, ok := ast.Attr(args[0].Unparen(), "default"); ok && static(o.Path) {
				s.all = append(s.all, own{path: o.Path, node: o.Attr, value: b.Value(), weak: true, isDefault: true})
			}
		}
	}
}

// static reports whether all parts of a path are known.
func static(path []string) bool {
	return len(path) > 0 && !slices.ContainsFunc(path, func(name string) bool { return strings.HasPrefix(name, "${") || strings.HasPrefix(name, `"`) })
}

func (s *selfSearch) binding(d own, path []ast.Node, value, node ast.Node, depth int) {
	if len(path) > 0 {
		d.path = slices.Grow(slices.Clip(d.path), len(path))
	}
	for _, part := range path {
		s.name(d, part)
		d.path, d.node = append(d.path, s.m.file.PathName(part)), part
	}
	if value.IsValid() {
		s.value(d, value, depth)
		return
	}
	if in, ok := ast.AsInherit(node); ok {
		if d.from = in.From(); d.from.IsValid() && static(d.path) {
			s.all = append(s.all, d)
		}
	}
}

// name takes a name that is computed in the value of an option: the module system evaluates a value as far as its names before the option
// has one.
func (s *selfSearch) name(d own, part ast.Node) {
	if _, literal := ast.AttrName(part); literal || !s.declared[strings.Join(d.path, ".")] {
		return
	}
	for inner := range part.Descendants() {
		if inner.Is(ast.Interpolation) {
			d.node, d.value = part, inner.FirstChild()
			s.all = append(s.all, d)
			return
		}
	}
}

// value reads the value of a definition.
func (s *selfSearch) value(d own, n ast.Node, depth int) {
	if s.values++; depth > maxNesting || len(s.all) > maxOwn || s.values > maxOwnValues {
		return
	}
	n = s.m.file.followed(n)
	under := func(condition ast.Node) own {
		d := d
		d.conditions = append(d.conditions[:len(d.conditions):len(d.conditions)], condition)
		return d
	}
	switch n.Form() {
	case ast.AttrSet:
		for c := range n.Children() {
			if b, ok := ast.AsBinding(c); ok {
				s.binding(d, b.Attrpath().Parts(), b.Value(), c, depth+1)
				continue
			}
			for name := range (ast.InheritNode{Node: c}).Names() {
				s.binding(d, []ast.Node{name}, ast.Node{}, c, depth+1)
			}
		}
		return
	case ast.If:
		if len(d.path) == 0 {
			in := under(n.FirstChild())
			s.value(in, n.Child(1), depth+1)
			s.value(in, n.Child(2), depth+1)
			return
		}
	case ast.Apply:
		fn, args := ast.Call(n)
		last := args[len(args)-1]
		switch name := ast.LastName(fn); {
		case (name == "mkIf" || name == "optionalAttrs" && len(d.path) == 0) && len(args) == 2:
			if c := args[0].Unparen(); !s.m.file.names.IsGlobal(c, "false") {
				s.value(under(args[0]), last, depth+1)
			}
			return
		case name == "mkMerge" && len(args) == 1 && s.m.file.followed(last).Is(ast.List):
			for c := range s.m.file.followed(last).Children() {
				s.value(d, c, depth+1)
			}
			return
		case overrides[name]:
			d.weak = d.weak || name == "mkDefault" || name == "mkOptionDefault" || name == "mkOverride"
			s.value(d, last, depth+1)
			return
		}
	}
	if static(d.path) {
		d.value = n
		s.all = append(s.all, d)
	}
}

// direct looks for a definition that needs its own option.
func (s *selfSearch) direct(i int) {
	d := s.all[i]
	found := SelfDefinition{Module: s.m, Path: d.path, Node: d.node}
	for _, c := range d.conditions {
		if use := s.needs(c, d.path); use.IsValid() && s.exactly(c, d.path) {
			found.Use, found.Condition = use, true
			s.found = append(s.found, found)
			return
		}
	}
	use := s.valueNeeds(d, d.path)
	if !use.IsValid() || s.beaten(&d) {
		return
	}
	found.Use, found.Default, found.Unsure = use, d.isDefault, d.weak
	s.found = append(s.found, found)
}

// valueNeeds returns what reads an option without which the value of a definition does not exist.
func (s *selfSearch) valueNeeds(d own, path []string) ast.Node {
	if d.from.IsValid() {
		if base := s.m.ConfigPath(d.from); base != nil && slices.Equal(append(slices.Clone(base), d.path[len(d.path)-1]), path) {
			return d.node
		}
		return ast.Node{}
	}
	return s.needs(d.value, path)
}

// optionAt returns the option that the first names of what is read are.
func (s *selfSearch) optionAt(r read, names int) (option int, ok bool) {
	end := names - 1 // of the key: the dots, and the names
	for _, name := range r.path[:names] {
		end += len(name)
	}
	option, ok = s.byPath[r.key[:end]]
	return option, ok
}

// inheritedOption returns the option whose value an inherited definition is.
func (s *selfSearch) inheritedOption(d *own) (option int, ok bool) {
	base := s.m.ConfigPath(d.from)
	if base == nil {
		return 0, false
	}
	option, ok = s.byPath[strings.Join(append(slices.Clone(base), d.path[len(d.path)-1]), ".")]
	return option, ok
}

// beaten reports whether another definition in the module keeps one from being evaluated: any keeps a default from it, and one that is plain
// and under no condition what stands under mkDefault.
func (s *selfSearch) beaten(d *own) bool {
	if !d.weak {
		return false
	}
	option, ok := s.byPath[strings.Join(d.path, ".")]
	return ok && slices.ContainsFunc(s.options[option], func(i int) bool {
		other := &s.all[i]
		return !other.isDefault && (d.isDefault || !other.weak && len(other.conditions) == 0)
	})
}

// needs returns what reads an option, where an expression surely fails unless the value of the option is there; an invalid
// node where that is not sure.
func (s *selfSearch) needs(n ast.Node, path []string) ast.Node {
	use := s.mention(n, path)
	if !use.IsValid() {
		return ast.Node{}
	}
	q := selfQuestion{n.ID(), strings.Join(path, ".")}
	if known, ok := s.asked[q]; ok {
		return known
	}
	if len(s.asked) > maxSelfAsked {
		return ast.Node{}
	}
	if !s.declared[q.path] && s.namesAsked(n, path) || !s.surely(n, path) {
		use = ast.Node{}
	}
	s.asked[q] = use
	return use
}

// read is a place that reads an option, or leads to one that does.
type read struct {
	path []string // nil for a name that a with may bind
	key  string   // the path with dots
	use  ast.Node
	// names is set where only the names of a set are asked for: those of options do not depend on definitions.
	names bool
}

// asksNames reports whether only the names of a set are asked for.
func asksNames(n ast.Node) bool {
	at := n.OutsideParens()
	switch up := at.Parent(); up.Form() {
	case ast.HasAttr:
		return up.FirstChild() == at
	case ast.Apply:
		fn, _ := ast.Call(up)
		return up.FirstChild() != at && namesOnly[ast.LastName(fn)]
	}
	return false
}

var namesOnly = words("hasAttr attrNames hasAttrByPath mapAttrs filterAttrs mapAttrsToList attrValues isAttrs")

// maxReads bounds the nodes that are looked through for what one expression reads.
const maxReads = 2000

// reads returns what an expression, and what a let binds to the names in it, reads of config.
func (s *selfSearch) reads(n ast.Node) []read {
	if known, ok := s.read[n.ID()]; ok {
		return known
	}
	var found []read
	seen := map[ast.Node]bool{}
	left := maxReads
	var look func(n, use ast.Node, depth int)
	look = func(n, use ast.Node, depth int) {
		end := ast.NodeID(0)
		for d := range n.Descendants() {
			if left--; left < 0 {
				return
			}
			if d.ID() < end || !d.Is(ast.Select) && !d.Is(ast.Ident) {
				continue
			}
			at := use
			if !at.IsValid() {
				at = d
			}
			if path := s.m.ConfigPath(d); len(path) > 0 {
				found = append(found, read{path, strings.Join(path, "."), at, asksNames(d)})
				end = d.SubtreeEnd()
				continue
			}
			if !d.Is(ast.Ident) {
				continue
			}
			switch b := s.m.file.names.Resolve(d); {
			case b == nil:
				found = append(found, read{use: at})
			case b.Kind == sema.LetBinding && !b.More && b.Value.IsValid() && !seen[b.Decl] && depth < maxAliases && !n.Encloses(b.Decl):
				seen[b.Decl] = true
				look(b.Value, at, depth+1)
			}
		}
	}
	look(n, ast.Node{}, 0)
	s.read[n.ID()] = found
	return found
}

// mention returns what reads an option, or something of it, in an expression; an invalid node where nothing does.
func (s *selfSearch) mention(n ast.Node, path []string) ast.Node {
	for _, r := range s.reads(n) {
		if r.path == nil && r.use.Text() == path[len(path)-1] || r.path != nil && startsWith(r.path, path) {
			return r.use
		}
	}
	return ast.Node{}
}

// exactly reports whether an expression reads nothing below an option: what stands under mkIf may be a set of options, and the
// condition one of them.
func (s *selfSearch) exactly(n ast.Node, path []string) bool {
	return !slices.ContainsFunc(s.reads(n), func(r read) bool { return len(r.path) > len(path) && startsWith(r.path, path) })
}

// namesAsked reports whether an expression asks for the names in an option, or in something of it: it may be a set of options.
func (s *selfSearch) namesAsked(n ast.Node, path []string) bool {
	return slices.ContainsFunc(s.reads(n), func(r read) bool { return r.names && r.path != nil && startsWith(r.path, path) })
}

// surely asks the evaluator whether an expression fails for want of an option.
func (s *selfSearch) surely(n ast.Node, path []string) bool {
	if s.code == nil {
		if s.code = s.m.file.lowered(); s.code == nil {
			return false
		}
	}
	e, ok := s.code.At(n.Unparen().Span())
	if !ok {
		return false
	}
	source := &eval.Source{Name: "config"}
	config := eval.NeedsSource(source)
	for i := len(path) - 1; i >= 0; i-- {
		config = eval.Attrs(map[string]eval.Part{path[i]: config}, true)
	}
	ev := eval.NewEvaluation()
	ev.Import, ev.Fuel = s.m.file.Import, min(ev.Fuel, maxSelfFuel)
	v := ev.Ask(eval.NewScopes(s.code, map[string]eval.Part{"lib": eval.LibArgument(), "config": config}).Within(e))
	if !v.Fails() {
		return false
	}
	needs := v.Needs()
	return len(needs) > 0 && needs[0].Source == source
}

// maxSelfFuel is what one question may cost.
const maxSelfFuel = 20_000
