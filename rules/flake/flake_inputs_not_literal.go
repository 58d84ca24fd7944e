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
		"`rec { }`, `''…''`, unquoted URLs, parentheses and a key written `${\"a\"}` are accepted; so is a path literal, from\n" +
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
				if n = thunk(n); !n.IsValid() || seen[n] {
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

// thunk returns the part of what is not literal that Nix would have to evaluate; invalid for values of a
// wrong type.
func thunk(n ast.Node) ast.Node {
	switch n = n.Unparen(); n.Kind() {
	case ast.Apply, ast.Select, ast.HasAttr, ast.Binary, ast.Unary, ast.Let, ast.LegacyLet, ast.With, ast.If, ast.Assert, ast.SearchPath:
		return n
	case ast.Ident:
		switch n.Text() {
		case "true", "false", "null":
			return ast.Node{}
		}
		return n
	case ast.String, ast.IndString, ast.Path, ast.Interpolation:
		if _, constant := ast.ConstantText(n); constant {
			return ast.Node{}
		}
		for d := range n.Descendants() {
			if d.Is(ast.Interpolation) {
				return n
			}
		}
	case ast.Name:
		if n.Parent().Is(ast.Inherit) {
			return n
		}
	}
	return ast.Node{}
}
