package module

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "optionalattrs-toplevel-config", Family: family, Since: "0.1.0",
	Summary: "`optionalAttrs`, `//` or a similar function decides by `config` or `pkgs` which options a module defines",
	Doc: "The module system asks each module which options it defines before any value of `config`, and so `pkgs`, exists. At the\n" +
		"top of a module and directly at `config`, `lib.optionalAttrs config.x { … }` needs the value to answer: \"infinite\n" +
		"recursion encountered\". So do `//` with such a set, `filterAttrs`, `listToAttrs`, `foldl'` and others.\n" +
		"\n" +
		"Use `lib.mkIf`, and `lib.mkMerge` in place of `//`. One level down, as in `config.services = lib.optionalAttrs …`, the\n" +
		"set is a value and nothing is wrong. `options ? x` may decide directly at `config`, not at the top of the module.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: project.ForSpecialArg,
	File: each(functionForShape, func(file *module.File, pr module.Obstacle) diag.Finding {
		how := "//"
		if pr.Why.Construct == module.ByFunction {
			how = pr.Why.Function
		}
		f := diag.Finding{
			Span: pr.At,
			Message: "with `" + how + "`, which options " + atPart(pr.Part) + " defines depends on " + reads(file, pr.Why) + ", but " +
				missing(pr.Why, "these names are known"),
			Help: "use `lib.mkIf` for the condition and `lib.mkMerge` to join sets",
		}
		// Under mkIf an option has to exist, which is what options are asked for.
		if pr.Why.Construct == module.ByFunction && pr.Why.Source != module.FromOptions {
			f.Fixes = asMkIf(file, pr.Why.Node)
		}
		f.Related = trail(pr.Why, f)
		return f
	}),
})
