package project

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/comes"
	"github.com/nixsift/nixsift/internal/modsys"
)

// step is a way to other files beside the path literals that import, callPackage and lists of modules are given: a path
// that is put together, one that is handed on, a folder whose files something loads. Of imports with arguments it has these.
type step struct {
	kind stepKind
	// base is a path literal, or "" for the root of the flake that the file belongs to; rest is what is put behind it.
	base, rest string
	// names are those that the argument of a call has; it may have others where open is set.
	names []string
	open  bool
	// values are what the names are given, where that is known of any.
	values []comes.Const
	// called is set where it is imported and called, too.
	called bool
	// how is how a flake that surely reaches the file takes the step, but for a default, which counts where a caller leaves the
	// argument out.
	how       Reach
	ofDefault *comes.Default
	// attr is the attribute of the file for which it takes the step, or "".
	attr string
	// guards are what has to be so of the arguments of the file's function.
	guards []comes.Guard
}

// stepKind says what becomes of the path of a step.
type stepKind uint8

const (
	stepImport stepKind = iota // it is imported, called or a module
	stepHanded                 // it is given to some function, or is the value of some attribute
	stepLoader                 // all Nix files below it are evaluated, by a function that is known for it
	stepListed                 // some of them may be
	stepNear                   // some files in the folder itself may be
	stepCall                   // it is imported and called with the names
)

var steps = declare(fact[step, *stepIndex]{
	raises: raisers{paths: true, names: []string{"self"}},
	follow: collectSteps,
	index: func(files iter.Seq2[string, []step]) *stepIndex {
		x := &stepIndex{defaults: map[string]bool{}}
		for path, list := range files {
			x.paths, x.steps = append(x.paths, path), append(x.steps, list)
			if slices.ContainsFunc(list, func(s step) bool { return s.ofDefault != nil }) {
				x.defaults[path] = true
			}
		}
		return x
	},
})

// ForReach are the facts that Reach and Leaving answer from.
var ForReach = steps.facts()

// stepIndex holds the steps of a project.
type stepIndex struct {
	paths []string // of the files that have steps, sorted
	steps [][]step // by file
	reach memo[reachKey, *reached]
	hosts hostSets
	calls lazy[map[string][]caller] // by what is called
	// defaults are the files with steps of defaults.
	defaults map[string]bool
}

func (x *stepIndex) of(path string) []step {
	if i, ok := slices.BinarySearch(x.paths, path); ok {
		return x.steps[i]
	}
	return nil
}

// reachOf returns how a flake that surely reaches a file evaluates an expression in it, by the way to that, and the default of an argument
// of the file's function that this is for, or nil, or the attribute of the file's value.
func reachOf(way *comes.Way) (how Reach, attr string, ofDefault *comes.Default) {
	switch {
	case way.Degree == comes.Never || way.Default != nil:
		return Unreached, "", way.Default
	case way.Degree == comes.Perhaps || way.Caught:
		return MaybeReached, way.Attr, nil
	}
	return Reached, way.Attr, nil
}

func collectSteps(t *ast.Tree, names comes.Names) (found []step) {
	texts := textNames{tree: t}
	var at, asked ast.Node
	var way comes.Way
	by := func() comes.Way { // of the path at hand
		if asked != at {
			asked, way = at, comes.By(at, names)
		}
		return way
	}
	add := func(s step) {
		way := by()
		s.how, s.attr, s.ofDefault = reachOf(&way)
		s.guards = way.Guards
		if s.how == Unreached && s.ofDefault == nil {
			return
		}
		if n := len(found); n == 0 || found[n-1].kind == stepCall || found[n-1].kind != s.kind || found[n-1].base != s.base || found[n-1].rest != s.rest ||
			found[n-1].how != s.how || found[n-1].attr != s.attr || found[n-1].ofDefault != nil || s.ofDefault != nil ||
			!slices.Equal(found[n-1].guards, s.guards) {
			s.base, s.rest = strings.Clone(s.base), strings.Clone(s.rest)
			found = append(found, s)
		}
	}
	for i, r := range t.Records() {
		if r.Kind != ast.Path && r.Kind != ast.Ident {
			continue
		}
		n := t.Node(ast.NodeID(i))
		at = n
		base := ""
		switch {
		case n.HasError():
			continue
		case r.Kind == ast.Ident:
			if n = FlakeRoot(n); !n.IsValid() {
				continue
			}
			at = n
		case n.FirstChild().IsValid():
			text := t.Source()[n.Start():n.FirstChild().Start()]
			if dir, ok := upToSlash(text); ok && !strings.HasPrefix(text, "~") {
				add(step{kind: loaderKind(dir), base: dir + "/."})
			}
			continue
		case strings.HasPrefix(n.Text(), "~"):
			continue
		default:
			base = n.Text()
		}
		end, rest, whole, joined := completed(n)
		if joined {
			at = end
		}
		if !whole {
			if dir, ok := upToSlash(rest); ok && joined {
				add(step{kind: loaderKind(base + dir), base: base, rest: dir})
			}
			continue
		}
		kind := refKind(at)
		switch {
		case kind == ImportWithArgs:
			s := step{kind: stepCall, base: base, rest: rest}
			s.names, s.values, s.open = givenNames(at, names)
			add(s)
			if joined || base == "" || by().Default != nil {
				add(step{kind: stepImport, base: base, rest: rest, called: true})
			}
		case kind.evaluates() && (joined || base == "" || by().Default != nil), kind == Other && Exported(at):
			add(step{kind: stepImport, base: base, rest: rest})
		case kind.evaluates(), kind == Copied && !joined:
		case loaded(at):
			add(step{kind: stepLoader, base: base, rest: rest})
		case kind == Other && base != "" && lastName(base+rest) == "" && listedBy(at):
			add(step{kind: stepNear, base: base, rest: rest})
		case kind == Other && mayBeNix(base+rest) && !isData(at) && !texts.hold(at) && (joined || base != "" && lastName(base) != ""):
			add(step{kind: stepHanded, base: base, rest: rest})
		}
	}
	return found
}

