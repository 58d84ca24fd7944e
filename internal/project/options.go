package project

import (
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/near"
)

var modules = declare(fact[module.Said, *moduleIndex]{
	raises: raisers{sets: true, names: []string{"config"}},
	analyze: func(_ *ast.Tree, f *module.File) []module.Said {
		s := f.Said()
		if reflect.ValueOf(s).IsZero() {
			return nil
		}
		return []module.Said{s}
	},
	index: func(files iter.Seq2[string, []module.Said]) *moduleIndex {
		x := &moduleIndex{said: map[string]*module.Said{}}
		for path, said := range files {
			x.paths = append(x.paths, path)
			x.said[path] = &said[0]
		}
		return x
	},
})

// ForModules are the facts that questions about options and imports of modules are answered from.
var ForModules = modules.facts()

// moduleIndex is what the modules of a project say.
type moduleIndex struct {
	paths  []string // sorted
	said   map[string]*module.Said
	wants  lazy[bool]
	tree   lazy[*optionNode]
	whole  lazy[bool]
	uses   lazy[*optionUses]
	before lazy[*usesMemory] // what uses are made from
	forced lazy[*forcedNode]
	// renames are the options that have taken the place of others, or that are gone, by their first names.
	renames lazy[map[string][][]string]
	graph   memo[*ground, *importGraph]
}

// optionNode is an option, or a set of options, of a project.
type optionNode struct {
	children map[string]*optionNode
	names    []string // of the children, sorted
	declared []DeclaredOption
	// openers are the files that may declare others below it.
	openers []string
	// inner are the options that its type has, if it is a submodule, or a set of them, or the like.
	inner *optionNode
}

func (n *optionNode) open() bool { return len(n.openers) > 0 }

// DeclaredOption is where an option is declared.
type DeclaredOption struct {
	File string
	Span source.Span
	How  module.Declaration
	Type module.Type
	New  []string

	facts    module.DeclaredFacts
	guarded  bool
	readOnly bool
}

// declaredIn returns where an option is declared that a file says.
func declaredIn(file string, d *module.Declared) DeclaredOption {
	if d.File != "" {
		file = d.File
	}
	return DeclaredOption{file, d.Span, d.How, d.Type, d.New, d.Facts, d.Guarded, d.ReadOnly}
}

func (n *optionNode) at(path []string) *optionNode {
	for _, name := range path {
		child := n.children[name]
		if child == nil {
			if n.children == nil {
				n.children = map[string]*optionNode{}
			}
			child = &optionNode{}
			n.children[name] = child
		}
		n = child
	}
	return n
}

// options returns the options that the project declares.
func (x *moduleIndex) options() *optionNode {
	return x.tree.get(func() *optionNode {
		inner := x.inner()
		root, unsure := x.optionsWith(inner, func(*module.Declared) bool { return true })
		if unsure { // as long as they are counted, nothing else is missing that they are beside
			root, _ = x.optionsWith(inner, func(d *module.Declared) bool { return !root.takesModule(d.At) })
		}
		return root
	})
}

// optionsWith returns the options that the project declares, of those that stand in a value of another option the ones that count, and whether there
// are any of these.
func (x *moduleIndex) optionsWith(inner map[string]bool, counts func(d *module.Declared) bool) (root *optionNode, inValues bool) {
	root = &optionNode{}
	for _, path := range x.paths {
		s := x.said[path]
		if inner[path] { // what reads options there means those of the submodule
			for _, d := range s.Declared {
				if set := len(d.Path) - 1; set > 0 {
					n := root.at(d.Path[:set])
					n.openers = append(n.openers, path)
				}
			}
			continue
		}
		for i := range s.Declared {
			d := &s.Declared[i]
			inValues = inValues || len(d.At) > 0
			if len(d.At) == 0 || counts(d) {
				n := root.at(d.Path)
				n.declared = append(n.declared, declaredIn(path, d))
			}
		}
		for _, open := range s.Opens {
			n := root.at(open)
			n.openers = append(n.openers, path)
		}
		if s.Free {
			root.openers = append(root.openers, path)
		}
	}
	root.seal()
	return root, inValues
}

