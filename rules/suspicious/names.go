package suspicious

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// unusedNames yields the bindings of one kind that no needed code uses: outside what only unused let bindings
// need, without an underscore in front, and without a syntax error where the name is visible.
func unusedNames(p *rules.Pass, kind sema.BindingKind) func(yield func(sema.BindingID, *sema.Binding) bool) {
	return func(yield func(sema.BindingID, *sema.Binding) bool) {
		names := p.Names()
		all := names.Bindings()
		for i := 1; i < len(all); i++ {
			b := &all[i]
			if b.Kind != kind || strings.HasPrefix(b.Name, "_") {
				continue
			}
			id := sema.BindingID(i)
			if names.IsUsed(id) {
				// Only in a file with unused let bindings may the uses be unneeded.
				if l := p.Live(); len(l.DeadRegions()) == 0 || l.IsLive(id) {
					continue
				}
			}
			if names.Scope(b.Scope).Node.HasError() || p.Live().InDead(b.Node) {
				continue
			}
			if !yield(id, b) {
				return
			}
		}
	}
}

// operatorNames are the names that Nix reads behind operators and search paths: a - b is __sub a b (parser.y).
func operatorName(name string) bool {
	switch name {
	case "__sub", "__mul", "__div", "__lessThan", "__findFile", "__nixPath":
		return true
	}
	return false
}

// brief returns an expression as a message shows it, or "" where it is too long for that.
func brief(n ast.Node) string {
	text := n.Text()
	if len(text) > 40 || strings.ContainsAny(text, "\n`") {
		return ""
	}
	return text
}
