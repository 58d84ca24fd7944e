package flake

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-inputs-not-literal", Family: family, Since: "0.1.0",
	Summary: "The inputs of a flake are computed",
	Doc: "Nix reads inputs without evaluating anything: \"expected a string or a path but got a thunk\", \"expected a set but got\n" +
		"a thunk\". Concatenation, `${…}`, variables, calls, `let`, `with`, `//`, `if` and `inherit` are refused, in the set of\n" +
		"inputs and in each input. Write literals; tools such as flake-file generate them where they repeat too much.\n" +
		"\n" +
		"A name that `rec { }` around it defines is left alone, since it depends on the order of the names whether Nix has its\n" +
		"value. `''…''`, unquoted URLs, parentheses and a key written `${\"a\"}` are accepted; so is a path literal, from\n" +
		"Nix 2.26 on.",
	Severity: diag.Error, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		inputs := f.Nix.Root.Sub("inputs")
		if inputs == nil {
			return
		}
		ifFlake(p, f, f.Nix.Set, func(report func(diag.Finding)) {
			seen := map[ast.Node]bool{}
			tell := func(n ast.Node, of string) {
				if n = computed(p, n); !n.IsValid() || seen[n] {
					return
				}
				seen[n] = true
				finding := diag.Finding{
					Span:    n.Span(),
					Message: fmt.Sprintf("%s computed, but Nix reads the inputs of a flake without evaluating anything", of),
					Help:    "write it out as a literal",
				}
				if strings.Contains(n.Text(), "\n") {
					finding.Span.End = n.FirstToken().Span().End
				}
				report(finding)
			}
			for _, d := range inputs.Defs {
				if d.Value.IsValid() && !d.Value.Is(ast.AttrSet) {
					tell(d.Value, "the set of inputs is")
				}
			}
			for _, n := range inputs.Opaque {
				tell(n, "the name of an input is")
			}
			for _, in := range f.Nix.Inputs {
				for _, n := range in.Opaque {
					tell(n, fmt.Sprintf("input `%s` is", in.Name))
				}
			}
		})
	},
})