// takesModule reports whether what a path names is the value of a submodule, in which modules may declare options.
func (n *optionNode) takesModule(path []string) bool {
	answer := n.find(path)
	return answer.Verdict == OptionExists && answer.At == len(path) && len(answer.Declared) == 1 && answer.Declared[0].Type.IsSubmodule() && answer.Declared[0].Type.Whole
}

// inner returns the files whose modules belong to submodules, and no others: their options are parts of others.
func (x *moduleIndex) inner() map[string]bool {
	inner := map[string]bool{}
	var todo []string
	add := func(from string, literal string) {
		if to, ok := x.moduleAt(from, literal); ok && !inner[to] {
			inner[to] = true
			todo = append(todo, to)
		}
	}
	for _, path := range x.paths {
		for _, literal := range x.said[path].Inner {
			add(path, literal)
		}
	}
	for len(todo) > 0 {
		path := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, i := range x.said[path].Imports {
			add(path, i.Path)
		}
	}
	return inner
}

// OptionVerdict says what is known of an option.
type OptionVerdict uint8

// The verdicts.
const (
	NothingKnown  OptionVerdict = iota
	OptionExists                // the project declares it, or one that it is a part of
	OptionMissing               // nothing declares it, though all that is declared around it is known
	OptionRenamed               // another one has taken its place, or it is gone
)

// OptionAnswer is what a project knows of an option.
type OptionAnswer struct {
	Verdict OptionVerdict
	// At is, for OptionMissing, the number of names before the first that is missing; else that of the names of the option:
	// what follows is part of its value.
	At int
	// Near is the name that was probably meant, for OptionMissing.
	Near string
	// Own is set where the first name of the path is one of the project's own.
	Own bool
	// Declared is where the option is declared, or, for OptionMissing, options beside it.
	Declared []DeclaredOption
	// Strongest is the strongest priority with which a module of the project defines the option, for OptionExists.
	Strongest int64
	// Defaulted is set where it surely has a default, which is a definition.
	Defaulted bool
	// Fixed is the number of names of the option where it is read-only and has a default, so that any definition fails; else 0.
	Fixed int
	// Applied is set where an apply may make another value of the one that is defined.
	Applied bool

	opened bool // a file may declare others around it
	values []moduleValue
}

// moduleValue is a value of a submodule that a path leads through: at is the number of names before it. It is whole where its sets are
// modules with imports and options.
type moduleValue struct {
	at    int
	whole bool
}

func (o OptionAnswer) equal(p OptionAnswer) bool { return reflect.DeepEqual(o, p) }

// Option tells what the project knows of the option that a path names, or that has what it names. The path may be changed
// afterwards.
func (a *Answers) Option(path []string) OptionAnswer {
	if a.deps != nil {
		path = slices.Clone(path)
		q := question{"option", strings.Join(path, "\x00"), ""}
		return notedBy(a.View, q, OptionAnswer.equal, func(a *Answers) OptionAnswer { return a.Option(path) })
	}
	x := a.moduleIndex()
	root := x.options()
	if len(path) == 0 {
		return OptionAnswer{}
	}
	answer := root.find(path)
	answer.Own = x.owns(path[0]) && !answer.opened
	if answer.Verdict == OptionExists {
		answer.Strongest = x.used().defined.strongest(path[:answer.At])
	}
	if answer.Verdict != OptionMissing {
		return answer
	}
	if a.folder.fragment() || x.used().asked.has(path[:answer.At+1]) || x.used().declaresIn(path, answer) || !answer.Own && (answer.Near == "" || !root.ownsSet(path[:answer.At])) {
		return OptionAnswer{}
	}
	return answer
}

// maxOptionBeside is the number of options beside a missing one that are told.
const maxOptionBeside = 1

// DeclaresAround reports whether the project declares the option that a path names, or one that it is a part of, or may do so
// by a function or a computed name beside it.
func (a *Answers) DeclaresAround(path []string) bool {
	if a.deps != nil {
		path = slices.Clone(path)
		q := question{"declares around", strings.Join(path, "\x00"), ""}
		return noted(a.View, q, func(a *Answers) bool { return a.DeclaresAround(path) })
	}
	n := a.moduleIndex().options()
	for _, name := range path {
		if n = n.children[name]; n == nil {
			return false
		}
		if n.open() || len(n.declared) > 0 {
			return true
		}
	}
	return false
}

