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
		"string, where `if x` fails. So only what is known to be a Boolean is reported: the result of an operator or of a builtin\n" +
		"that gives one, and, with a fix that is not applied without being asked for, that of a function of `lib` and an option\n" +
		"that the file declares as `bool`. Nothing is said about an option of several types, such as `either bool str`.",
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
		var declared *options
		for _, c := range found {
			if c.known = nixlang.TypeOf(names, c.x) == nixlang.TypeBool; c.known || isPredicate(names, c.x) {
				c.report(p)
				continue
			}
			if declared == nil {
				declared = findOptions(p.Tree)
			}
			if declared.isBool(c.x) {
				c.report(p)
			}
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
		safety = diag.Unsafe
	}
	if tooLong(c.n) {
		p.Report(f)
		return
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
