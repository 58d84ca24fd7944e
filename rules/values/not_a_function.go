package values

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "not-a-function", Family: family, Since: "0.1.0",
	Summary: "Something is called that is no function",
	Doc: "`\"a\" \"b\"` is a call: Nix fails with \"attempt to call something which is not a function\". Mostly a `;`, a comma or an\n" +
		"operator is missing, or a function got one argument too many. A set with `__functor` can be called." + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: asks,
	File: func(p *rules.Pass) {
		each(p, func(f eval.Finding, _ *eval.Code) (diag.Finding, bool) {
			callee := f.Callee()
			found := diag.Finding{Span: callee, Message: fmt.Sprintf("%s is %s and no function", quoted(p, callee, "this"), kinds(f.Got, "something else"))}
			found.Help = "remove the argument, or write the `;`, `,` or operator that is missing between the two"
			if f.Index > 0 {
				found.Help = "there is an argument too many, or a `;` or operator is missing behind what is called"
			}
			return found, true
		}, eval.NotFunction)
	},
})