// AnyOption reports whether a module of the project, or one above it, may take definitions of options that nothing declares.
func (a *Answers) AnyOption() bool {
	if a.deps != nil {
		return noted(a.View, question{what: "any option"}, func(a *Answers) bool { return a.AnyOption() })
	}
	x := a.moduleIndex()
	return a.folder.fragment() || slices.ContainsFunc(x.paths, func(path string) bool { return x.said[path].Free })
}

// find looks for an option in a tree.
func (n *optionNode) find(path []string) OptionAnswer {
	opened := false // something may declare more around it
	for i, name := range path {
		child := n.children[name]
		if child == nil && n.open() {
			return OptionAnswer{}
		}
		if child == nil {
			near := near.Find(name, n.names)
			return OptionAnswer{Verdict: OptionMissing, At: i, Near: near, Declared: n.some(near), opened: opened}
		}
		opened = opened || n.open()
		n = child
		if len(n.declared) > 0 && len(n.children) == 0 {
			return n.option(path, i+1)
		}
	}
	if len(n.declared) > 0 {
		return n.option(path, len(path))
	}
	return OptionAnswer{}
}

// option tells of an option that has the first names of a path.
func (n *optionNode) option(path []string, at int) OptionAnswer {
	answer := OptionAnswer{Verdict: OptionExists, At: at, Declared: n.declared}
	if n.open() || len(n.declared) == 0 {
		return OptionAnswer{}
	}
	renamed := func(d DeclaredOption) bool {
		return d.How == module.Renamed || d.How == module.Changed || d.How == module.Removed
	}
	if !slices.ContainsFunc(n.declared, func(d DeclaredOption) bool { return !renamed(d) }) {
		answer.Verdict = OptionRenamed
		return answer
	}
	answer.Applied = slices.ContainsFunc(n.declared, func(d DeclaredOption) bool { return d.facts&module.HasApply != 0 })
	answer.Defaulted = slices.ContainsFunc(n.declared, func(d DeclaredOption) bool { return d.facts&module.HasDefault != 0 && !d.guarded })
	if answer.Defaulted && len(n.declared) == 1 && n.declared[0].readOnly {
		answer.Fixed = at
	}
	if at == len(path) {
		return answer
	}
	return n.inType(path, at, answer)
}

// inType goes on in the types of an option: submodules have options, sets of them names of the user's,
// and lists of them module.Element.
func (n *optionNode) inType(path []string, at int, answer OptionAnswer) OptionAnswer {
	d := &n.declared[0]
	t := &d.Type
	for i := at; i < len(path); {
		switch {
		case (t.Name == "nullOr" || t.Name == "uniq") && len(t.Of) == 1:
			t = &t.Of[0]
		case len(n.declared) > 1 && n.inner == nil:
			return answer
		case namesValues(t), listsValues(t) && path[i] == module.Element:
			t = &t.Of[0]
			i++
			answer.At, answer.Declared = i, []DeclaredOption{{File: d.File, Span: d.Span, How: d.How, Type: *t}}
		case t.IsSubmodule() && n.inner != nil:
			value := i
			if t.Whole && module.IsReserved(path[i]) && n.inner.children[path[i]] == nil {
				if i++; path[value] != "config" || i == len(path) {
					return OptionAnswer{}
				}
			}
			inner := n.inner.find(path[i:])
			if inner.Verdict == NothingKnown {
				return answer
			}
			if path[i] == "_module" {
				return OptionAnswer{}
			}
			inner.Declared = renamedBelow(inner.Declared, path[:value])
			inner.At += i
			for j := range inner.values {
				inner.values[j].at += i
			}
			inner.values = append(inner.values, moduleValue{value, t.Whole})
			inner.Applied = inner.Applied || answer.Applied
			return inner
		default:
			return answer
		}
	}
	return answer
}

