package module

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

// clashing reports what of a kind fails wherever the file is imported together with another, as present says.
func clashing(kind project.ClashKind, present func(a *rules.Asked, c project.Clash) diag.Finding) func(p *rules.Pass) {
	return func(p *rules.Pass) {
		if p.Module() == nil && !p.Tree.Expr().Tail().Is(ast.AttrSet) {
			return
		}
		path := p.Path
		p.AskAll(func(a *rules.Asked) {
			for _, c := range a.Clashes(path) {
				if c.Kind != kind {
					continue
				}
				f := present(a, c)
				f.Span = c.Span
				if c.Unsure && f.Severity != diag.Info {
					f.Severity = diag.Warning
				}
				if c.Root != path && c.Root != c.Other {
					f.Related = append(f.Related, diag.Related{File: c.Root, Span: c.RootSpan, Message: "both are imported by way of this"})
				}
				a.Report(f)
			}
		})
	}
}

var _ = rules.Register(&rules.Rule{
	ID: "duplicate-option", Family: family, Since: "0.1.0",
	Summary: "Two modules that are imported together declare the same option",
	Doc: "An option may be declared twice only where the two declarations go together: both of one type, and at most one of them with\n" +
		"a `default`, an `example`, a `description` and an `apply`. Else evaluation fails with \"The option `my.port' in `b.nix' is\n" +
		"already declared in `a.nix'\".\n" +
		"\n" +
		"The rule looks at modules that one file of the project imports together, through others or not, and at the lists of modules\n" +
		"that functions such as `nixosSystem` are given.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForModules,
	File: clashing(project.DeclaredTwice, func(a *rules.Asked, c project.Clash) diag.Finding {
		return diag.Finding{
			Message: fmt.Sprintf("the option %s is declared in %s, too, which is imported together with this file", diag.Code(dotted(c.Path)), a.Rel(c.Other)),
			Help:    "declare it in one place, and import that where it is needed",
			Related: []diag.Related{{File: c.Other, Span: c.OtherSpan, Message: "the other declaration"}},
		}
	}),
})

var _ = rules.Register(&rules.Rule{
	ID: "conflicting-definitions", Family: family, Since: "0.1.0",
	Summary: "Two modules that are imported together define an option with different values",
	Doc: "An option that has one value, such as a Boolean, a number or a name, must get the same one from all definitions of the same\n" +
		"priority. Else evaluation fails with \"The option `networking.hostName' has conflicting definition values\".\n" +
		"\n" +
		"Write `lib.mkDefault` around the value that others may replace, or `lib.mkForce` around the one that counts in any case.\n" +
		"\n" +
		"The rule looks at values that are written out and depend on no condition, of options whose type the project declares, of\n" +
		"`enable` below `services`, `programs` and the like, and of some well-known ones such as `time.timeZone`, in modules that one\n" +
		"file of the project imports together. In one module it knows that the `script` of a service defines its\n" +
		"`serviceConfig.ExecStart`, so that another one conflicts with it.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForModules,
	File: func(p *rules.Pass) {
		commandBesideScript(p)
		definedTwice(p)
	},
})

var definedTwice = clashing(project.DefinedTwice, func(a *rules.Asked, c project.Clash) diag.Finding {
	return diag.Finding{
		Message: fmt.Sprintf("the option %s is %s here and %s in %s, which is imported together with this file",
			diag.Code(dotted(c.Path)), diag.Code(c.Value.Describe()), diag.Code(c.OtherValue.Describe()), a.Rel(c.Other)),
		Help:    "write `lib.mkDefault` around the value that may be replaced, or `lib.mkForce` around the one that counts",
		Related: []diag.Related{{File: c.Other, Span: c.OtherSpan, Message: "the other definition"}},
	}
})
