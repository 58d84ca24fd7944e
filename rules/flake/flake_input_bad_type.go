package flake

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-bad-type", Family: family, Since: "0.1.0",
	Summary: "The type of an input is none that Nix has, or lacks attributes",
	Doc: "An input in attribute form has the `type` of a fetcher: `github`, `gitlab`, `sourcehut`, `git`, `hg`, `path`, `tarball`,\n" +
		"`file` or `indirect`. Of another one Nix 2.34 dies by an assertion. Each\n" +
		"type needs attributes of its own, as `github` does `owner` and `repo`: \"input attribute 'repo' is missing\".",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachFault(p, f, func(in *flake.Input, fault flake.Fault) (diag.Finding, bool) {
			t, _ := in.FetcherAttr("type")
			if fault.Kind == flake.FaultMissing {
				return diag.Finding{
					Span:    t.Node.Span(),
					Message: fmt.Sprintf("input %s is of type %s and lacks %s", inputCode(in), diag.Code(t.Value), diag.Code(fault.Name)),
					Help:    "add it, or write the input as a `url`",
				}, true
			}
			finding := diag.Finding{
				Span:    t.Node.Span(),
				Message: fmt.Sprintf("input %s is of type %s, which Nix does not have", inputCode(in), diag.Code(t.Value)),
				Help:    "the types are " + diag.List(flake.Types, len(flake.Types)),
			}
			if fault.Name != "" {
				finding.Help = "did you mean " + diag.Code(fault.Name) + "?"
				finding.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(fault.Name), diag.Unsafe, t.Node.Span(), ast.QuoteString(fault.Name))}
			}
			return finding, true
		}, flake.FaultFetcher, flake.FaultMissing)
	},
})
