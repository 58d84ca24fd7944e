package suppressions

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/suppress"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: suppress.Malformed, Family: family, Since: "0.1.0",
	Summary: "A suppression cannot take effect",
	Doc: "The form is `# nixsift: ignore[rule, rule] reason`, at the end of a line or alone on the line before, and\n" +
		"`# nixsift: ignore-file[rule] reason` in the comments before any code. Rules about code that Nix refuses to parse cannot\n" +
		"be silenced.\n" +
		"\n" +
		"What looks like a suppression and is none is reported too: another case or sign (`# Nixsift ignore[rule]`), round\n" +
		"brackets or none, the word of another linter, a name in `# nixf-ignore:` that nixf does not have. Prose is not.\n" +
		"\n" +
		"A lock file cannot hold comments: use `[[override]]` in `nixsift.toml` for it.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.SameParse, Generated: true, Engine: true,
})
