package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unterminated-comment", Family: family, Since: "0.1.0",
	Summary: "A block comment is never closed",
	Doc: "Everything from `/*` to the end of the file is read as a comment. Nix only says that `/` is unexpected. Where the\n" +
		"comment should end cannot be known, so there is no fix.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Aliases: []string{"nixf:lex-unterminated-bcomment"},
	Syntax:  ast.ErrUnterminated,
})
