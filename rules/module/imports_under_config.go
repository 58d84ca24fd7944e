package modulerules

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "imports-under-config", Family: family, Since: "0.1.0",
	Summary: "`imports` or `options` stand among definitions, where the module system takes them for options",
	Doc: "`imports` and `options` have a meaning only at the top of a module. Under `config`, and in a module that is a `mkIf` or\n" +
		"`mkMerge` as a whole, everything is the definition of an option, so evaluation fails with \"The option `imports' does not\n" +
		"exist\".\n" +
		"\n" +
		"Move them to the top of the module, beside `config`. They cannot be made conditional this way.",
	Severity: diag.Error, Presets: rules.Recommended,
	File: each(module.ImportsUnderConfig, func(p *rules.Pass, _ *module.File, pr module.Problem) {
		f := diag.Finding{
			Span:    pr.At,
			Message: "`" + pr.Property + "` under " + atPart(pr.Part) + " is taken for an option that does not exist",
			Help:    "move `" + pr.Property + "` to the top of the module, beside `config`",
		}
		if pr.Part == "" {
			f.Message = "`" + pr.Property + "` in a module that is a `mkIf` or `mkMerge` as a whole is taken for an option that does not exist"
			f.Help = "make the module a plain set, with `" + pr.Property + "` beside `config = lib.mkIf …`"
		}
		p.Report(f)
	}),
})
