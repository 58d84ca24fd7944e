package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "path-trailing-slash", Family: family, Since: "0.1.0",
	Summary: "A path literal ends with a slash",
	Doc: "Nix refuses a path literal that ends with `/`. Write the folder without it: `./dir`. A folder without a name is written\n" +
		"`./.` or `../.`: `./` and `.` are no paths.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nixf:path-trailing-slash"},
	Syntax:  ast.ErrTrailingSlash,
})
