package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unsorted-args", Family: family, Since: "0.1.0",
	Summary: "The formals of a function are not in alphabetical order",
	Doc: "For those who keep formals sorted. nixpkgs does not: there `lib` and `stdenv` come first. Off by default. Each\n" +
		"formal that stands behind a later one is reported.",
	Severity: diag.Hint,
	Aliases:  []string{"nix-linter:AlphabeticalArgs"},
	On:       []ast.Kind{ast.Pattern},
	Node: func(p *rules.Pass, n ast.Node) {
		before := ast.Node{}
		for f := range (ast.PatternNode{Node: n}).Formals() {
			name := f.Name()
			if before.IsValid() && name.Text() < before.Text() {
				p.Report(diag.Finding{
					Span: name.Span(), Message: "formal `" + name.Text() + "` stands behind `" + before.Text() + "`", Help: "sort the formals",
				})
			}
			before = name
		}
	},
})
