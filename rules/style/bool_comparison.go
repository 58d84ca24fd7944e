package style

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "bool-comparison", Family: family, Since: "0.1.0",
	Summary: "A Boolean is compared with `true` or `false`",
	Doc: "A condition that is a Boolean already needs no comparison: `(a == b) == true` is `a == b`.\n" +
		"\n" +
		"For a value that may be something else the comparison is not the same: `x == true` is `false` for `null` and for a\n" +
		"string, where `if x` fails. So the fix is safe only where the operand is visibly a Boolean. For others the finding is a\n" +
		"hint, and there is none where the same file shows that the value can be `null` or of another type: an option of type\n" +
		"`nullOr`, `either`, `oneOf` or `enum`, a default of `null`, another comparison of it.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix:     rules.FixAlways,
	Aliases: []string{"statix:W01", "statix:bool_comparison"},
	File: func(p *rules.Pass) {
		var found []comparison
		for i, r := range p.Tree.Records() {
			if r.Kind == ast.Binary && (r.Op == ast.OpEq || r.Op == ast.OpNeq) && r.Flags&ast.HasError == 0 {
				if c, ok := newComparison(p, p.Tree.Node(ast.NodeID(i))); ok {
					found = append(found, c)
				}
			}
		}
		if len(found) == 0 {
			return
		}
		names := p.Names()
		var seen *otherTypes
		for _, c := range found {
			c.known = nixlang.TypeOf(names, c.x) == nixlang.TypeBool
			if !c.known {
				if seen == nil {
					seen = findOtherTypes(names)
				}
				if seen.has(c.x) {
					continue
				}
			}
			c.report(p)
		}
	},
})

// comparison is x == true and the like.
type comparison struct {
	n, x  ast.Node
	word  string // true or false
	known bool   // x is a Boolean
}

func newComparison(p *rules.Pass, n ast.Node) (comparison, bool) {
	b := ast.BinaryExpr{Node: n}
	left, right := constant(p.Names, b.Left()), constant(p.Names, b.Right())
	switch {
	case left == "" && right != "":
		return comparison{n: n, x: b.Left().Unparen(), word: right}, true
	case left != "" && right == "":
		return comparison{n: n, x: b.Right().Unparen(), word: left}, true
	}
	return comparison{}, false
}

func (c *comparison) report(p *rules.Pass) {
	f := diag.Finding{Span: c.n.Span(), Message: "comparison with `" + c.word + "`"}
	safety := diag.Safe
	if !c.known {
		safety, f.Severity = diag.Unsafe, diag.Hint
	}
	if (c.word == "true") == (c.n.Op() == ast.OpEq) {
		f.Help = "the condition alone says it"
		f.Fixes = []diag.Fix{put("use the operand alone", safety, c.n, c.x)}
	} else {
		f.Help = "negate the condition"
		text := c.x.Text()
		if nixlang.LevelOf(c.x) < nixlang.LevelNot {
			text = "(" + text + ")"
		}
		f.Fixes = []diag.Fix{swap("negate the operand", safety, c.n, "!"+text, nixlang.LevelNot, c.x)}
	}
	p.Report(f)
}