// renamedBelow returns declarations in a submodule with the paths of new names from the outside: it stands at a path.
func renamedBelow(declared []DeclaredOption, at []string) []DeclaredOption {
	if !slices.ContainsFunc(declared, func(d DeclaredOption) bool { return len(d.New) > 0 }) {
		return declared
	}
	declared = slices.Clone(declared)
	for i := range declared {
		if d := &declared[i]; len(d.New) > 0 {
			d.New = slices.Concat(at, d.New)
		}
	}
	return declared
}

// namesValues reports whether the values of a type are sets whose names the user gives.
func namesValues(t *module.Type) bool {
	return (t.Name == "attrsOf" || t.Name == "lazyAttrsOf") && len(t.Of) == 1
}

// listsValues reports whether the values of a type are lists of values of another.
func listsValues(t *module.Type) bool {
	return (t.Name == "listOf" || t.Name == "nonEmptyListOf") && len(t.Of) == 1
}

// submoduleOf returns the submodule that a type has behind sets and lists of them and null, or nil, and how many such sets and lists there
// are.
func submoduleOf(t *module.Type) (sub *module.Type, sets int) {
	for len(t.Of) == 1 && (t.Name == "nullOr" || t.Name == "uniq" || namesValues(t) || listsValues(t)) {
		if namesValues(t) || listsValues(t) {
			sets++
		}
		t = &t.Of[0]
	}
	if !t.IsSubmodule() {
		return nil, sets
	}
	return t, sets
}

// setInner makes the tree of the options that the type of an option has: several declarations of submodules make one.
func (n *optionNode) setInner() {
	known, first := false, 0
	for i := range n.declared {
		t, sets := submoduleOf(&n.declared[i].Type)
		if t == nil || i > 0 && sets != first {
			return
		}
		known, first = known || len(t.Options) > 0, sets
	}
	if !known {
		return
	}
	n.inner = &optionNode{}
	for i := range n.declared {
		d := &n.declared[i]
		t, _ := submoduleOf(&d.Type)
		if t.Open || len(t.Options) == 0 {
			n.inner.openers = append(n.inner.openers, d.File)
		}
		for _, o := range t.Options {
			at := n.inner.at(o.Path)
			at.declared = append(at.declared, declaredIn(d.File, &o))
		}
	}
	n.inner.seal()
}

// seal sorts the names below a node, after which it does not change.
func (n *optionNode) seal() {
	n.setInner()
	n.names = make([]string, 0, len(n.children))
	for name, child := range n.children {
		n.names = append(n.names, name)
		child.seal()
	}
	slices.Sort(n.names)
}

// some returns where a child is declared, or, where it is called "", any of the children.
func (n *optionNode) some(name string) []DeclaredOption {
	names := n.names
	if name != "" {
		names = []string{name}
	}
	for _, name := range names {
		child := n.children[name]
		if len(child.declared) > 0 {
			return child.declared[:min(maxOptionBeside, len(child.declared))]
		}
		if found := child.some(""); len(found) > 0 {
			return found
		}
	}
	return nil
}

// ownsSet reports whether a set of options is the project's alone: a file declares the enable of it, with a default, which nothing
// else can do then. What other files may declare further up is taken for something else; what that file may, is not.
func (n *optionNode) ownsSet(path []string) bool {
	if len(path) < 2 {
		return false
	}
	openers := slices.Clone(n.openers)
	for _, name := range path {
		if n = n.children[name]; n == nil {
			return false
		}
		openers = append(openers, n.openers...)
	}
	enable := n.children["enable"]
	return !n.open() && enable != nil && slices.ContainsFunc(enable.declared, func(d DeclaredOption) bool {
		return d.How == module.ByOption && d.facts&module.HasDefault != 0 && !d.guarded && !slices.Contains(openers, d.File)
	})
}

// owns reports whether all options whose path begins with a name are the project's.
func (x *moduleIndex) owns(name string) bool {
	return modsys.NamespaceOf(name) == (modsys.Namespace{}) && !modsys.IsForeign(name) && x.closes(name)
}

// closes reports whether the project declares options whose path begins with a name and all that it uses there, as far as its modules tell.
func (x *moduleIndex) closes(name string) bool {
	root := x.options()
	n := root.children[name]
	return !root.open() && n != nil && !n.open() && !x.used().foreign[name]
}
