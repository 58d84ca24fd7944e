package values

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "not-a-set", Family: family, Since: "0.1.0",
	Summary: "Something is used as a set that is none",
	Doc: "`[ 1 ].a` asks a list for an attribute, `with \"x\"; name` a string, and `({ a }: a) 1` gives a number to a function that\n" +
		"takes a set: Nix fails with \"expected a set but found …\". With a default, `[ 1 ].a or 2`, the first is legal." + optionNote + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: asks | project.ForModules,
	File: func(p *rules.Pass) {
		each(p, func(f eval.Finding, _ *eval.Code) (diag.Finding, bool) {
			if f.Reason == eval.NotSet {
				what := "this"
				if span, ok := f.Operand(); ok {
					what = quoted(p, span, what)
				}
				return diag.Finding{Span: f.Span, Message: fmt.Sprintf("%s is %s and has no attributes", what, kinds(f.Got, "something else"))}, true
			}
			callee := f.Callee()
			found := diag.Finding{
				Span: callee, Related: origin(f, p.Path, "what it takes"),
				Message: fmt.Sprintf("%s takes a set and gets %s", quoted(p, callee, "the function"), kinds(f.Got, "something else")),
			}
			if span, ok := f.Argument(); ok {
				found.Span = span
			}
			return found, true
		}, eval.NotSet, eval.BadArgument)
		options(p, module.OfAttribute, func(_ *module.Need, code string, _ eval.Kinds, what string) diag.Finding {
			return diag.Finding{Message: fmt.Sprintf("%s asks an option for an attribute that is %s", code, what)}
		})
	},
})
