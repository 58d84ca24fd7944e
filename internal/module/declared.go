package module

import (
	"slices"
	"sort"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/sema"
)

// Declared is an option that a file declares, or a name that stands for one that is gone. It refers neither to the tree nor to
// its text.
type Declared struct {
	Path []string
	// Span is the last part of the path where it is written.
	Span source.Span
	Type Type
	How  Declaration
	// New is the path of the option that took its place, for Renamed; it is empty where that is not known.
	New []string
	// Facts says which attributes are given that no second declaration may give.
	Facts DeclaredFacts
	// ReadOnly is set where the option takes one definition, as which its default counts.
	ReadOnly bool
	// Guarded is set where a condition decides whether it is declared.
	Guarded bool
	// At is the path of the option that a module defines with the set in which the declaration stands: if that takes modules, it is an option of
	// the value. It is empty for what a module of the file declares itself.
	At []string
	// Evaluated is set where the file declares it by other means than it is written; File is where Span is, if that is another one.
	Evaluated bool
	File      string
}

// Declaration says how an option is declared.
type Declaration uint8

// The declarations.
const (
	ByOption  Declaration = iota // mkOption and its kin
	ByUnknown                    // a function of which only the name says that it declares an option
	Renamed                      // mkRenamedOptionModule and its kin: another option has taken its place
	Changed                      // mkChangedOptionModule and its kin: another option has, with another value
	Aliased                      // mkAliasOptionModule: another name of an option
	Removed                      // mkRemovedOptionModule: defining it fails
)

// DeclaredFacts are attributes of a declaration of which two make the second one fail (lib/modules.nix, mergeOptionDecls).
type DeclaredFacts uint8

// The attributes.
const (
	HasDefault DeclaredFacts = 1 << iota
	HasExample
	HasDescription
	HasApply
)

// Declarations returns the options that the modules of the file declare, in source order, and the paths below which they may
// declare any others: the empty path stands for all options.
func (f *File) Declarations() (found []Declared, opens [][]string) {
	if f.done&doneDeclared != 0 {
		return f.declared, f.opens
	}
	f.done |= doneDeclared
	w := declarations{f: f, left: maxDefinitions + nodeDefinitions*len(f.tree.Records()), depth: maxNesting}
	records := f.tree.Records()
	for i := range records {
		switch records[i].Kind {
		case ast.Binding:
			if f.isWord(records[i].First, "options") {
				w.atOptions(ast.BindingNode{Node: f.tree.Node(ast.NodeID(i))})
			}
		case ast.Inherit:
			for name := range (ast.InheritNode{Node: f.tree.Node(ast.NodeID(i))}).Names() {
				if name.Text() == "options" && f.isModuleSet(name.Parent().Parent()) {
					w.open(nil)
				}
			}
		case ast.Apply:
			if n := f.tree.Node(ast.NodeID(i)); !n.Parent().Is(ast.Apply) || n.Parent().FirstChild() != n {
				w.renames(ast.ApplyExpr{Node: n})
			}
		}
	}
	if w.left < 0 {
		w.open(nil)
	}
	slices.SortStableFunc(w.found, func(a, b Declared) int { return int(a.Span.Start) - int(b.Span.Start) })
	f.declared, f.opens = w.found, w.opens
	return f.declared, f.opens
}

// DeclaredNames returns the first names of the options that the file declares.
func (f *File) DeclaredNames() map[string]bool {
	own := map[string]bool{}
	declared, _ := f.Declarations()
	for _, d := range declared {
		own[d.Path[0]] = true
	}
	return own
}

// isModuleSet reports whether a set is the body of a module.
func (f *File) isModuleSet(set ast.Node) bool {
	if f.bodies == nil {
		f.bodies = map[ast.NodeID]bool{}
		if f.Module != nil {
			f.bodies[f.Module.Body.ID()] = true
		}
		for _, m := range f.Inline() {
			if !m.Submodule {
				f.bodies[m.Body.ID()] = true
			}
		}
	}
	return f.bodies[set.ID()]
}

