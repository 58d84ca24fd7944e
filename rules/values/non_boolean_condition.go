package values

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/module"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "non-boolean-condition", Family: family, Since: "0.1.0",
	Summary: "A condition is no Boolean",
	Doc: "Nix takes nothing but `true` and `false` for a condition: `if list then …`, `assert 1;`, `!null` and `x || \"\"` fail with\n" +
		"\"expected a Boolean but found …\". Compare instead: `list != [ ]`, `x != null`." + optionNote + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: asks | project.ForModules,
	File: func(p *rules.Pass) {
		each(p, func(f eval.Finding, _ *eval.Code) (diag.Finding, bool) {
			return diag.Finding{
				Span: f.Span, Message: fmt.Sprintf("%s is %s and no Boolean", quoted(p, f.Span, "this"), kinds(f.Got, "something else")),
			}, true
		}, eval.BadCondition)
		options(p, module.OfCondition, func(_ *module.Need, code string, got eval.Kinds, what string) diag.Finding {
			return diag.Finding{
				Message: fmt.Sprintf("%s is %s and no Boolean", code, what),
				Help:    compared(got, code),
			}
		})
	},
})

// compared says what to compare a value of some kinds with, written as code; "" where that is not known.
func compared(k eval.Kinds, code string) string {
	with := map[eval.Kinds]string{eval.List: "[ ]", eval.Set: "{ }", eval.String: `""`}[k]
	name, ok := strings.CutPrefix(code, "`")
	if with == "" || !ok {
		return ""
	}
	return "compare it: `" + strings.TrimSuffix(name, "`") + " != " + with + "`"
}
