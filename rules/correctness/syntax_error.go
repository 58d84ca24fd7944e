package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "syntax-error", Family: family, Since: "0.1.0",
	Summary: "Nix cannot parse the file",
	Doc: "Nix reads a file as one expression and stops at the first place that does not fit its grammar. nixsift goes on\n" +
		"behind it and reports each such place once, with what was expected and, where it is known, the usual cause.\n" +
		"\n" +
		"The severity cannot be changed and comments cannot silence it: nothing that uses the file evaluates. A file that\n" +
		"is broken on purpose, such as a test case, is left out with `exclude` in `nixsift.toml`.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nil:syntax_error", "nixf:parse-expected", "nixf:parse-unexpected", "statix:E00"},
	Syntax:  ast.ErrSyntax,
})
