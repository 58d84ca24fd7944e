package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "list-literal-concat", Family: family, Since: "0.1.0",
	Summary: "Two list literals are concatenated",
	Doc: "`[ a ] ++ [ b ]` is `[ a b ]`. Where a comment stands between the two or in front of the elements of the second,\n" +
		"the lists are groups on purpose, and nothing is said. Nor where they stand on lines of their own in a chain with\n" +
		"other operands.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixSometimes, SafeFix: rules.SameValue,
	Aliases: []string{"nix-linter:ListLiteralConcat"},
	On:      []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpConcat {
			return
		}
		every := func(ast.Node) bool { return true }
		literalRuns(p, n, ast.List, every, every, "list literals are concatenated", "write one list")
	},
})
