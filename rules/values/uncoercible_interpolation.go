package values

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "uncoercible-interpolation", Family: family, Since: "0.1.0",
	Summary: "Something is interpolated that cannot be made a string",
	Doc: "`\"${x}\"` takes strings, paths and sets with `outPath` or `__toString`, such as packages. A number fails with \"cannot\n" +
		"coerce an integer to a string\", and so do Booleans, `null`, lists, functions and other sets. `toString` takes numbers,\n" +
		"Booleans, `null` and lists, too; `concatStringsSep` joins a list. The name of\n" +
		"an attribute, `set.${x}` or `{ ${x} = 1; }`, has to be a string, or `null` where it is defined.\n" +
		"\n" +
		"The fix puts `toString` before a number." + optionNote + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: asks | project.ForModules,
	File: func(p *rules.Pass) {
		each(p, func(f eval.Finding, _ *eval.Code) (diag.Finding, bool) {
			if f.Reason == eval.BadName {
				return diag.Finding{Span: f.Span, Message: fmt.Sprintf("%s is %s, which is no name of an attribute", quoted(p, f.Span, "this"), kinds(f.Got, "something"))}, true
			}
			found := diag.Finding{
				Span: f.Span, Message: fmt.Sprintf("%s is %s, which interpolation does not make a string", quoted(p, f.Span, "this"), kinds(f.Got, "something")),
			}
			found.Help = coercible(f.Got)
			if f.Got&^(eval.Int|eval.Float) == 0 {
				text := f.Span.Of(p.Tree.Source())
				if n := p.Tree.NodeAt(f.Span); !n.Is(ast.Ident) && !n.Is(ast.Select) && !n.Is(ast.Int) {
					text = "(" + text + ")"
				}
				found.Fixes = []diag.Fix{rules.Replace("convert it by `toString`", diag.Unsafe, f.Span, "toString "+text)}
			}
			return found, true
		}, eval.Uncoercible, eval.BadName)
		options(p, module.OfInterpolation, func(n *module.Need, code string, got eval.Kinds, what string) diag.Finding {
			found := diag.Finding{
				Message: fmt.Sprintf("%s is %s, which interpolation does not make a string", code, what),
				Help:    coercible(got),
			}
			if got&^(eval.Int|eval.Float) == 0 {
				found.Fixes = []diag.Fix{rules.Insert("convert it by `toString`", diag.Unsafe, n.Span.Start, "toString ")}
			}
			return found
		})
	},
})

// coercible says how a string is made of values of some kinds; "" where that is not known.
func coercible(k eval.Kinds) string {
	switch {
	case k&^(eval.Int|eval.Float) == 0:
		return "`toString` makes a string of it"
	case k == eval.List:
		return "`builtins.concatStringsSep` joins a list of strings, `toString` puts blanks between"
	case k == eval.Function:
		return "call the function"
	case k == eval.Bool:
		return "`if … then \"true\" else \"false\"` writes it out; `toString` makes \"1\" and \"\" of it"
	}
	return ""
}
