package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "int-overflow", Family: family, Since: "0.1.0",
	Summary: "A number is out of range",
	Doc: "Integers have 64 bits with a sign; the largest is 9223372036854775807. Nix refuses a larger literal, and so the\n" +
		"smallest integer, -9223372036854775808, cannot be written as one. Floats that are too large or too small for a double\n" +
		"are refused as well.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Aliases: []string{"nixf:parse-int-too-big"},
	Syntax:  ast.ErrIntOverflow,
})
