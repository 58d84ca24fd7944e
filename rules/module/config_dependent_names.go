package module

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "config-dependent-names", Family: family, Since: "0.1.0",
	Summary: "The first name of an option that a module defines is computed from `config` or `pkgs`",
	Doc: "The module system asks each module which options it defines before any value of `config` exists. A computed name at\n" +
		"the top of a module or of `config` makes the answer depend on one: \"infinite recursion encountered\".\n" +
		"\n" +
		"Below the first name it is fine: `users.users.${config.me} = { … };`. A name from `specialArgs` is fine everywhere.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForSpecialArg,
	File: each(nameForShape, func(file *module.File, pr module.Obstacle) diag.Finding {
		f := diag.Finding{
			Span: pr.At,
			Message: "the name of an option that " + atPart(pr.Part) + " defines is computed from " + reads(file, pr.Why) + ", but " +
				missing(pr.Why, "these names are known"),
			Help: "write the first part of the option's path as it is, or take it from `specialArgs`",
		}
		f.Related = trail(pr.Why, f)
		return f
	}),
})