// mayBeNix reports whether a path is that of a Nix file or, by the look of its name, a folder: most of what is handed on is
// patches and the like.
func mayBeNix(text string) bool {
	name := lastName(text)
	return isNix(name) || !strings.Contains(strings.TrimPrefix(name, "."), ".")
}

// loaderKind returns what a path whose end is computed says of its folder.
func loaderKind(dir string) stepKind {
	if lastName(dir) == "" {
		return stepNear
	}
	return stepListed
}

// upToSlash returns a text up to its last slash.
func upToSlash(text string) (before string, ok bool) {
	i := strings.LastIndexByte(text, '/')
	return text[:max(0, i)], i >= 0
}

// loaders evaluate the Nix files of a folder that they are given: import-tree, haumea, lib.filesystem, nixpkgs'
// packagesFromDirectoryRecursive, digga, umport, blueprint, snowfall, ez-configs, std.
var loaders = map[string]bool{
	"import-tree": true, "importTree": true, "listFilesRecursive": true, "packagesFromDirectoryRecursive": true, "rakeLeaves": true,
	"flattenTree": true, "umport": true, "importModulesRecursive": true, "importDir": true, "importDirRecursive": true,
}

// loaderSets are those that take a set, with the attributes of it that name folders.
var loaderSets = map[string][]string{
	"load": {"src"}, "loadEvalModules": {"src"}, "packagesFromDirectoryRecursive": {"directory"}, "umport": {"path", "paths"},
	"mkFlake": {"src"}, "growOn": {"cellsFrom"}, "grow": {"cellsFrom"},
}

// loaded reports whether a path is a folder whose files a known function evaluates.
func loaded(at ast.Node) bool {
	at = at.OutsideParens()
	up := at.Parent()
	if up.Is(ast.List) {
		up = up.OutsideParens().Parent()
	}
	switch up.Kind() {
	case ast.Apply:
		return up.FirstChild() != at && (loaders[ast.LastName((ast.ApplyExpr{Node: up}).Func())] || listedOfFileset(up))
	case ast.Binding:
		name := (ast.BindingNode{Node: up}).Attrpath().LastName()
		if name == "pkgsDirectory" {
			return true
		}
		set := up.Parent().OutsideParens()
		call, ok := ast.AsApply(set.Parent())
		return ok && call.Arg() == set && slices.Contains(loaderSets[ast.LastName(call.Func())], name)
	}
	return false
}

// filesets are the functions of lib.fileset that make sets of files of folders and sets.
var filesets = []string{"fileFilter", "union", "unions", "intersection", "difference", "maybeMissing", "gitTracked"}

// maxFileset bounds how deep in a set of files a folder is looked at.
const maxFileset = 16

