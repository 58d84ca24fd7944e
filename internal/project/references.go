package project

import (
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
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
// its default.nix. The first call reads all Nix files of the project.
func (p *Project) References(path string) []Reference {
	root := p.Root()
	s := p.store
	s.mu.Lock()
	l := s.refs[root]
	if l == nil {
		l = &lazy[map[string][]Reference]{}
		s.refs[root] = l
	}
	s.mu.Unlock()
	return l.get(func() map[string][]Reference { return s.references(root) })[path]
}

func (s *Store) references(root string) map[string][]Reference {
	selection, _ := workspace.Select(s.fs, []string{root}, workspace.Options{Git: &s.repos})
	files := selection.Files
	parts := make([]map[string][]Reference, runtime.GOMAXPROCS(0))
	size := (len(files) + len(parts) - 1) / len(parts)
	var wg sync.WaitGroup
	for i := range parts {
		piece := files[min(i*size, len(files)):min((i+1)*size, len(files))]
		wg.Go(func() { parts[i] = s.referencesIn(piece) })
	}
	wg.Wait()
	refs := parts[0]
	for _, part := range parts[1:] {
		for target, list := range part {
			refs[target] = append(refs[target], list...)
		}
	}
	return refs
}

// referencesIn gathers the references of some files, in their order.
func (s *Store) referencesIn(files []workspace.File) map[string][]Reference {
	refs := map[string][]Reference{}
	var ps parser.Parser
	for _, f := range files {
		if f.Kind != workspace.Nix {
			continue
		}
		b, err := s.fs.ReadFile(f.Path)
		text := unsafe.String(unsafe.SliceData(b), len(b)) // nobody writes to it
		if err != nil || !strings.Contains(text, "/") {
			continue
		}
		t := ps.Parse(text)
		for i, r := range t.Records() {
			if r.Kind != ast.Path {
				continue
			}
			n := t.Node(ast.NodeID(i))
			target, ok := Resolve(f.Path, n)
			if !ok {
				continue
			}
			if info, err := s.fs.Stat(target); err == nil && info.IsDir() {
				target = filepath.Join(target, "default.nix")
			}
			refs[target] = append(refs[target], Reference{f.Path, refKind(n), n.Span()})
		}
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
	switch {
	case strings.HasPrefix(text, "~"):
		return "", false
	case strings.HasPrefix(text, "/"):
		return filepath.Clean(text), true
	}
	return filepath.Join(filepath.Dir(file), filepath.FromSlash(text)), true
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