// declarations reads what is declared.
type declarations struct {
	f     *File
	found []Declared
	opens [][]string
	left  int // what may be read yet
	depth int
}

func (w *declarations) open(path []string) {
	if len(w.opens) == 0 || !slices.Equal(w.opens[len(w.opens)-1], path) {
		w.opens = append(w.opens, slices.Clone(path))
	}
}

// atOptions reads a binding whose first name is options: that of a module, or anything else that is called so.
func (w *declarations) atOptions(b ast.BindingNode) {
	set := b.Parent()
	if !set.Is(ast.AttrSet) {
		return
	}
	module := w.f.isModuleSet(set)
	if !module && !declaresOptions(b.Attrpath().FirstChild(), b.Value()) {
		return
	}
	if !module && w.inSubmodule(set) {
		return
	}
	parts := b.Attrpath().Parts()
	before := len(w.found)
	w.declare(parts[1:], nil, b.Value(), parts[len(parts)-1], false, w.depth)
	if at := w.valueOf(set); !module && at != nil {
		for i := range w.found[before:] {
			w.found[before+i].At = at
		}
	}
}

// inSubmodule reports whether a set is, or lies in, the module of a submodule.
func (w *declarations) inSubmodule(set ast.Node) bool {
	inline := w.f.Inline()
	// Those that begin before the set, and are not inside another submodule, cannot be many that reach so far.
	i := sort.Search(len(inline), func(i int) bool { return inline[i].Node.ID() > set.ID() })
	for steps := 0; i > 0 && steps < maxNesting; steps++ {
		i--
		if inline[i].Submodule && inline[i].Node.Encloses(set) {
			return true
		}
	}
	return false
}

// module reads what the set of a module declares, that of a submodule: it may have any name where it has a freeformType or
// imports others.
func (w *declarations) module(set ast.Node) {
	for c := range set.Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			w.open(nil)
			continue
		}
		switch first := b.Attrpath().FirstName(); first {
		case "options":
			parts := b.Attrpath().Parts()
			w.declare(parts[1:], nil, b.Value(), parts[len(parts)-1], false, w.depth)
		case "config":
		default:
			w.open(nil) // freeformType, imports, or another shape
		}
	}
}

// declare reads what a value declares at a prefix and the parts of more.
func (w *declarations) declare(more []ast.Node, prefix []string, value, attr ast.Node, guarded bool, depth int) {
	path := slices.Clone(prefix)
	for _, part := range more {
		name, ok := w.f.optionName(part, len(path) == 0)
		if !ok || len(path) == maxPath {
			w.open(path)
			return
		}
		path = append(path, strings.Clone(name))
	}
	if w.left--; w.left < 0 || depth <= 0 || !value.IsValid() || value.HasError() {
		w.open(path)
		return
	}
	value = w.f.followed(value)
	if name, is := optionCall(value); is && len(path) > 0 && !opensSets[name] {
		w.option(path, name, value, attr, guarded)
		return
	}
	switch value.Kind() {
	case ast.AttrSet:
		for c := range value.Children() {
			if b, ok := ast.AsBinding(c); ok {
				parts := b.Attrpath().Parts()
				w.declare(parts, path, b.Value(), parts[len(parts)-1], guarded, depth-1)
				continue
			}
			in := ast.InheritNode{Node: c}
			for part := range in.Names() {
				name, _ := ast.AttrName(part)
				if b := w.f.names.Resolve(part); !in.From().IsValid() && b != nil && b.Kind == sema.LetBinding && !b.More && b.Value.IsValid() {
					w.declare([]ast.Node{part}, path, b.Value, part, guarded, depth-1)
				} else {
					w.open(append(path[:len(path):len(path)], strings.Clone(name)))
				}
			}
		}
	case ast.Binary:
		if value.Op() != ast.OpUpdate {
			w.open(path)
			return
		}
		w.declare(nil, path, value.Child(0), attr, guarded, depth-1)
		w.declare(nil, path, value.Child(1), attr, guarded, depth-1)
	case ast.If:
		w.declare(nil, path, value.Child(1), attr, true, depth-1)
		w.declare(nil, path, value.Child(2), attr, true, depth-1)
	case ast.Apply:
		fn, args := ast.Call(value)
		last := args[len(args)-1]
		switch name := ast.LastName(fn); {
		case (name == "mkIf" || name == "optionalAttrs") && len(args) == 2:
			w.declare(nil, path, last, attr, true, depth-1)
		case (name == "recursiveUpdate" || name == "mergeAttrs") && len(args) == 2:
			w.declare(nil, path, args[0], attr, guarded, depth-1)
			w.declare(nil, path, last, attr, guarded, depth-1)
		case name == "setAttrByPath" && len(args) == 2:
			if names, whole := w.f.pathList(args[0]); whole {
				w.declare(nil, append(path[:len(path):len(path)], names...), last, attr, guarded, depth-1)
			} else {
				w.open(append(path[:len(path):len(path)], names...))
			}
		default:
			w.open(path)
		}
	default:
		w.open(path)
	}
}

