package module

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "config-in-imports", Family: family, Since: "0.1.0",
	Summary: "Which modules are imported depends on `config`",
	Doc: "The module system collects all modules first and computes `config` from them. If the length of `imports`, or the\n" +
		"path of a module in it, depends on `config`, evaluation ends with \"infinite recursion encountered\".\n" +
		"\n" +
		"Import the module in any case, give it an `enable` option and put its `config` under `lib.mkIf`. Where the list really\n" +
		"has to vary, decide by an argument from `specialArgs`, which exists before the modules do.\n" +
		"\n" +
		"`config` may be read inside an imported module that is written in place, and the `config` of an outer system may decide\n" +
		"the imports of an inner one, as in `home-manager.users.<name>.imports`.",
	Severity: diag.Error, Presets: rules.Recommended,
	File: each(configInImports, func(file *module.File, pr module.Obstacle) diag.Finding {
		f := diag.Finding{
			Span:    pr.At,
			Message: "`" + pr.Part + "` depends on " + reads(file, pr.Why) + ", but " + missing(pr.Why, "all imports are known"),
			Help:    "import the module always and put its config under `lib.mkIf`, or decide by a value from `specialArgs`",
		}
		f.Related = trail(pr.Why, f)
		return f
	}),
})
