package values

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "infinite-recursion", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "The value of a name needs itself, by way of others",
	Doc: "`let a = b; b = a;` has no value: Nix fails with \"infinite recursion encountered\" as soon as one of the two is evaluated.\n" +
		"Reported where a name needs itself on every way, through other names, calls and sets. Below a function, a list or\n" +
		"a set, as in `a = [ a ]`, a name may refer to itself.\n" +
		"\n" +
		"A name whose own value reads it at once is the matter of `self-binding`." + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	File: func(p *rules.Pass) {
		each(p, func(f eval.Finding, _ *eval.Code) (diag.Finding, bool) {
			members, direct := f.Cycle()
			if direct || len(members) == 0 {
				return diag.Finding{}, false
			}
			found := diag.Finding{Span: members[0].Span, Message: fmt.Sprintf("the value of %s needs itself: infinite recursion as soon as it is used", diag.Code(members[0].Name))}
			var names []string
			for _, m := range members[1:] {
				names = append(names, m.Name)
				if len(found.Related) < maxListed {
					found.Related = append(found.Related, diag.Related{Span: m.Span, Message: "needed on the way"})
				}
			}
			if len(names) > 0 {
				found.Message = fmt.Sprintf("the value of %s needs %s, and so itself: infinite recursion as soon as it is used", diag.Code(members[0].Name), diag.List(names, maxListed))
			}
			return found, true
		}, eval.Recursion)
	},
})
