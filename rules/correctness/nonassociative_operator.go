package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "nonassociative-operator", Family: family, Since: "0.1.0",
	Summary: "Comparisons are chained without parentheses",
	Doc: "`==`, `!=`, `<`, `<=`, `>` and `>=` do not associate: `a == b == c` is a syntax error, because it could mean two\n" +
		"things. The pipe operators `|>` and `<|` cannot be mixed for the same reason.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Aliases: []string{"nixf:parse-operator-noassoc"},
	Syntax:  ast.ErrNonassociative,
})
