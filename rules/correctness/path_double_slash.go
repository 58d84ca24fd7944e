package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "path-double-slash", Family: family, Since: "0.1.0",
	Summary:  "A path literal has two slashes in a row",
	Doc:      `Nix refuses ` + "`" + `//` + "`" + ` in a path literal: it reads the path only up to there. (` + "`" + `a // b` + "`" + ` with blanks is the update operator.)`,
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	Syntax: ast.ErrDoubleSlash,
})
