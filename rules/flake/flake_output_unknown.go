package flake

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-output-unknown", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "The name of an output is almost one that Nix knows",
	Doc: "A flake may have outputs of any name, but no command finds `pakcages` or `nixosConfiguration`. Only `nix flake check`\n" +
		"tells: \"unknown flake output 'pakcages'\". Names that are unlike all known ones are legal and left alone, as are those\n" +
		"that other tools read.",
	Severity: diag.Info, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachOutputs(p, f, func(set flake.OutputSet, report func(diag.Finding)) {
			if set.Scope == flake.OutputsPerSystem {
				return // an option that does not exist, which flake-parts tells
			}
			for _, a := range set.Attr.Subs {
				meant := meantOutput(a.Name)
				if meant == "" || len(a.Defs) == 0 {
					continue
				}
				finding := diag.Finding{
					Span:    a.Key().Span(),
					Message: fmt.Sprintf("Nix does not know the output %s", diag.Code(a.Name)),
					Help:    fmt.Sprintf("did you mean %s?", diag.Code(meant)),
				}
				if set.Attr.Sub(meant) == nil && !usedAsSelf(f, a.Name) && !inherited(a) && !inRec(a) {
					finding.Fixes = []diag.Fix{rename(a, meant)}
				}
				report(finding)
			}
		})
	},
})
