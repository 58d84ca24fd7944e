package module

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/modsys"
)

// Said is what the modules of a file say to those of others. It refers neither to the tree nor to its text.
type Said struct {
	Declared []Declared
	// Opens are the paths below which the file may declare any other options.
	Opens   [][]string
	Uses    Uses
	Imports []Imported
	// Lists is the number of lists of modules that functions are given.
	Lists int
	// Inner are the path literals of files whose modules belong to submodules.
	Inner []string
	// Alone is set where the file is a module, and no other modules in it declare options but those of submodules.
	Alone bool
	// Makes is set where the module imports what calls make.
	Makes bool
	// Hosts is set where the file is a flake, or the like, with configurations, Exports where it has modules for others.
	Hosts, Exports bool
	// Disables is set where the module takes others out, so that what it imports may not count.
	Disables bool
	// Free is set where a module of the file takes definitions of options that nothing declares: it has a freeformType.
	Free bool
	// Image is what in the module makes the system that has it an image in any case, "" for nothing.
	Image string
	// Built are the path literals of modules of which the file makes an image, with others or alone.
	Built []string
}

// Imported is a file that a module imports in any case.
type Imported struct {
	Path string // as the literal says it
	Span source.Span
	// List is 0 for the imports of the module that the file is, else the number of the list of modules that a function is given.
	List int
	// Called is set for (import ./x.nix), which is imported as often as it stands there.
	Called bool
}

// Said returns what the modules of the file say to those of others.
func (f *File) Said() (s Said) {
	s.Declared, s.Opens = f.Declarations()
	s.Uses = f.Uses()
	if f.Module != nil {
		for _, p := range f.Module.Parts() {
			s.Disables = s.Disables || p.Name(0) == "disabledModules"
			if s.Image == "" && !p.Guarded {
				s.Image = f.imageIn(p)
			}
		}
	}
	s.Imports = f.ImportedFiles()
	s.Makes = f.Module != nil && f.Module.makes()
	s.Alone = (s.Makes || len(s.Declared) > 0 || len(s.Opens) > 0) && f.alone()
	records := f.tree.Records()
	for i := range records {
		if records[i].Kind == ast.Apply {
			s.Inner = append(s.Inner, f.innerPaths(ast.ApplyExpr{Node: f.tree.Node(ast.NodeID(i))})...)
		}
		if records[i].Kind == ast.Name && f.isWord(records[i].First, "build") {
			s.Built = append(s.Built, f.builtOf(f.tree.Node(ast.NodeID(i)))...)
		}
		if records[i].Kind != ast.Binding {
			continue
		}
		b := ast.BindingNode{Node: f.tree.Node(ast.NodeID(i))}
		if isModuleList(b) {
			s.Lists++
		}
		s.Free = s.Free || b.Attrpath().FirstName() == "freeformType" && f.isModuleSet(b.Parent())
		for part := range b.Attrpath().Children() {
			switch name, _ := ast.AttrName(part); {
			case strings.HasSuffix(name, "Configurations"):
				s.Hosts = true
			case modsys.IsExport(name) || modsys.IsExportOfOne(name):
				s.Exports = true
			}
		}
	}
	return s
}

// builtOf returns the path literals of the modules of the system of which an image is asked for around a name of its path,
// (import <nixpkgs/nixos> { configuration = ./x.nix; }).config.system.build.isoImage.
func (f *File) builtOf(build ast.Node) (paths []string) {
	path := build.Parent()
	n := path.Parent()
	if !n.Is(ast.Select) || path.Parent().FirstChild() == path {
		return nil
	}
	names := (ast.SelectExpr{Node: n}).Attrpath().Names()
	at := slices.Index(names, "build")
	switch {
	case at < 1 || names[at-1] != "system" || at+1 == len(names):
		return nil
	case slices.Contains(modsys.ImageBuilds, names[at+1]):
	case names[at+1] == "images" && at+2 < len(names) && slices.Contains(modsys.ImageFormats, names[at+2]):
	default:
		return nil
	}
	system := f.followed((ast.SelectExpr{Node: n}).Operand())
	if system.Is(ast.Select) && ast.LastName(system) == "config" {
		system = f.followed((ast.SelectExpr{Node: system}).Operand())
	}
	if !system.Is(ast.Apply) {
		return nil
	}
	arg := f.followed((ast.ApplyExpr{Node: system}).Arg())
	for _, attr := range []string{"configuration", "modules"} {
		if b, ok := ast.Attr(arg, attr); ok {
			paths = f.pathsIn(b.Value(), paths, maxNesting)
		}
	}
	if !arg.Is(ast.AttrSet) {
		paths = f.pathsIn(arg, paths, maxNesting)
	}
	return paths
}

