package flake

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "outputs-missing-input-no-ellipsis", Family: family, Since: "0.1.0",
	Summary: "`outputs` does not take an input that the flake declares",
	Doc: "Nix calls `outputs` with all inputs. A pattern that names only some of them and has no `...` refuses the others:\n" +
		"\"function 'outputs' called with unexpected argument 'a'\". That holds with `inputs@` before it, too, for inputs with\n" +
		"`flake = false` and for those that follow another.\n" +
		"\n" +
		"Name the input, or end the pattern with `...`. `inputs.self` is no input.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		pattern, ok := closedPattern(f)
		if !ok {
			return
		}
		missing := notTaken(f)
		if len(missing) == 0 {
			return
		}
		finding := diag.Finding{Span: patternSpan(pattern), Help: "end the pattern with `...`"}
		var names []string
		misspelt := map[*flake.Input]bool{}
		for _, meant := range meantInputs(f) {
			misspelt[meant] = true
		}
		for _, in := range missing {
			if misspelt[in] {
				continue // outputs-arg-not-input tells
			}
			names = append(names, in.Name)
			finding.Related = append(finding.Related, diag.Related{Span: in.NameNode.Span(), Message: "declared here"})
		}
		if len(names) == 0 {
			return
		}
		finding.Message = fmt.Sprintf("`outputs` does not take the input %s, which Nix passes to it", diag.Code(names[0]))
		if len(names) > 1 {
			finding.Message = fmt.Sprintf("`outputs` does not take the inputs %s, which Nix passes to it", diag.List(names, 4))
		}
		finding.Fixes = []diag.Fix{rules.AddFormal(pattern, "...")}
		ifFlake(p, f, f.Nix.Set, func(report func(diag.Finding)) { report(finding) })
	},
})
