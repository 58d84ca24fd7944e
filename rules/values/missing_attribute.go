package values

import (
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "missing-attribute", Family: family, Since: "0.1.0",
	Summary: "An attribute is taken of a set that has no such attribute",
	Doc: "`set.name` fails with \"attribute 'name' missing\" where `set` has no `name`: it was renamed in one place only, misspelt,\n" +
		"or removed by `removeAttrs`. Reported where all attributes of the set are known, however it is made: through `let`,\n" +
		"functions, `//`, `mapAttrs`, `listToAttrs` and the like.\n" +
		"\n" +
		"A default (`or`) or a test (`?`) of the same name anywhere in the file says that it may be missing; then only what the\n" +
		"file surely evaluates is reported. What `inherit (set)` takes is told by `inherit-unknown-from`.\n" +
		"\n" +
		"The fix puts the name that was probably meant." + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: asks,
	File: func(p *rules.Pass) {
		each(p, func(f eval.Finding, code *eval.Code) (diag.Finding, bool) {
			if !f.Sure && code.MayMiss(f.Name) || f.Inherited() {
				return diag.Finding{}, false
			}
			set := "the set"
			if span, ok := f.Operand(); ok {
				set = quoted(p, span, set)
			}
			found := diag.Finding{
				Span: f.Span, Message: set + " has no attribute " + diag.Code(f.Name),
				Related: origin(f, p.Path, "the set"),
			}
			if guess := near.Among(f.Name, slices.Values(f.Candidates())); guess != "" {
				found.Help = "did you mean " + diag.Code(guess) + "?"
				if f.Span.Of(p.Tree.Source()) == f.Name {
					found.Fixes = []diag.Fix{rules.Replace("use "+diag.Code(guess), diag.Unsafe, f.Span, ast.QuoteAttr(guess))}
				}
			}
			return found, true
		}, eval.MissingAttr)
	},
})
