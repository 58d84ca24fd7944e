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
	ID: "flake-input-nested-inputs", Family: family, Since: "0.1.0",
	Summary: "An input stands inside another input",
	Doc: "All inputs of a flake stand side by side in `inputs`. One inside another is refused: \"flake input attribute 'editor'\n" +
		"is a thunk while a string, Boolean, or integer is expected\". Three mistakes lead there:\n" +
		"\n" +
		"- `inputs` is missing where an input of the input is overridden: `agenix.inputs.nixpkgs.follows`;\n" +
		"- an input is declared below another one: `home-manager.editor.url`;\n" +
		"- `inputs` stands there twice: `inputs.inputs.nixpkgs.url`. An input may be called `inputs`, though.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachFault(p, f, func(in *flake.Input, fault flake.Fault) (diag.Finding, bool) {
			finding := diag.Finding{Span: fault.Node.Span()}
			switch name := ast.QuoteAttr(fault.Attr.Name); fault.Kind {
			case flake.FaultExtraInputs:
				finding.Message = "`inputs` stands inside `inputs`, so that it is an input of that name"
				finding.Help = "remove one of the two"
				if edits, ok := withoutPart(in); ok {
					finding.Fixes = []diag.Fix{{Title: "remove `inputs`", Edits: edits}}
				}
			case flake.FaultOverride:
				finding.Message = fmt.Sprintf("%s stands inside input %s, whose own inputs are below `inputs`", diag.Code(fault.Attr.Name), inputCode(in))
				finding.Help = fmt.Sprintf("write %s", diag.Code("inputs."+name))
				finding.Fixes = []diag.Fix{before(fault.Attr, "write "+diag.Code("inputs."+name), "inputs.")}
			default:
				finding.Message = fmt.Sprintf("input %s stands inside input %s", diag.Code(fault.Attr.Name), inputCode(in))
				finding.Help = fmt.Sprintf("declare %s beside it; an input of %s is overridden by %s", diag.Code("inputs."+name), inputCode(in), diag.Code("inputs."+name+".follows")+" in it")
			}
			return finding, true
		}, flake.FaultNested, flake.FaultOverride, flake.FaultExtraInputs)
	},
})

// withoutPart removes the name of an input from the paths in which it stands behind another one, with what lies below.
func withoutPart(in *flake.Input) (edits []diag.Edit, ok bool) {
	for _, d := range in.Attr.Defs {
		previous := d.Part.Parent().FirstChild()
		if previous == d.Part {
			return nil, false
		}
		for next := previous.NextSibling(); next != d.Part; next = next.NextSibling() {
			previous = next
		}
		edits = append(edits, diag.Edit{Span: source.Span{Start: previous.End(), End: d.Part.End()}})
	}
	return edits, true
}