// pathsIn adds the path literals that a module is, a list of modules has in any case, or the imports of either.
func (f *File) pathsIn(n ast.Node, paths []string, depth int) []string {
	n = f.followed(n)
	if depth == 0 || !n.IsValid() || n.HasError() {
		return paths
	}
	switch n.Kind() {
	case ast.Path:
		if !n.FirstChild().IsValid() {
			return append(paths, strings.Clone(n.Text()))
		}
	case ast.Lambda:
		return f.pathsIn((ast.LambdaExpr{Node: n}).Body(), paths, depth-1)
	case ast.AttrSet:
		if b, ok := ast.Attr(n, "imports"); ok {
			return f.pathsIn(b.Value(), paths, depth-1)
		}
	case ast.List:
		for c := range n.Children() {
			paths = f.pathsIn(c, paths, depth-1)
		}
	case ast.Binary:
		if n.Op() == ast.OpConcat {
			return f.pathsIn(n.Child(1), f.pathsIn(n.Child(0), paths, depth-1), depth-1)
		}
	}
	return paths
}

// imageIn returns what in a part of a module makes the system an image: an option of images, or a module of nixpkgs among its imports.
func (f *File) imageIn(p Part) string {
	var path []string
	for i := range p.Path {
		path = append(path, p.Name(i))
	}
	switch path[0] {
	case "config":
		path = path[1:]
	case "imports":
		if len(path) == 1 && p.Value.IsValid() {
			return f.imageImport(p.Value, maxNesting)
		}
	}
	if by := modsys.ImageOption(path); by != "" {
		return by
	}
	if set := p.Value; set.IsValid() && set.Unparen().Is(ast.AttrSet) && len(path) < 2 {
		for child := range set.Unparen().Children() {
			b, ok := ast.AsBinding(child)
			if !ok {
				continue
			}
			below := slices.Clone(path)
			for part := range b.Attrpath().Children() {
				name, _ := ast.AttrName(part)
				below = append(below, name)
			}
			if by := modsys.ImageOption(below); by != "" {
				return by
			}
		}
	}
	return ""
}

// imageImport returns the module of nixpkgs that makes an image, of those that a list imports in any case: "${modulesPath}/…",
// modulesPath + "/…", <nixpkgs/…>.
func (f *File) imageImport(n ast.Node, depth int) string {
	n = f.followed(n)
	if depth == 0 || !n.IsValid() {
		return ""
	}
	switch n.Kind() {
	case ast.Binary:
		if n.Op() == ast.OpConcat || n.Op() == ast.OpAdd {
			if by := f.imageImport(n.Child(0), depth-1); by != "" {
				return by
			}
			return f.imageImport(n.Child(1), depth-1)
		}
	case ast.List:
		for c := range n.Children() {
			if by := f.imageImport(c, depth-1); by != "" {
				return by
			}
		}
	case ast.Select:
		if names := (ast.SelectExpr{Node: n}).Attrpath().Names(); len(names) > 1 && names[len(names)-2] == "nixosModules" {
			from := ast.LastName((ast.SelectExpr{Node: n}).Operand())
			if len(names) > 2 {
				from = names[len(names)-3]
			}
			if from == "nixos-generators" {
				return strings.Clone(modsys.ImageModule(modsys.GeneratorFormat(names[len(names)-1])))
			}
		}
	case ast.Apply:
		if fn, args := ast.Call(n); len(args) == 1 && (ast.LastName(fn) == "import" || ast.LastName(fn) == "toString") {
			return f.imageImport(args[0], depth-1)
		}
	case ast.String, ast.SearchPath, ast.Path:
		if text := n.Text(); !strings.HasPrefix(text, ".") { // one of the project
			return strings.Clone(modsys.ImageModule(strings.Trim(text, `"<>`)))
		}
	}
	return ""
}

// alone reports whether the file is a module, and no other modules in it declare options but those of submodules.
func (f *File) alone() bool {
	return f.Module != nil && !slices.ContainsFunc(f.Inline(), func(m *Module) bool {
		return !m.Submodule && slices.ContainsFunc(m.Parts(), func(p Part) bool { return p.Name(0) == "options" })
	})
}

