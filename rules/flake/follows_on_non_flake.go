package flake

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "follows-on-non-flake", Family: family, Since: "0.1.0",
	Summary: "An input with `flake = false` has an override",
	Doc: "An input with `flake = false` is a plain source tree and has no inputs. Nix drops its overrides without a message.\n" +
		"Remove them, or `flake = false` if the input is to be used as a flake.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.FewerTokens, Tags: diag.Unnecessary,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		for _, root := range f.Nix.Inputs {
			for in := range root.All() {
				if in.Parent == nil || in.Parent.Flake {
					continue
				}
				finding := diag.Finding{
					Span:    in.NameNode.Span(),
					Message: fmt.Sprintf("the override of `%s` has no effect: `%s` has `flake = false`", in.Name, strings.Join(in.Parent.Path, "/")),
					Help:    "remove the override, or `flake = false`",
					Related: []diag.Related{{Span: in.Parent.FlakeNode.Span(), Message: "no flake"}},
				}
				if edits, ok := flake.RemoveOverride(in); ok {
					finding.Fixes = []diag.Fix{{Title: "remove the override", Safety: diag.Safe, Edits: edits}}
				}
				p.Report(finding)
			}
		}
	},
})
