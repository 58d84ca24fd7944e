package project

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

// substituterSettings are the settings of Nix, and the options of NixOS, that name binary caches.
var substituterSettings = map[string]bool{
	"substituters": true, "extra-substituters": true, "trusted-substituters": true, "extra-trusted-substituters": true,
	"binaryCaches": true, "trustedBinaryCaches": true,
}

// Substituters returns the binary caches that the Nix files of the project name in settings, sorted. The
// first call reads those that use the words.
func (p *Project) Substituters() []string {
	root := p.Root()
	s := p.store
	s.mu.Lock()
	l := s.caches[root]
	if l == nil {
		l = &lazy[[]string]{}
		s.caches[root] = l
	}
	s.mu.Unlock()
	return l.get(func() []string { return s.substituters(root) })
}

func (s *Store) substituters(root string) []string {
	var found []string
	selection, _ := workspace.Select(s.fs, []string{root}, workspace.Options{})
	var ps parser.Parser
	for _, f := range selection.Files {
		if f.Kind != workspace.Nix {
			continue
		}
		text, err := s.fs.ReadFile(f.Path)
		if err != nil || !strings.Contains(string(text), "ubstituters") && !strings.Contains(string(text), "inaryCaches") {
			continue
		}
		t := ps.Parse(string(text))
		for i, r := range t.Records() {
			if r.Kind != ast.Binding {
				continue
			}
			b := ast.BindingNode{Node: t.Node(ast.NodeID(i))}
			last := ""
			for part := range b.Attrpath().Children() {
				last, _ = ast.AttrName(part)
			}
			if !substituterSettings[last] || !b.Value().IsValid() {
				continue
			}
			for n := range b.Value().Descendants() {
				if text, ok := ast.StringValue(n); ok {
					found = append(found, strings.Fields(text)...)
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
