package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unsorted-bindings", Family: family, Since: "0.1.0",
	Summary: "The attributes of a set are not in alphabetical order",
	Doc: "For those who keep attributes sorted. Off by default. Attributes are compared within a group: a blank line, a comment\n" +
		"on a line of its own that is no suppression, or an `inherit` starts a new one. Each attribute that stands behind a later one is reported.",
	Severity: diag.Hint,
	Aliases:  []string{"nix-linter:AlphabeticalBindings"},
	On:       []ast.Kind{ast.AttrSet, ast.Bindings, ast.LegacyLet},
	Node: func(p *rules.Pass, n ast.Node) {
		before, key := ast.Node{}, ""
		for c := range n.Children() {
			b, ok := ast.AsBinding(c)
			name := ""
			if ok {
				name = b.Attrpath().Dotted()
			}
			if name == "" {
				before = ast.Node{}
				continue
			}
			if before.IsValid() && name < key && !newGroup(before, c) {
				p.Report(diag.Finding{
					Span: b.Attrpath().Span(), Message: diag.Code(name) + " stands behind " + diag.Code(key), Help: "sort the attributes",
				})
			}
			before, key = c, name
		}
	},
})

// newGroup reports whether a blank line or a comment on a line of its own, which is no suppression, stands between two bindings.
func newGroup(a, b ast.Node) bool {
	text := suppress.Blanked(a.Tree(), between(a.LastToken(), b.FirstToken()))
	line, rest, ok := strings.Cut(text, "\n")
	return ok && strings.TrimSpace(rest) != "" || strings.Count(text, "\n") > 1 || strings.Contains(line, "/*")
}
