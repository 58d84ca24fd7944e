package style

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "manual-inherit", Family: family, Since: "0.1.0",
	Summary: "An attribute is given the variable of its own name",
	Doc: "`inherit a;` says what `a = a;` says, once. Neighbouring attributes of the kind are one finding.\n" +
		"\n" +
		"In `rec { … }` and in `let` the two differ: there `a = a;` refers to itself and never ends, while `inherit a;` takes the\n" +
		"outer `a`. So nothing is said about those.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixAlways, SafeFix: rules.SameAttrs,
	Aliases: []string{"statix:W03", "statix:manual_inherit", "nix-linter:DIYInherit"},
	On:      []ast.Kind{ast.AttrSet},
	Broken:  true,
	Node: func(p *rules.Pass, n ast.Node) {
		if n.IsRec() {
			return
		}
		runs(n, func(b ast.BindingNode) (from, name string, ok bool) {
			v := b.Value().Unparen()
			if !v.Is(ast.Ident) || !b.Attrpath().IsSingle(v.Text()) || v.Text() == "or" || v.Text() == "__curPos" {
				return "", "", false
			}
			// A literal that merges into a rec set sees the names of that, its own ones too.
			if bound := p.Names().Resolve(v); bound != nil && bound.Decl == b.Node {
				return "", "", false
			}
			return "", v.Text(), true
		}, func(r run) {
			text := "inherit " + strings.Join(r.all, " ") + ";"
			p.Report(diag.Finding{
				Span: r.span(), Message: list(r.names) + r.either(" is assigned from the variable", " are assigned from the variables") + " of the same name",
				Subjects: r.subjects(), Anywhere: true,
				Help: "write " + r.statement(), Fixes: []diag.Fix{r.fix(text)},
			})
		})
	},
})
