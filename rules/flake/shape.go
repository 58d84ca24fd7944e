package flakerules

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

// isFlake reports whether a flake.nix surely is meant as a flake: modules and packages may have that name
// too. set is the attrset that it is, or would be without what is around it.
func isFlake(p *rules.Pass, f *flake.Flake, set ast.Node) bool {
	if set.HasError() || len(f.Nix.Tree.Errors()) > 0 {
		return false
	}
	outputs, signs := false, 0
	if f.Lock != nil || f.LockError != nil {
		signs += 2
	}
	for c := range set.Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			continue
		}
		name, _ := ast.AttrName(b.Attrpath().FirstChild())
		switch name {
		case "outputs":
			outputs = true
		case "inputs", "description":
			signs++
		}
	}
	if outputs {
		signs++
	}
	if signs > 1 {
		return true
	}
	// One sign is enough for what no file of the project imports.
	return signs == 1 && len(p.Project.References(p.Path)) == 0
}
