package style

import (
	"maps"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "set-literal-update", Family: family, Since: "0.1.0",
	Summary: "Two attrset literals are merged by `//`",
	Doc: "`{ a = 1; } // { b = 2; }` is `{ a = 1; b = 2; }`.\n" +
		"\n" +
		"Nothing is said where the two share a name at the top (`{ a.x = 1; } // { a.y = 2; }` keeps `a.y` alone), where one is\n" +
		"`rec` or has a computed name, where a comment stands between them, and where they stand on lines of their own in a\n" +
		"chain with other operands.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixSometimes, SafeFix: rules.SameValue,
	Aliases: []string{"nix-linter:SetLiteralUpdate"},
	On:      []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpUpdate {
			return
		}
		var have map[string]bool
		start := func(set ast.Node) bool {
			names, ok := nixlang.AttrNames(set)
			have = names
			return ok && !set.IsRec()
		}
		take := func(set ast.Node) bool {
			names, ok := nixlang.AttrNames(set)
			if !ok || set.IsRec() {
				return false
			}
			for name := range names {
				if have[name] {
					return false
				}
			}
			maps.Copy(have, names)
			return true
		}
		literalRuns(p, n, ast.AttrSet, start, take, "attrset literals are merged", "write one set")
	},
})
