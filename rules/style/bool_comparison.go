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
		"string, where `if x` fails. So the fix is applied without being asked for only to what is known to be a Boolean: the\n" +
		"result of an operator or of a builtin that gives one. It is offered for what is one by its name or declaration: the\n" +
		"result of a function of `lib` such as `hasPrefix`, an option that the file declares as `bool`, an option called\n" +
		"`enable` unless the file declares it in another way, a formal whose default is one. For other values the finding is a hint.\n" +
		"\n" +
		"Nothing is said of a value that may have another type: an option such as `either bool str`, one below `settings`, a\n" +
		"formal whose default is `null`, and what the file compares with `null` or with a string, puts into a string, gives to\n" +
		"`toString` or asks for its type; the default of a selection, `x.y or false`, does not count. Nor of a value of unknown\n" +
		"type that it compares with both `true` and `false`, nor of the parameter of a function that is no condition elsewhere, as\n" +
		"in `filterAttrs (_: v: v != false)`: there the comparison tells one value from all others.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixAlways, SafeFix: rules.SameValue,
	Aliases: []string{"statix:W01", "statix:bool_comparison"},
	On:      []ast.Kind{ast.Binary},
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
		var others map[string]comparedWith
		for _, c := range found {
			typ := nixlang.TypeOf(names, c.x)
			if c.known = typ == nixlang.TypeBool; c.known || isPredicate(names, c.x) {
				c.report(p, diag.Info)
				continue
			}
			if typ != nixlang.TypeUnknown {
				continue
			}
			if declared == nil {
				declared, others = findOptions(p.Tree, p.Modules), comparedOtherwise(names)
			}
			guess := guessOf(names, c.x, others)
			if guess == likely && declared.isUnknown(names, c.x) {
				guess = anything
			}
			// A Boolean may well be asked for both; what is compared with both to tell them from a third is none.
			_, text := operand(names, c.x)
			third := others[text] == both && guess != likely && !declared.isBool(c.x)
			switch {
			case guess == mixed || third || declared.isOther(names, c.x):
			case guess == likely || declared.isBool(c.x):
				c.report(p, diag.Info)
			default:
				c.report(p, diag.Hint)
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

func (c *comparison) report(p *rules.Pass, severity diag.Severity) {
	f := diag.Finding{Span: c.n.Span(), Message: "comparison with `" + c.word + "`", Severity: severity}
	safety := diag.Safe
	if !c.known {
		safety = diag.Unsafe
	}
	if tooLong(c.n) {
		p.Report(f)
		return
	}
	if (c.word == "true") == (c.n.Op() == ast.OpEq) {
		f.Help = "use the operand alone"
		f.Fixes = []diag.Fix{put("use the operand alone", safety, c.n, c.x)}
	} else {
		f.Help = "negate the operand"
		text := c.x.Text()
		if s, ok := ast.AsSelect(c.x); ok && s.Default().IsValid() || nixlang.LevelOf(c.x) < nixlang.LevelNot {
			text = "(" + text + ")"
		}
		f.Fixes = []diag.Fix{swap("negate the operand", safety, c.n, "!"+text, nixlang.LevelNot, c.x)}
	}
	if severity == diag.Hint {
		f.Help += ", if it is always a Boolean"
	}
	p.Report(f)
}
