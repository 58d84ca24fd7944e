package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "nul-byte-in-string", Family: family, Since: "0.1.0",
	Summary:  "A string holds a NUL byte",
	Doc:      `Strings in Nix cannot hold NUL bytes: current versions refuse the file, older ones cut the string off in silence.`,
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	Aliases: []string{"lix:nul-bytes"},
	Syntax:  ast.ErrNUL,
})
