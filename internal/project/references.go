package project

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// RefKind says how a file refers to another.
type RefKind uint8

// The kinds of reference.
const (
	Other          RefKind = iota // a path literal of no further meaning
	Import                        // import ./x
	ImportWithArgs                // import ./x { … }
	CallPackage                   // callPackage ./x { … }, and its kin
	InList                        // an element of imports, modules and the like
)

// Reference is one place that names a file.
type Reference struct {
	From string // the referring file
	Kind RefKind
	Span source.Span // the path literal in it
}

// References returns the places in the project that name a file by a path literal; a folder stands for
// its default.nix. The first call needs all Nix files of the project: see Gathering.
func (p *Project) References(path string) []Reference {
	root := p.Root()
	s := p.store
	s.needAll()
	s.mu.Lock()
	l := s.refs[root]
	if l == nil {
		l = &lazy[referenceIndex]{}
		s.refs[root] = l
	}
	s.mu.Unlock()
	return l.get(func() referenceIndex { return s.references(root) }).find(path)
}

// referenceIndex holds the references of a project by the last name of their literals; those whose end is no
// name, like ./. and ../.., are under "".
type referenceIndex map[string][]indexed

type indexed struct {
	Reference
	literal string
}

func (s *Store) references(root string) referenceIndex {
	files := s.nixFiles(root)
	literals := make([][]literal, len(files))
	s.eachNoted(files, "/", func(i int, n noted) { literals[i] = n.literals })
	index := referenceIndex{}
	for i, f := range files {
		for _, l := range literals[i] {
			name := lastName(l.text)
			index[name] = append(index[name], indexed{Reference{f.Path, l.kind, l.span}, l.text})
		}
	}
	return index
}

// lastName returns what follows the last slash of a path literal, or "" where that is no name.
func lastName(literal string) string {
	name := literal[strings.LastIndexByte(literal, '/')+1:]
	if name == "." || name == ".." {
		return ""
	}
	return name
}

// find returns the references to a file, in the order of the referring files.
func (x referenceIndex) find(path string) (refs []Reference) {
	take := func(name, target string) {
		for _, r := range x[name] {
			if resolve(r.From, r.literal) == target {
				refs = append(refs, r.Reference)
			}
		}
	}
	take(filepath.Base(path), path)
	if dir := filepath.Dir(path); filepath.Base(path) == "default.nix" {
		take(filepath.Base(dir), dir)
		take("", dir)
		slices.SortStableFunc(refs, func(a, b Reference) int {
			return cmp.Or(strings.Compare(a.From, b.From), cmp.Compare(a.Span.Start, b.Span.Start))
		})
	}
	return refs
}

// Resolve returns the absolute path that a path literal without interpolation names, relative to the file
// it stands in. ~/ is not resolved.
func Resolve(file string, path ast.Node) (target string, ok bool) {
	if !path.Is(ast.Path) || path.FirstChild().IsValid() || path.HasError() {
		return "", false
	}
	text := path.Text()
	if strings.HasPrefix(text, "~") {
		return "", false
	}
	return resolve(file, text), true
}

// resolve joins the path of a file's folder, clean, and a literal.
func resolve(file, literal string) string {
	if strings.HasPrefix(literal, "/") {
		return filepath.Clean(literal)
	}
	dir, _ := filepath.Split(file)
	if rest, ok := strings.CutPrefix(literal, "./"); ok && filepath.Separator == '/' && isClean(rest) {
		return dir + rest
	}
	return filepath.Join(dir, filepath.FromSlash(literal))
}

// isClean reports whether a relative path surely has neither empty parts nor parts of dots.
func isClean(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part[0] == '.' {
			return false
		}
	}
	return true
}

// listNames are the attributes and arguments whose lists hold modules.
var listNames = map[string]bool{
	"imports": true, "require": true, "modules": true, "sharedModules": true, "extraModules": true, "baseModules": true,
}

// refKind tells what the expression around a path literal does with it.
func refKind(n ast.Node) RefKind {
	at := n.OutsideParens()
	if app, ok := ast.AsApply(at.Parent()); ok {
		if app.Arg() == at {
			switch name := calleeName(app.Func()); {
			case name == "import":
				if outer, ok := ast.AsApply(app.OutsideParens().Parent()); ok && outer.Func().Unparen() == app.Node {
					return ImportWithArgs
				}
				if list := app.OutsideParens().Parent(); list.Is(ast.List) && inModuleList(list) {
					return InList
				}
				return Import
			case strings.HasPrefix(name, "callPackage") || name == "newScope" || name == "callPackages":
				return CallPackage
			}
		}
	}
	if list := at.Parent(); list.Is(ast.List) && inModuleList(list) {
		return InList
	}
	return Other
}

func inModuleList(list ast.Node) bool {
	for up := range list.Ancestors() {
		switch up.Kind() {
		case ast.Paren, ast.Binary, ast.Apply, ast.If, ast.With, ast.Let:
			continue
		case ast.Binding:
			last := ast.Node{}
			for part := range (ast.BindingNode{Node: up}).Attrpath().Children() {
				last = part
			}
			name, _ := ast.AttrName(last)
			return listNames[name]
		}
		return false
	}
	return false
}

// calleeName returns the last name of a function expression: callPackage of pkgs.callPackage.
func calleeName(n ast.Node) string {
	n = n.Unparen()
	if sel, ok := ast.AsSelect(n); ok {
		last := ast.Node{}
		for part := range sel.Attrpath().Children() {
			last = part
		}
		name, _ := ast.AttrName(last)
		return name
	}
	if n.Is(ast.Ident) {
		return n.Text()
	}
	return ""
}
