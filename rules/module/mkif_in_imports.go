package module

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkif-in-imports", Family: family, Since: "0.1.0",
	Summary: "`imports`, or an element of it, is a `mkIf` or `mkMerge`",
	Doc: "`mkIf`, `mkMerge`, `mkForce` and the like make a set that only the definitions of options understand. As the value of\n" +
		"`imports` it is \"expected a list but found a set\", whatever the condition says. As an element, `mkIf` around a path or a\n" +
		"function fails too; around a plain set of definitions it works, as the module system takes that for a `config`.\n" +
		"\n" +
		"Import the module always and use `mkIf` inside it. If the condition comes from `specialArgs`, use `lib.optional`.",
	Severity: diag.Error, Presets: rules.Recommended,
	File: each(mkIfInImports, func(_ *module.File, pr module.Obstacle) diag.Finding {
		f := diag.Finding{
			Span:    pr.At,
			Message: "`" + pr.Part + "` is a list, but `" + pr.Name + "` makes a set",
			Help:    "import the module always and use `lib.mkIf` inside it, or `lib.optional` with a condition from `specialArgs`",
		}
		if pr.Element {
			f.Message = "`" + pr.Name + "` around a module in `" + pr.Part + "` is no module"
		}
		if pr.Unsure {
			f.Severity = diag.Warning
			f.Message += ", unless it is a plain set of definitions"
		}
		return f
	}),
})
