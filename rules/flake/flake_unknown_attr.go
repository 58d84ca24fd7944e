package flake

import (
	"fmt"
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/rules"
)

// flakeAttrs are all attributes that a flake may have (flake.cc, readFlake).
var flakeAttrs = []string{"description", "inputs", "outputs", "nixConfig"}

var _ = rules.Register(&rules.Rule{
	ID: "flake-unknown-attr", Family: family, Since: "0.1.0",
	Summary: "A flake has an attribute that Nix does not know",
	Doc: "Only `description`, `inputs`, `outputs` and `nixConfig` may stand in a flake: \"flake 'path:…' has an unsupported\n" +
		"attribute 'input'\". That holds for helpers in `rec { }` too, and for `edition`, which early versions had. What is\n" +
		"needed by the outputs belongs into a `let` inside them.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !f.Nix.Set.IsValid() {
			return
		}
		ifFlake(p, f, f.Nix.Set, func(report func(diag.Finding)) {
			for _, a := range f.Nix.Root.Subs {
				if slices.Contains(flakeAttrs, a.Name) || len(a.Defs) == 0 {
					continue
				}
				finding := diag.Finding{
					Span:    a.Key().Span(),
					Message: fmt.Sprintf("a flake has no attribute `%s`", a.Name),
					Help:    "move it into `outputs`, or remove it",
				}
				missing := slices.DeleteFunc(slices.Clone(flakeAttrs), func(n string) bool { return f.Nix.Root.Sub(n) != nil && n != "inputs" })
				if name := near.Find(a.Name, missing); name != "" {
					finding.Help = fmt.Sprintf("did you mean `%s`?", name)
					fix := diag.Fix{Title: fmt.Sprintf("write `%s`", name)}
					for _, d := range a.Defs {
						fix.Edits = append(fix.Edits, diag.Edit{Span: d.Part.Span(), Text: name})
					}
					finding.Fixes = []diag.Fix{fix}
					if name == "inputs" {
						outdates(f, &finding)
					}
				}
				report(finding)
			}
		})
	},
})
