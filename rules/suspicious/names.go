package suspicious

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// unusedNames yields the bindings of one kind that no needed code uses: outside what only unused let bindings
// need, without an underscore in front, and without a syntax error where the name is visible.
func unusedNames(p *rules.Pass, kind sema.BindingKind) func(yield func(sema.BindingID, *sema.Binding) bool) {
	return func(yield func(sema.BindingID, *sema.Binding) bool) {
		names := p.Names()
		all := names.Bindings()
		var lost map[string]bool
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
			if p.Tree.Root().HasError() {
				if lost == nil {
					lost = lostUses(names)
				}
				if lost[b.Name] {
					continue
				}
			}
			if !yield(id, b) {
				return
			}
		}
	}
}

// neverUsed says of a binding that nothing needed uses it.
func neverUsed(names *sema.Info, id sema.BindingID) string {
	name := diag.Code(names.Binding(id).Name)
	if names.IsUsed(id) {
		return name + " is used only by unused bindings"
	}
	return name + " is never used"
}

// lostUses returns the names that a file with syntax errors mentions where they could not be read, or without
// what binds them: each may be a use of a binding that has no other.
func lostUses(names *sema.Info) map[string]bool {
	m, t := map[string]bool{}, names.Tree()
	for u := range names.Undefined() {
		name, _ := ast.AttrName(u.Node)
		m[name] = true
	}
	next := 0 // the first token behind the leaves so far
	skipped := func(upTo int) {
		for ; next < upTo; next++ {
			if tok := t.Token(next); tok.Kind() == ast.TokIdent {
				m[tok.Text()] = true
			}
		}
	}
	for id, r := range t.Records() {
		if int(r.End) == id+1 && r.First <= r.Last {
			skipped(int(r.First))
			next = max(next, int(r.Last)+1)
		}
	}
	skipped(t.NumTokens())
	return m
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
