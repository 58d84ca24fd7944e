package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "malformed-formals", Family: family, Since: "0.1.0",
	Summary: "The formals of a function are malformed",
	Doc: "Formals are separated by commas; one comma may follow the last name, none may follow `...`, which comes last and\n" +
		"once. `@` names the whole set, on one side.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nixf:sema-empty-formal", "nixf:sema-formal-missing-comma", "nixf:sema-formal-extra-ellipsis", "nixf:sema-misplaced-ellipsis", "nixf:parse-lambda-arg-extra-at", "nixf:parse-missing-sep-formals"},
	Syntax:  ast.ErrMalformedFormals,
})
