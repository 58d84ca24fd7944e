package module

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "imports-use-pkgs", Family: family, Since: "0.1.0",
	Summary: "Which modules are imported depends on `pkgs`, `options` or another argument that the modules define",
	Doc: "`pkgs` is an option's value: `config._module.args.pkgs`. It does not exist while the module system still collects\n" +
		"modules, so `imports` that need it end with \"infinite recursion encountered\". The same holds for `options` and for every\n" +
		"argument that a module sets in `_module.args`.\n" +
		"\n" +
		"Take the module from a flake input or from `builtins.fetchTarball`, and decide by arguments from `specialArgs`, such as\n" +
		"`inputs`, `modulesPath` or the name of the system. `pkgs` may be used inside a module that is written in place.\n" +
		"\n" +
		"Nothing is reported where the project passes `pkgs` in `specialArgs`.",
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: project.ForSpecialArg,
	File: each(importsUsePkgs, func(file *module.File, pr module.Obstacle) diag.Finding {
		f := diag.Finding{
			Span:    pr.At,
			Message: "`" + pr.Part + "` depends on " + reads(file, pr.Why) + ", but " + missing(pr.Why, "all imports are known"),
			Help:    "use a flake input, `builtins.fetchTarball`, `modulesPath` or another value from `specialArgs`",
		}
		f.Related = trail(pr.Why, f)
		return f
	}),
})
