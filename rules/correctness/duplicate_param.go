package correctness

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "duplicate-param", Family: family, Since: "0.1.0",
	Summary:  "A function has two formals of one name",
	Doc:      "Nix refuses a function whose formals name an attribute twice, or whose `@` name is one of its formals.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Aliases: []string{"nixf:sema-dup-formal", "nixf:sema-dup-formal-arg", "nil:duplicated_param"},
	On:      []ast.Kind{ast.Pattern},
	File: func(p *rules.Pass) {
		for c := range p.Names().Conflicts() {
			if !c.Formal {
				continue
			}
			p.Report(diag.Finding{
				Span:    c.Second.Span(),
				Message: fmt.Sprintf("the function has a formal `%s` already", c.Path),
				Related: []diag.Related{{Span: c.First.Span(), Message: "first named here"}},
			})
		}
	},
})
