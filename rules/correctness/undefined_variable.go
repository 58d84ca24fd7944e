package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "undefined-variable", Family: family, Since: "0.1.0",
	Summary: "A name is used that nothing binds",
	Doc: "Nix resolves every name when it parses a file, also in code that never runs: one unbound name makes the whole file\n" +
		"unusable. Under `with` a name may come from the attrset that is opened, so nothing is reported there.\n" +
		"\n" +
		"Where a name in scope, or a builtin, looks nearly the same, it is proposed.",
	Severity: diag.Error, Presets: rules.Recommended, Fixed: true,
	Fix:     rules.FixSometimes,
	Aliases: []string{"nixf:sema-undefined-variable", "nil:undefined_name"},
	File: func(p *rules.Pass) {
		eachUndefined(p, plainName, func(u sema.Use, before int) { reportUndefined(p, u, before < maxProposals) })
	},
})

// brokenScope reports whether a syntax error lies among the bindings of a scope around a use: the name may
// be bound by what could not be read.
func brokenScope(names *sema.Info, u sema.Use) bool {
	for id := u.Scope; id != 0; id = names.Scope(id).Parent {
		n := names.Scope(id).Node
		if !n.HasError() {
			continue
		}
		switch n.Kind() {
		case ast.Let, ast.Lambda:
			if n.FirstChild().HasError() {
				return true
			}
		case ast.AttrSet, ast.LegacyLet:
			return true
		}
	}
	return false
}

// maxProposals is the number of undefined names of a file for which a near one is looked for.
const maxProposals = 200

func reportUndefined(p *rules.Pass, u sema.Use, propose bool) {
	name, _ := ast.AttrName(u.Node)
	f := diag.Finding{Span: u.Node.Span(), Message: "undefined variable `" + name + "`"}
	if !propose {
		p.Report(f)
		return
	}
	var candidates []string
	for b := range p.Names().InScope(u.Scope) {
		candidates = append(candidates, b.Name)
	}
	if guess := near.Find(name, append(candidates, sema.Globals()...)); guess != "" {
		f.Help = "did you mean `" + guess + "`?"
		if u.Node.Is(ast.Ident) && ast.IsIdentifier(guess) {
			f.Fixes = []diag.Fix{rules.Replace("use `"+guess+"`", diag.Unsafe, u.Node.Span(), guess)}
		}
	}
	p.Report(f)
}
