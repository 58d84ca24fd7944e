package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "missing-paren-in-list", Family: family, Since: "0.1.0",
	Summary: "A list element is more than a list can hold without parentheses",
	Doc: "The elements of a list are names, literals, sets, lists and selections. Functions, operators, `if`, `let`, `with`\n" +
		"and `assert` need parentheses there; without them Nix reports an unexpected token in the middle of the element.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Syntax: ast.ErrMissingParenInList,
})
