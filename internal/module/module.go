// Package module reads a file as a module of the module system (NixOS, home-manager, nix-darwin, flake-parts
// and others): its imports, options and config, and the modules written inside it. It also says what a value
// depends on: whether evaluating an expression as far as its shape, the names of a set or the length of a list,
// needs config, options or pkgs, which do not exist yet while the module system finds out what there is.
//
// Facts: lib/modules.nix of nixpkgs (evalModules, collectModules, unifyModuleSyntax, pushDownProperties).
package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/sema"
)

// Certainty says how sure it is that something is a module.
type Certainty uint8

// The certainties. A Possible module has the shape of one, as many plain functions have; a Likely one takes
// config or options; a Certain one also has parts that only modules have, or stands where modules stand.
const (
	Possible Certainty = iota
	Likely
	Certain
)

// Module is one module: a function of the module system's arguments, or a plain set.
type Module struct {
	// Node is the module: a Lambda, or the expression of a plain set.
	Node ast.Node
	// Func is the function that the module system calls, or invalid for a plain set.
	Func ast.Node
	// Body is the expression that gives the module's attributes.
	Body ast.Node
	// Curried is set where the function stands behind others, which something else calls first.
	Curried bool
	// Inline is set where the module is a part of the file and not the file's value.
	Inline bool
	// Submodule is set where the module belongs to an evaluation inside that of the module around it.
	Submodule bool
	Certainty Certainty

	file     *File
	parts    []Part
	options  []Option
	read     bool
	declared bool // options are read
}

// Part is an attribute of a module as it is written: imports = …, options.a = …, config.b.c = …, or a definition
// of a module without config and options.
type Part struct {
	// Path holds the parts of the attribute path: Name, String or Interpolation nodes.
	Path []ast.Node
	// Node is the Binding or Inherit; Value is the bound expression, invalid for an Inherit.
	Node  ast.Node
	Value ast.Node
	// Guarded is set where a condition stands around the set that holds it.
	Guarded bool
	// Replaced is set where a later operand of // surely has an attribute of the first name, so that this one is none.
	Replaced bool
}

// Name returns the name of element i of the path, or "" where there is none or it is computed.
func (p Part) Name(i int) string {
	if i >= len(p.Path) {
		return ""
	}
	name, _ := ast.AttrName(p.Path[i])
	return name
}

// File is what is known of the modules in one file. It must not be used from two goroutines at once.
type File struct {
	// Module is the file's value as a module, or nil where it has not the shape of one.
	Module *Module
	// Code returns the code of the file where that is there, or nil.
	Code func() *eval.Code
	// Import returns the code of another file by its absolute path, or nil where nothing is known of it. It may be nil.
	Import func(path string) *eval.Code

	plainSet *Module             // see orSet
	bodies   map[ast.NodeID]bool // of the modules, see isModuleSet

	memory *Memory
	tree   *ast.Tree
	names  *sema.Info
	inline []*Module
	taken  map[ast.NodeID]bool // read as what submodule and its kin are given
	// importing are the bindings whose path ends in imports.
	importing []ast.Node
	obstacles []Obstacle
	declared  []Declared // and the paths below which there may be others
	opens     [][]string
	defs      []Defined
	reads     []Read
	uses      Uses
	defined   int // definitions read so far, each as often as it was
	named     int // names of operands of // looked at so far, see laterNames
	// followedNames counts the names that were followed.
	followedNames int
	done          uint8
}

const (
	doneInline = 1 << iota
	doneObstacles
	doneDeclared
	doneDefined
	doneReads
	doneUses
)

// AnalyzeFile reads the modules of a file. It looks at the file's outermost expression alone; the rest is
// read when it is asked for.
func AnalyzeFile(t *ast.Tree, names *sema.Info) *File { return AnalyzeFileIn(new(Memory), t, names) }

// AnalyzeFileIn is AnalyzeFile in memory that is used again: what it finds ends when that reads another file.
func AnalyzeFileIn(m *Memory, t *ast.Tree, names *sema.Info) *File {
	m.reset()
	f := &File{tree: t, names: names, memory: m}
	f.Module = f.shape(t.Expr())
	return f
}

// maxWraps bounds the functions, lets and parentheses around a module's body.
const maxWraps = 64

// shape reads an expression as a module, or returns nil.
func (f *File) shape(n ast.Node) *Module {
	m := &Module{Node: n, file: f}
	for i := 0; ; i++ {
		if i == maxWraps {
			return nil
		}
		n = n.Tail()
		if n.Is(ast.Assert) {
			n = n.Child(1)
			continue
		}
		if b := f.letValue(n); b.IsValid() {
			n = b // let out = { options = …; }; in out
			continue
		}
		if !n.Is(ast.Lambda) {
			break
		}
		m.Curried = m.Func.IsValid()
		m.Func, m.Node = n, n
		n = n.Child(1)
	}
	m.Body = n
	if !setLike(n) || !m.judge() {
		return nil
	}
	return m
}