// listedOfFileset reports whether a call makes a set of files that ends in the list of them, or that list:
// lib.fileset.toList (fileFilter … ./x).
func listedOfFileset(call ast.Node) bool {
	for depth := range maxFileset {
		fn, _ := ast.Call(call)
		name := ast.LastName(fn)
		if name == "toList" { // there is lib.toList, too
			s, ok := ast.AsSelect(fn)
			return ok && strings.HasSuffix(s.Operand().Text()+"."+s.Attrpath().Dotted(), "fileset.toList") || !ok && depth > 0
		}
		if !slices.Contains(filesets, name) {
			return false
		}
		for up := call.OutsideParens().Parent(); up.Is(ast.Apply) && up.FirstChild().Unparen() == call; up = call.OutsideParens().Parent() {
			call = up // with all arguments
		}
		up := call.OutsideParens().Parent()
		if up.Is(ast.List) {
			up = up.OutsideParens().Parent()
		}
		if !up.Is(ast.Apply) {
			return false
		}
		call = up
	}
	return false
}

// listedBy reports whether a path is a folder that readDir lists.
func listedBy(at ast.Node) bool {
	call, ok := ast.AsApply(at.OutsideParens().Parent())
	return ok && ast.LastName(call.Func()) == "readDir"
}

// dataNames are attributes whose paths are sources, and nothing that is evaluated.
var dataNames = []string{"src", "source", "root", "fileset", "sourceRoot", "path", "file", "text", "projectRoot", "cargoLock", "lockFile", "gemdir", "pwd"}

// isData reports whether a path that is handed on is one of files to build or to copy.
func isData(at ast.Node) bool {
	at = at.OutsideParens()
	switch up := at.Parent(); up.Kind() {
	case ast.Binding:
		return slices.Contains(dataNames, (ast.BindingNode{Node: up}).Attrpath().LastName()) || ofBuilder(up)
	case ast.List:
		call, ok := ast.AsApply(up.OutsideParens().Parent())
		return ok && (slices.Contains(joiners, ast.LastName(call.Func())) || slices.Contains(filesets, ast.LastName(call.Func())))
	case ast.Formal:
		return true
	case ast.Binary:
		return up.Op() != ast.OpUpdate && up.Op() != ast.OpConcat
	case ast.Apply:
		if up.FirstChild() == at {
			return true
		}
		switch name := ast.LastName((ast.ApplyExpr{Node: up}).Func()); name {
		case "toString", "baseNameOf", "dirOf", "pathExists", "readFile", "fromTOML", "fromJSON", "importTOML", "importJSON", "readFileType", "path", "hashFile":
			return true
		default:
			fn, _ := ast.Call(up)
			return strings.Contains(strings.ToLower(name), "source") || slices.Contains(filesets, ast.LastName(fn))
		}
	}
	return false
}

// Exported reports whether a path is the value under which a flake exports a module: nixosModules.x = ./x.
func Exported(at ast.Node) bool {
	b, ok := ast.AsBinding(at.OutsideParens().Parent())
	if !ok {
		return false
	}
	before, last := b.Attrpath().LastTwo()
	if name, _ := ast.AttrName(last); modsys.IsExportOfOne(name) {
		return true
	}
	if before.IsValid() {
		name, _ := ast.AttrName(before)
		return modsys.IsExport(name)
	}
	set := b.Parent().OutsideParens()
	for left := maxWritten; left > 0 && set.Parent().Is(ast.Binary) && set.Parent().Op() == ast.OpUpdate; left-- {
		set = set.Parent().OutsideParens()
	}
	of, ok := ast.AsBinding(set.Parent())
	return ok && modsys.IsExport(of.Attrpath().LastName())
}

// maxGiven is the number of names of an argument up to which they are read.
const maxGiven = 64

// givenNames returns the names of the set that an import with arguments passes, sorted, and what they are given; nil where nothing is
// known of that.
func givenNames(path ast.Node, file comes.Names) (names []string, values []comes.Const, open bool) {
	set := argumentBehind(path).Unparen()
	if !set.Is(ast.AttrSet) {
		return nil, nil, true
	}
	given, known := map[string]comes.Const{}, false
	add := func(name string, value comes.Const) {
		given[strings.Clone(name)] = value
		known = known || value != comes.Unknown
	}
	for c := range set.Children() {
		if len(given) > maxGiven {
			return nil, nil, true
		}
		if in, ok := ast.AsInherit(c); ok {
			for part := range in.Names() {
				name, static := ast.AttrName(part)
				if open = open || !static; in.From().IsValid() {
					add(name, comes.Something)
				} else {
					add(name, comes.ConstOf(part, file))
				}
			}
			continue
		}
		b := ast.BindingNode{Node: c}
		name, static := ast.AttrName(b.Attrpath().FirstChild())
		open = open || !static
		if _, single := b.Attrpath().Single(); single {
			add(name, comes.ConstOf(b.Value(), file))
		} else {
			add(name, comes.Something)
		}
	}
	names = slices.Sorted(maps.Keys(given))
	if known {
		for _, name := range names {
			values = append(values, given[name])
		}
	}
	return names, values, open
}
