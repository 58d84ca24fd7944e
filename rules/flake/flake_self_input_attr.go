package flake

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-self-input-attr", Family: family, Since: "0.1.0",
	Summary: "`inputs.self` has what Nix does not take there",
	Doc: "`self` is the flake itself and needs no input. `inputs.self` says how it is fetched, from Nix 2.27 on: with `submodules`\n" +
		"and `lfs`, both `true` or `false`. All else is refused: \"flake 'self' attribute 'url' is not supported\". Among the\n" +
		"overrides of an input `self` may not stand at all: \"'self' input attribute not allowed\".\n" +
		"\n" +
		"A string or a number is only looked at when the flake is fetched by Git: \"input attribute 'submodules' is not a\n" +
		"Boolean\". Without a repository that is a warning.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		var found []diag.Finding
		for _, fault := range f.Nix.SelfFaults {
			finding := diag.Finding{Span: head(fault.Node), Help: "remove it: `self` is the flake itself"}
			switch {
			case fault.Attr == f.Nix.Self:
				finding.Message = "`inputs.self` is " + fault.Got + ", but has to be a set"
			case fault.Kind == flake.FaultType:
				finding.Message = fmt.Sprintf("%s is %s, but has to be a Boolean", diag.Code("inputs.self."+fault.Attr.Name), fault.Got)
				finding.Help = "write `true` or `false`"
				text, isString := flake.StringLiteral(fault.Node)
				if isString && (text == "true" || text == "false") {
					finding.Fixes = []diag.Fix{rules.Replace("remove the quotes", diag.Unsafe, fault.Node.Span(), text)}
				}
				if (isString || fault.Got == "an integer") && p.Project.Repo() == nil {
					finding.Severity = diag.Warning
				}
			default:
				finding.Message = fmt.Sprintf("`inputs.self` has no %s", diag.Code(fault.Attr.Name))
				if fault.Name != "" {
					finding.Help = "did you mean " + diag.Code(fault.Name) + "?"
					finding.Fixes = []diag.Fix{rename(fault.Attr, fault.Name)}
				}
			}
			found = append(found, finding)
		}
		tellFaults(p, f, found)
		eachFault(p, f, func(in *flake.Input, fault flake.Fault) (diag.Finding, bool) {
			return diag.Finding{
				Span:    fault.Node.Span(),
				Message: fmt.Sprintf("input %s cannot have `self` among its inputs", inputCode(in.Parent)),
				Help:    "remove it: no flake has an input `self`",
			}, true
		}, flake.FaultSelf)
	},
})
