package flake

import (
	"fmt"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-metadata-not-literal", Family: family, Since: "0.1.0",
	Summary: "The description or nixConfig of a flake is computed, or of the wrong type",
	Doc: "Nix reads `description` and `nixConfig` without evaluating anything. The description is a string as it is written\n" +
		"(\"expected a string but got a thunk\"), `nixConfig` a set of strings, integers, Booleans, paths and lists of strings\n" +
		"(\"flake configuration setting 'x' is a thunk\"). Variables, calls, `+`, `++`, `${…}`, negative numbers, floats, `null`\n" +
		"and sets are refused.\n" +
		"\n" +
		"`rec { }`, `''…''`, unquoted URLs and parentheses are accepted.",
	Severity: diag.Error, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		var found []diag.Finding
		tell := func(n ast.Node, format string, args ...any) {
			found = append(found, diag.Finding{Span: head(n), Message: fmt.Sprintf(format, args...), Help: "write it out as a literal"})
		}
		check := func(n ast.Node, what, wants string, types ...string) {
			if c := computed(p, n); c.IsValid() {
				tell(c, "%s is computed, but Nix reads it without evaluating anything", what)
			} else if got, ok := flake.LiteralType(n); ok && !slices.Contains(types, got) {
				tell(n, "%s is %s, but has to be %s", what, got, wants)
			}
		}
		attr := func(a *flake.Attr, what, wants string, types ...string) {
			for _, d := range a.Defs {
				switch {
				case d.Binding.Is(ast.Inherit):
					tell(d.Part, "%s is inherited, but Nix reads it without evaluating anything", what)
				case d.Value.IsValid():
					check(d.Value, what, wants, types...)
				case !slices.Contains(types, "a set"):
					tell(d.Part, "%s is a set, but has to be %s", what, wants)
				}
			}
		}
		if a := f.Nix.Root.Sub("description"); a != nil {
			attr(a, "`description`", "a string", "a string")
		}
		if config := f.Nix.Root.Sub("nixConfig"); config != nil {
			attr(config, "`nixConfig`", "a set", "a set")
			for _, n := range config.Opaque {
				if c := computed(p, n); c.IsValid() && !n.Is(ast.Name) {
					tell(c, "the name of a setting is computed, but Nix reads `nixConfig` without evaluating anything")
				}
			}
			const wants = "a string, a list of strings, an integer or a Boolean"
			for _, s := range config.Subs {
				what := diag.Code("nixConfig." + ast.QuoteAttr(s.Name))
				attr(s, what, wants, "a string", "an integer", "a Boolean", "a path", "a list")
				value, ok := s.Value()
				if !ok || !value.Is(ast.List) {
					continue
				}
				for e := range value.Children() {
					check(e, "an element of "+what, "a string", "a string")
				}
			}
		}
		tellFaults(p, f, found)
	},
})
