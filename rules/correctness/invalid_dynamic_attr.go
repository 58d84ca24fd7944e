package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "invalid-dynamic-attr", Family: family, Since: "0.1.0",
	Summary: "A name in `let` or `inherit` is computed",
	Doc: "The names that `let` and `inherit` bind must be known when the file is parsed. `${\"a\"}` and `\"a\"` are such names,\n" +
		"`${a}` and `\"${a}\"` are not.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Aliases: []string{"nixf:let-dynamic", "nixf:sema-dynamic-inherit", "nil:invalid_dynamic"},
	Syntax:  ast.ErrInvalidDynamic,
})
