package flake

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

// ifFlake calls then if a flake.nix surely is meant as a flake: modules and packages may have that name
// too. set is the attrset that it is, or would be without what is around it.
func ifFlake(p *rules.Pass, f *flake.Flake, set ast.Node, then func(report func(diag.Finding))) {
	if set.HasError() || len(f.Nix.Tree.Errors()) > 0 {
		return
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
		name := b.Attrpath().FirstName()
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
	switch {
	case signs > 1:
		then(p.Report)
	case signs == 1: // enough for what no file of the project imports
		path := p.Path
		p.Ask(func(a *rules.Asked) {
			if len(a.References(path)) == 0 {
				then(a.Report)
			}
		})
	}
}