// optionName returns the name of a part of an option's path. The first part may be computed, as in ${namespace}: it is named by
// its text then. The name may be a part of the text of the file.
func (f *File) optionName(part ast.Node, first bool) (name string, ok bool) {
	name = f.PathName(part)
	if _, static := ast.AttrName(part); !static && name == computedName(part) {
		if inner := part.FirstChild().Unparen(); !first || !part.Is(ast.Interpolation) || !inner.Is(ast.Ident) && !inner.Is(ast.Select) {
			return "", false
		}
	}
	return name, true
}

// option adds a declared option.
func (w *declarations) option(path []string, function string, value, attr ast.Node, guarded bool) {
	d := Declared{Path: path, Span: attr.Span(), How: ByUnknown, Guarded: guarded}
	call := value
	var more []ast.Node // what // adds, from the last one
	for call.Is(ast.Binary) {
		more = append(more, w.f.followed(call.Child(1)))
		call = call.FirstChild().Tail()
	}
	_, args := ast.Call(call)
	switch {
	case len(args) == 0:
	case function == "mkOption" && len(args) == 1:
		if set := w.f.followed(args[0]); set.Is(ast.AttrSet) {
			d.How = ByOption
			w.optionFacts(&d, set, nil)
		}
	case function == "mkEnableOption" && len(args) == 1:
		d.enables()
	case function == "mkPackageOption" && len(args) == 3:
		d.How = ByOption
		d.Facts |= HasDescription
		d.Type = w.f.packageType(args[2])
	case call == value:
		w.byHelper(&d, call)
	}
	for _, set := range slices.Backward(more) {
		w.optionFacts(&d, set, nil)
	}
	w.found = append(w.found, d)
}

// enables has an option be one that mkEnableOption declares.
func (d *Declared) enables() {
	d.How, d.Type.Name = ByOption, "bool"
	d.Facts |= HasDefault | HasExample | HasDescription
}

// packageType returns the type of the option that mkPackageOption declares with a set of arguments (lib/options.nix).
func (f *File) packageType(args ast.Node) Type {
	set := f.followed(args)
	if !set.Is(ast.AttrSet) {
		return Type{}
	}
	for c := range set.Children() {
		if c.Is(ast.Inherit) {
			return Type{}
		}
	}
	nullable, given := ast.Attr(set, "nullable")
	if !given {
		return Type{Name: "package"}
	}
	switch v := f.Written(nullable.Value()); v.Literal {
	case "true":
		return Type{Name: "nullOr", Of: []Type{{Name: "package"}}}
	case "false":
		return Type{Name: "package"}
	}
	return Type{}
}

