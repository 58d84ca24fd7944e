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
	ID: "flake-input-wrong-type", Family: family, Since: "0.1.0",
	Summary: "An input, or an attribute of one, has a value of the wrong type",
	Doc: "An input is a set: of `inputs.a = \"github:o/r\";` Nix says \"expected a set but got a string\". `flake` takes `true` and\n" +
		"`false` without quotes (\"expected a Boolean but got a string\"), `follows` a string, `url` a string or, from Nix 2.26\n" +
		"on, a path, `inputs` a set; attributes for fetchers take what the fetcher does (\"input attribute 'submodules' is not\n" +
		"a Boolean\").",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		inputs := f.Nix.Root.Sub("inputs")
		if got, ok := inputs.LiteralType(); ok && got != "a set" {
			tellFaults(p, f, []diag.Finding{{
				Span: head(inputs.Defs[0].Value), Message: "`inputs` is " + got + ", but has to be a set",
				Help: "write `inputs.NAME.url = \"…\";` for each input",
			}})
		}
		eachFault(p, f, func(in *flake.Input, fault flake.Fault) (diag.Finding, bool) {
			finding := diag.Finding{
				Span:    head(fault.Node),
				Message: fmt.Sprintf("%s of input %s is %s, but has to be %s", diag.Code(fault.Attr.Name), inputCode(in), fault.Got, fault.Want),
			}
			if fault.Attr == in.Attr {
				finding.Message = fmt.Sprintf("input %s is %s, but has to be a set", inputCode(in), fault.Got)
				notASet(&finding, in, fault)
				return finding, true
			}
			switch text, isString := flake.StringLiteral(fault.Node); {
			case isString && fault.Want == "a Boolean" && (text == "true" || text == "false"):
				finding.Help = "write " + diag.Code(text) + " without quotes"
				finding.Fixes = []diag.Fix{rules.Replace("remove the quotes", diag.Unsafe, fault.Node.Span(), text)}
			case fault.Want == "a string" && fault.Node.Is(ast.Int):
				finding.Help = "put it in quotes"
				finding.Fixes = []diag.Fix{rules.Replace("add quotes", diag.Unsafe, fault.Node.Span(), ast.QuoteString(fault.Node.Text()))}
			case fault.Got == "null":
				finding.Help = "remove it"
			default:
				finding.Help = "write " + fault.Want
			}
			return finding, true
		}, flake.FaultType)
	},
})

// notASet says how an input is written that stands there as its reference alone.
func notASet(finding *diag.Finding, in *flake.Input, fault flake.Fault) {
	finding.Help = "write `" + ast.QuoteAttr(in.Name) + ".url = \"…\";`"
	if in.Parent != nil {
		finding.Help = "write `" + ast.QuoteAttr(in.Name) + ".follows = \"…\";`"
	}
	if fault.Got != "a string" && fault.Got != "a path" {
		return
	}
	switch in.Name {
	case "url", "follows", "flake", "type", "owner", "repo", "ref", "rev", "dir":
		finding.Help = "the name of the input is missing: write `inputs.NAME." + in.Name + " = …;`"
		return
	}
	attr := "url"
	if text, _ := flake.StringLiteral(fault.Node); in.Parent != nil && (flake.IsID(text) || text == "") {
		attr = "follows"
	}
	finding.Help = "write `" + ast.QuoteAttr(in.Name) + "." + attr + " = …;`"
	at := in.NameNode.End()
	finding.Fixes = []diag.Fix{rules.Replace("write `."+attr+"`", diag.Unsafe, source.Span{Start: at, End: at}, "."+attr)}
}
