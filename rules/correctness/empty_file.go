package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "empty-file", Family: family, Since: "0.1.0",
	Summary: "The file is empty, or holds comments only",
	Doc: "Nix reads one expression from each file, and none is a syntax error: whatever imports the file fails. `{ }` is a module\n" +
		"that does nothing.\n" +
		"\n" +
		"Nothing in such a file can be wrong beside, so a project may keep empty placeholders that nothing imports: turn the\n" +
		"rule off for their paths with an `[[override]]` in `nixsift.toml`.",
	Severity: diag.Error, Presets: rules.Recommended,
	Syntax: ast.ErrEmptyFile,
})