// letValue returns the expression that a let binds to the name that n uses, or an invalid node.
func (f *File) letValue(n ast.Node) ast.Node {
	if n.Is(ast.Ident) {
		if b := f.names.Resolve(n); b != nil && !b.More && b.Kind == sema.LetBinding {
			return b.Value
		}
	}
	return ast.Node{}
}

// setLike reports whether an expression may be the attributes of a module.
func setLike(n ast.Node) bool {
	switch n.Kind() {
	case ast.AttrSet, ast.If:
		return true
	case ast.Binary:
		return n.Op() == ast.OpUpdate
	case ast.Apply:
		fn, _ := ast.Call(n)
		return wrappers[ast.LastName(fn)]
	}
	return false
}

// wrappers are functions whose call may stand for the attributes of a module.
var wrappers = words(`mkIf mkMerge mkDefault mkForce mkOverride mkVMOverride optionalAttrs recursiveUpdate mergeAttrs mergeAttrsList
	foldl' foldr fold foldl filterAttrs listToAttrs genAttrs mapAttrs mapAttrs' removeAttrs intersectAttrs seq deepSeq trace warn
	warnIf throwIf throwIfNot id`)

// moduleKeys are the attributes that make a set a module (lib/modules.nix, unifyModuleSyntax).
var moduleKeys = words("imports options config disabledModules freeformType _module require")

// judge decides whether, and how surely, the expression is a module.
func (m *Module) judge() bool {
	keyed := m.keyed()
	if !m.Func.IsValid() {
		m.Certainty = Likely
		return keyed && m.Body.Is(ast.AttrSet)
	}
	p, ok := ast.LambdaExpr{Node: m.Func}.Pattern()
	if !ok {
		m.Certainty = Possible
		if keyed && m.selectsConfig() {
			m.Certainty = Likely
		}
		return keyed
	}
	if !p.HasEllipsis() {
		return false // the module system passes more than any list of formals names
	}
	some, known, pkgs, config := false, false, false, false
	for formal := range p.Formals() {
		some = true
		name := formal.Name().Text()
		switch name {
		case "config", "options":
			config = true
		case "pkgs":
			pkgs, known = true, true
		default:
			known = known || modsys.IsArgument(name)
		}
		if formal.Default().IsValid() && (name == "config" || name == "options" || name == "lib" || name == "pkgs") {
			return false // a function that is called by hand
		}
	}
	switch {
	case keyed:
		m.Certainty = Certain
	case config || m.rooted():
		m.Certainty = Likely
	default:
		m.Certainty = Possible
		return m.Body.Is(ast.AttrSet) && (known || !some) || pkgs && m.Body.Is(ast.Binary)
	}
	if m.Curried && m.Certainty == Certain {
		m.Certainty = Likely
	}
	return true
}

// keyed reports whether the module has an attribute that only modules have.
func (m *Module) keyed() bool {
	return m.anyPart(func(first, value ast.Node, longer bool) bool {
		switch name, _ := ast.AttrName(first); name {
		case "imports", "options", "disabledModules":
			return true
		case "config":
			return longer || !value.IsValid() || setLike(value.Tail())
		}
		return false
	})
}

// rooted reports whether the module defines something that NixOS, home-manager or nix-darwin have.
func (m *Module) rooted() bool {
	return m.anyPart(func(first, value ast.Node, longer bool) bool {
		name, _ := ast.AttrName(first)
		return modsys.NamespaceOf(name).Telling && (longer || value.Tail().Is(ast.AttrSet))
	})
}

// anyPart looks for an attribute of the module by its first name and value; longer is set where the path has more
// names.
func (m *Module) anyPart(is func(first, value ast.Node, longer bool) bool) bool {
	if !m.Body.Is(ast.AttrSet) {
		for _, p := range m.Parts() {
			if is(p.Path[0], p.Value, len(p.Path) > 1) {
				return true
			}
		}
		return false
	}
	for c := range m.Body.Children() {
		switch c.Kind() {
		case ast.Binding:
			path := c.FirstChild()
			first := path.FirstChild()
			if is(first, path.NextSibling(), first.NextSibling().IsValid()) {
				return true
			}
		case ast.Inherit:
			for name := range (ast.InheritNode{Node: c}).Names() {
				if is(name, ast.Node{}, false) {
					return true
				}
			}
		}
	}
	return false
}