// optionFacts reads the attributes of an option; args are the arguments of the function of the file that declares it, if one does.
func (w *declarations) optionFacts(d *Declared, set ast.Node, args given) {
	if !set.Is(ast.AttrSet) {
		d.Type = Type{}
		return
	}
	for c := range set.Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			for part := range (ast.InheritNode{Node: c}).Names() {
				d.Facts |= optionFacts[part.Text()]
				if part.Text() == "type" {
					d.Type = w.f.typeOf(args.of(w.f, part), w.depth-1)
				}
			}
			continue
		}
		name := b.Attrpath().FirstName()
		d.Facts |= optionFacts[name]
		switch name {
		case "type":
			d.Type = w.f.typeOf(args.of(w.f, b.Value()), w.depth-1)
		case "readOnly":
			d.ReadOnly = b.Value().Unparen().Text() == "true"
		}
	}
}

var optionFacts = map[string]DeclaredFacts{"default": HasDefault, "example": HasExample, "description": HasDescription, "apply": HasApply}

// renamers are the functions of lib whose module makes an option stand for another, with the number of the argument that names
// the old one and that of the new one (lib/modules.nix).
var renamers = map[string]struct {
	how      Declaration
	old, new int
	args     int
}{
	"mkRenamedOptionModule": {Renamed, 0, 1, 2}, "mkAliasOptionModule": {Aliased, 0, 1, 2}, "mkAliasOptionModuleMD": {Aliased, 0, 1, 2},
	"mkRemovedOptionModule": {Removed, 0, -1, 2}, "mkChangedOptionModule": {Changed, 0, 1, 3}, "mkMergedOptionModule": {Changed, -1, 1, 3},
}

// renames reads a call that renames or removes options.
func (w *declarations) renames(call ast.ApplyExpr) {
	fn, args := ast.Call(call.Node)
	name := ast.LastName(fn)
	switch name {
	case "mkRenamedOptionModuleWith", "doRename":
		if len(args) != 1 {
			return
		}
		set := w.f.followed(args[0])
		from, _ := ast.Attr(set, "from")
		to, _ := ast.Attr(set, "to")
		if !from.IsValid() || !to.IsValid() {
			w.open(nil)
			return
		}
		how := Renamed
		if warn, ok := ast.Attr(set, "warn"); ok && warn.Value().Unparen().Text() != "true" {
			how = Aliased
		}
		w.renamed(how, from.Value(), to.Value())
	default:
		r, ok := renamers[name]
		if !ok || len(args) != r.args {
			return
		}
		to := ast.Node{}
		if r.new >= 0 {
			to = args[r.new]
		}
		if r.old >= 0 {
			w.renamed(r.how, args[r.old], to)
			return
		}
		list := w.f.followed(args[0])
		if !list.Is(ast.List) {
			w.open(nil)
			return
		}
		for c := range list.Children() {
			w.renamed(r.how, c, to)
		}
	}
}

func (w *declarations) renamed(how Declaration, from, to ast.Node) {
	path, whole := w.f.pathList(from)
	if !whole || len(path) == 0 {
		w.open(path)
		return
	}
	d := Declared{Path: path, Span: from.Span(), How: how}
	if to.IsValid() {
		if d.New, whole = w.f.pathList(to); !whole {
			d.New = nil
		}
	}
	w.found = append(w.found, d)
}

// pathList returns the names of a list of strings, as far as they are known from its beginning.
func (f *File) pathList(n ast.Node) (names []string, whole bool) {
	n = f.followed(n)
	switch {
	case n.Is(ast.List):
		for c := range n.Children() {
			v := f.Written(c)
			if !v.Exact {
				return names, false
			}
			names = append(names, v.Literal)
		}
		return names, true
	case n.Is(ast.Binary) && n.Op() == ast.OpConcat:
		left, ok := f.pathList(n.Child(0))
		if !ok {
			return left, false
		}
		right, ok := f.pathList(n.Child(1))
		return append(left, right...), ok
	}
	return nil, false
}
