package flake

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "outputs-missing-self", Family: family, Since: "0.1.0",
	Summary: "`outputs` does not take `self`",
	Doc: "Nix calls `outputs` with the inputs and with `self`, the flake itself. A pattern that has neither `self` nor `...`\n" +
		"refuses that: \"function 'outputs' called with unexpected argument 'self'\".",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		pattern, ok := closedPattern(f)
		if _, has := f.Nix.Outputs.Formal("self"); !ok || has {
			return
		}
		finding := diag.Finding{
			Span:    patternSpan(pattern),
			Message: "`outputs` takes no `self`, which Nix passes to it",
			Help:    "add `self`, or `...`",
		}
		if len(notTaken(f)) == 0 { // else outputs-missing-input-no-ellipsis proposes ..., which takes both
			finding.Fixes = []diag.Fix{rules.AddFormal(pattern, "self")}
		}
		ifFlake(p, f, f.Nix.Set, func(report func(diag.Finding)) { report(finding) })
	},
})
