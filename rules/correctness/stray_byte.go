package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "stray-byte", Family: family, Since: "0.1.0",
	Summary: "The file holds bytes that are no part of the language",
	Doc: "A byte order mark, typographic quotes, a no-break space or a NUL byte outside strings and comments. Nix stops at most\n" +
		"of them with \"unexpected invalid token\"; a NUL byte it takes for the end of the file, and drops the rest in silence.\n" +
		"Where the file is complete up to there, Nix accepts it, and the finding is a warning without a fix.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Syntax: ast.ErrStrayByte,
})
