package flake

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-unquoted-dot", Family: family, Since: "0.1.0",
	Summary: "The name of an input has a dot and no quotes",
	Doc: "`inputs.agents.nix.url` is an input `agents` with an attribute `nix`: \"flake input attribute 'nix' is a thunk while a\n" +
		"string, Boolean, or integer is expected\". In quotes, `inputs.\"agents.nix\".url`, it is one name; but `follows`,\n" +
		"`--override-input` and `nix flake update` do not take names with dots, so one with `-` serves better.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachFault(p, f, func(in *flake.Input, fault flake.Fault) (diag.Finding, bool) {
			quoted := ast.QuoteString(fault.Name)
			finding := diag.Finding{
				Message: fmt.Sprintf("%s without quotes is input %s with an attribute %s", diag.Code(fault.Name), inputCode(in), diag.Code(fault.Attr.Name)),
				Help:    fmt.Sprintf("put the name in quotes, `%s`, or choose one without a dot", quoted),
			}
			fix := diag.Fix{Title: "put the name in quotes"}
			for i, d := range in.Attr.Defs {
				span := source.Span{Start: d.Part.Start(), End: fault.Leaf.Defs[i].Part.End()}
				if i == 0 {
					finding.Span = span
				}
				fix.Edits = append(fix.Edits, diag.Edit{Span: span, Text: quoted})
			}
			finding.Fixes = []diag.Fix{fix}
			return finding, true
		}, flake.FaultDot)
	},
})
