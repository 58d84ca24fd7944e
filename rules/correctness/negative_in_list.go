package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "negative-in-list", Family: family, Since: "0.1.0",
	Summary: "A negative number stands in a list without parentheses",
	Doc: "In a list each element stands for itself, so `-` cannot start one: `[ 5 -1 ]` is neither a subtraction nor two\n" +
		"numbers, but a syntax error. Write `[ 5 (-1) ]` for two elements, `[ (5 - 1) ]` for one.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	Syntax: ast.ErrNegativeInList,
})
