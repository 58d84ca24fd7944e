package project

import (
	"path/filepath"
	"strings"

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
	refs := map[string][]Reference{}
	selection, _ := workspace.Select(s.fs, []string{root}, workspace.Options{Git: &s.repos})
	var ps parser.Parser
	for _, f := range selection.Files {
		if f.Kind != workspace.Nix {
			continue
		}
		text, err := s.fs.ReadFile(f.Path)
		if err != nil || !strings.Contains(string(text), "/") {
			continue
		}
		t := ps.Parse(string(text))
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
