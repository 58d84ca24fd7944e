package module

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "config-dependent-shape", Family: family, Since: "0.1.0",
	Summary: "Something that the module system needs before it computes `config` depends on `config`",
	Doc: "Before any value of `config` exists, the module system needs the list given to `mkMerge`, the set of `options`, the list\n" +
		"`disabledModules`, the `freeformType`, and the names of the options that are defined. If one of them depends on `config`,\n" +
		"or on `pkgs`, which is a value of `config`, evaluation ends with \"infinite recursion encountered\".\n" +
		"\n" +
		"Make the shape fixed and let values depend on `config`: `lib.mkIf` in place of a condition, `config.assertions` in place\n" +
		"of `assert`.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForSpecialArg,
	File: each(otherShape, func(file *module.File, pr module.Obstacle) diag.Finding {
		f := diag.Finding{Span: pr.At, Help: help(pr)}
		switch pr.Part {
		case "mkMerge":
			f.Message = "how many sets `mkMerge` joins"
		case "options":
			f.Message = "which options are declared"
		case "disabledModules":
			f.Message = "which modules are disabled"
		case "freeformType", "key", "_module":
			f.Message = "`" + pr.Part + "`"
		default:
			f.Message = "which options " + atPart(pr.Part) + " defines"
		}
		f.Message += " depends on " + reads(file, pr.Why) + ", but " + missing(pr.Why, "this is known")
		f.Related = trail(pr.Why, f)
		return f
	}),
})

func help(pr module.Obstacle) string {
	switch {
	case pr.Why.Construct == module.ByAssert || pr.Why.Function == "throwIf" || pr.Why.Function == "throwIfNot":
		return "use `config.assertions`, or an assertion in the value of one option"
	case pr.Why.Function == "warnIf" || pr.Why.Function == "warnIfNot":
		return "use `config.warnings`"
	case pr.Part == "mkMerge":
		return "list all sets, each under its own `lib.mkIf`"
	case pr.Part == "options":
		return "declare the options always and let their use depend on `config`"
	}
	return "decide by a value from `specialArgs`, or use `lib.mkIf`, which defers the condition"
}