// selectsConfig reports whether the function reads config from its one parameter, as in args: args.config.x or
// inherit (args) config.
func (m *Module) selectsConfig() bool {
	id, ok := m.file.names.ScopeOf(m.Func)
	if !ok {
		return false
	}
	for u := range m.file.names.UsesOf(m.file.names.Scope(id).First) {
		switch at := u.Node.OutsideParens().Parent(); at.Kind() {
		case ast.Select:
			s := ast.SelectExpr{Node: at}
			if s.Operand().Unparen() == u.Node && s.Attrpath().FirstChild().Text() == "config" {
				return true
			}
		case ast.InheritFrom:
			for name := range (ast.InheritNode{Node: at.Parent()}).Names() {
				if name.Text() == "config" {
					return true // inherit (args) config;
				}
			}
		}
	}
	return false
}

// Parts returns the attributes of the module, in source order, as far as the file shows them: those of all
// sets that // and mkMerge join, and those under mkIf, optionalAttrs and if, which are marked as guarded.
func (m *Module) Parts() []Part {
	if !m.read {
		m.read = true
		m.file.Definitions(m.Body, func(p Part) { m.parts = append(m.parts, p) })
	}
	return m.parts
}

// Structured reports whether the module has config or options, so that all definitions stand under config.
func (m *Module) Structured() bool {
	for _, p := range m.Parts() {
		if n := p.Name(0); n == "config" || n == "options" {
			return true
		}
	}
	return false
}

const (
	maxNesting = 24
	// What all reading of definitions in a file may cost: a fixed part, and a part for each node of the file.
	maxDefinitions  = 20000
	nodeDefinitions = 2
)

// Partial reports whether the modules of the file define so much, each with what others define, that they were not
// read to the end: what they do not have is not known then.
func (f *File) Partial() bool {
	return f.defined > maxDefinitions+nodeDefinitions*len(f.tree.Records())
}

// Definitions yields the attributes that an expression defines, through //, mkMerge, mkIf, optionalAttrs,
// mkDefault, if, let and the names of a let.
func (f *File) Definitions(n ast.Node, yield func(Part)) {
	w := definitionWalk{f: f, yield: yield}
	w.walk(n, false, nil, 0)
}

type definitionWalk struct {
	f     *File
	yield func(Part)
}

func (w *definitionWalk) walk(n ast.Node, guarded bool, later names, depth int) {
	for i := 0; i < maxWraps; i++ {
		n = n.Tail()
		if !n.Is(ast.Assert) {
			break
		}
		n = n.Child(1)
	}
	if w.f.defined++; depth > maxNesting || w.f.Partial() {
		return
	}
	switch n.Kind() {
	case ast.AttrSet:
		for c := range n.Children() {
			if w.f.defined++; w.f.Partial() {
				return
			}
			switch c.Kind() {
			case ast.Binding:
				b := ast.BindingNode{Node: c}
				w.yield(Part{Path: b.Attrpath().Parts(), Node: c, Value: b.Value(), Guarded: guarded, Replaced: later.has(b.Attrpath().First())})
			case ast.Inherit:
				for name := range (ast.InheritNode{Node: c}).Names() {
					w.f.defined++
					w.yield(Part{Path: []ast.Node{name}, Node: c, Guarded: guarded, Replaced: later.has(name)})
				}
			}
		}
	case ast.Binary:
		if n.Op() == ast.OpUpdate {
			w.walk(n.Child(0), guarded, w.f.laterNames(n.Child(1), later), depth+1)
			w.walk(n.Child(1), guarded, later, depth+1)
		}
	case ast.If:
		w.walk(n.Child(1), true, later, depth+1)
		w.walk(n.Child(2), true, later, depth+1)
	case ast.Ident:
		if v := w.f.letValue(n); v.IsValid() {
			w.walk(v, guarded, later, depth+4)
		}
	case ast.Apply:
		fn, args := ast.Call(n)
		last := args[len(args)-1]
		switch name := ast.LastName(fn); {
		case (name == "mkIf" || name == "optionalAttrs") && len(args) == 2:
			if name == "mkIf" {
				later = nil // what // adds to the property is no definition
			}
			w.walk(last, true, later, depth+1)
		case (name == "mkMerge" || name == "mergeAttrsList") && len(args) == 1:
			if list := last.Tail(); list.Is(ast.List) {
				for c := range list.Children() {
					w.walk(c, guarded, nil, depth+1)
				}
			}
		case (name == "recursiveUpdate" || name == "mergeAttrs") && len(args) == 2:
			w.walk(args[0], guarded, later, depth+1)
			w.walk(last, guarded, later, depth+1)
		case overrides[name]:
			w.walk(last, guarded, nil, depth+1)
		}
	}
}

var overrides = words("mkDefault mkForce mkOverride mkVMOverride mkOptionDefault mkBefore mkAfter mkOrder")

// EachDefinition yields the attributes that an expression of the module defines: those of the value of config.
func (m *Module) EachDefinition(n ast.Node, yield func(Part)) { m.file.Definitions(n, yield) }

// Names returns the resolved names of the file.
func (f *File) Names() *sema.Info { return f.names }

// Names returns the resolved names of the module's file.
func (m *Module) Names() *sema.Info { return m.file.names }
