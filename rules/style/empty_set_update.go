package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "empty-set-update", Family: family, Since: "0.1.0",
	Summary: "An empty attrset is merged with another",
	Doc: "`{ } // x` is `x`, but for the check that `x` is an attrset. The fix is safe where `x` is visibly one.\n" +
		"\n" +
		"An empty set with a comment in it is left alone: something is meant to stand there. So is one with the operator on\n" +
		"another line: it heads a column of operands.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixAlways, SafeFix: rules.FewerTokens,
	Aliases: []string{"nix-linter:UpdateEmptySet"},
	On:      []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpUpdate {
			return
		}
		neutral(p, n, ast.AttrSet, nixlang.TypeSet, "an empty attrset is merged")
	},
})
