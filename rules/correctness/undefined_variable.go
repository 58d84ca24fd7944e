package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "undefined-variable", Family: family, Since: "0.1.0",
	Summary: "A name is used that nothing binds",
	Doc: "Nix resolves every name when it parses a file, also in code that never runs: one unbound name makes the whole file\n" +
		"unusable. Under `with` a name may come from the attrset that is opened, so nothing is reported there.\n" +
		"Neither is what the project passes to a file by `scopedImport`, with haumea's scoped loader, or with paisano (std); where\n" +
		"it is not known to which files it does, `undefined-unless-scoped` speaks about those that no plain import reaches.\n" +
		"`nixsift parse` rejects all of them, as `nix-instantiate --parse` does: it knows the file alone.\n" +
		"\n" +
		"What was most likely meant is proposed: an attribute of a set around, which is no variable without `rec`; a function of\n" +
		"nixpkgs' `lib`; an argument that modules and packages get, and that the function does not name; a name in scope, or a\n" +
		"builtin, that looks nearly the same.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nixf:sema-undefined-variable", "nil:undefined_name"},
	Asks:    project.ForGiven,
	File: undefinedAs(plainName, func(p *rules.Pass, u sema.Use, before int) presented {
		f := presented{Finding: undefined(u)}
		if before >= maxProposals {
			return f
		}
		kind, settled := p.Shape().Kind()
		propose(p, u, kind == role.Package && settled, &f.Finding)
		if !settled {
			other := undefined(u)
			propose(p, u, true, &other)
			f.ofPackage = &other
		}
		return f
	}),
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

func undefined(u sema.Use) diag.Finding {
	name, _ := ast.AttrName(u.Node)
	return diag.Finding{Span: u.Node.Span(), Message: "undefined variable " + diag.Code(name)}
}
