package flake

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-outputs-not-lambda", Family: family, Since: "0.1.0",
	Summary: "The outputs of a flake are no function as they are written",
	Doc: "Nix looks at the parameters of `outputs` without evaluating it: \"expected a function but got a thunk\" for a call,\n" +
		"an `import`, a variable or a `let` around the function, \"… but got a set\" for a set. Write the function itself:\n" +
		"\n" +
		"```nix\n" +
		"outputs = inputs: import ./outputs.nix inputs;\n" +
		"```\n" +
		"\n" +
		"and move a `let` behind the colon. Parentheses around the function are accepted.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		o := &f.Nix.Outputs
		if o.Attr == nil || o.IsLambda || !f.Nix.Set.IsValid() || len(o.Attr.Defs) == 0 {
			return
		}
		ifFlake(p, f, f.Nix.Set, func(report func(diag.Finding)) {
			d := o.Attr.Defs[0]
			finding := diag.Finding{
				Span:    d.Part.Span(),
				Message: "`outputs` has to be a function as it is written",
				Help:    "write `outputs = inputs: …;`",
			}
			value := o.Value
			switch {
			case !value.IsValid() && d.Binding.Is(ast.Inherit):
				finding.Message += ", and cannot be inherited"
			case !value.IsValid() || value.Is(ast.AttrSet):
				finding.Message += ", but it is a set"
			case value.Is(ast.Let):
				finding.Message += ", but `let` is around it"
				finding.Help = "move the `let` behind the colon of the function"
			case value.Is(ast.With) || value.Is(ast.Assert) || value.Is(ast.If):
				finding.Message += ", but `" + value.FirstToken().Text() + "` is around it"
			case value.Is(ast.Apply), value.Is(ast.Ident), value.Is(ast.Select):
				finding.Message += ", which Nix does not evaluate to find one"
				// An imported file gives the function and takes the inputs itself.
				fn, args := ast.Call(value)
				if fn.Text() != "import" || len(args) != 1 || usesName(value, "inputs") {
					break
				}
				finding.Help = "write `outputs = inputs: " + short(value.Text()) + " inputs;`"
				outer := value.OutsideParens()
				finding.Fixes = []diag.Fix{{Title: "take the inputs as a parameter", Edits: []diag.Edit{
					{Span: source.Span{Start: outer.Start(), End: outer.Start()}, Text: "inputs: "},
					{Span: source.Span{Start: outer.End(), End: outer.End()}, Text: " inputs"},
				}}}
			}
			if value.IsValid() {
				finding.Span = value.Span()
				if value.NumChildren() > 0 && !value.Is(ast.Apply) && !value.Is(ast.Select) {
					finding.Span.End = value.FirstToken().Span().End
				}
			}
			report(finding)
		})
	},
})

// usesName reports whether an expression has a variable of the given name.
func usesName(n ast.Node, name string) bool {
	for d := range n.Descendants() {
		if d.Is(ast.Ident) && d.Text() == name {
			return true
		}
	}
	return false
}

// short cuts a text to what fits a help line.
func short(text string) string {
	for i, r := range text {
		if r == '\n' || i > 60 {
			return text[:i] + " …"
		}
	}
	return text
}