// makes reports whether the module imports what functions give, beside files and renames.
func (m *Module) makes() bool {
	for _, p := range m.Parts() {
		if len(p.Path) != 1 || p.Name(0) != "imports" || !p.Value.IsValid() {
			continue
		}
		list := m.file.followed(p.Value)
		if !list.Is(ast.List) {
			return list.IsValid()
		}
		for n := range list.Children() {
			n = m.file.followed(n)
			if !n.Is(ast.Apply) {
				continue
			}
			fn, args := ast.Call(n)
			if name := ast.LastName(fn); renamers[name].args == 0 && name != "mkRenamedOptionModuleWith" && (name != "import" || len(args) > 1) {
				return true
			}
		}
	}
	return false
}

// innerPaths returns the path literals in what submodule and its kin are given, as it is written or as a let names it.
func (f *File) innerPaths(call ast.ApplyExpr) (paths []string) {
	if f.submoduleFunc(call.Func()) == "" {
		return nil
	}
	for n := range call.Arg().Descendants() {
		if n.Is(ast.Ident) {
			n = f.followed(n)
		}
		if n.Is(ast.Apply) {
			_, args := ast.Call(n)
			n = args[0].Unparen()
		}
		if n.Is(ast.Path) && !n.FirstChild().IsValid() {
			paths = append(paths, strings.Clone(n.Text()))
		}
	}
	return paths
}

// ImportedFiles returns the files that the modules of the file import in any case, and those of the lists of modules that
// functions are given.
func (f *File) ImportedFiles() (found []Imported) {
	if f.Module != nil {
		for _, p := range f.Module.Parts() {
			if len(p.Path) == 1 && p.Name(0) == "imports" && !p.Guarded {
				f.imported(p.Value, func(i Imported) { found = append(found, i) }, maxNesting)
			}
		}
	}
	lists := 0
	records := f.tree.Records()
	for i := range records {
		if records[i].Kind != ast.Binding {
			continue
		}
		if b := (ast.BindingNode{Node: f.tree.Node(ast.NodeID(i))}); isModuleList(b) {
			lists++
			f.imported(b.Value(), func(i Imported) {
				i.List = lists
				found = append(found, i)
			}, maxNesting)
		}
	}
	return found
}

// isModuleList reports whether a binding is the list of modules that a function is given.
func isModuleList(b ast.BindingNode) bool {
	return b.Attrpath().LastName() == "modules" && isArgument(b)
}

// isArgument reports whether a binding is one of a set that a function is given.
func isArgument(b ast.BindingNode) bool {
	set := b.Parent().OutsideParens()
	call, ok := ast.AsApply(set.Parent())
	return ok && call.Arg() == set
}

// imported yields the files that a list of modules names in any case.
func (f *File) imported(n ast.Node, yield func(Imported), depth int) {
	if depth == 0 || !n.IsValid() {
		return
	}
	n = f.followed(n)
	switch n.Kind() {
	case ast.Binary:
		if n.Op() == ast.OpConcat {
			f.imported(n.Child(0), yield, depth-1)
			f.imported(n.Child(1), yield, depth-1)
		}
	case ast.List:
		for c := range n.Children() {
			f.element(c, yield, depth-1)
		}
	}
}

// element yields what an element of a list of modules names.
func (f *File) element(n ast.Node, yield func(Imported), depth int) {
	at := n.Unparen()
	n = f.followed(n)
	switch n.Kind() {
	case ast.Path:
		if !n.FirstChild().IsValid() && !n.HasError() {
			yield(Imported{Path: strings.Clone(n.Text()), Span: at.Span()})
		}
	case ast.Apply:
		fn, args := ast.Call(n)
		if path := f.followed(args[0]); len(args) == 1 && fn.Unparen().Text() == "import" && path.Is(ast.Path) && !path.FirstChild().IsValid() {
			yield(Imported{Path: strings.Clone(path.Text()), Span: at.Span(), Called: true})
		}
	case ast.Lambda, ast.AttrSet:
		if l, ok := ast.AsLambda(n); ok {
			n = f.followed(l.Body())
		}
		if b, ok := ast.Attr(n, "imports"); ok && depth > 0 {
			f.imported(b.Value(), yield, depth-1)
		}
	}
}
