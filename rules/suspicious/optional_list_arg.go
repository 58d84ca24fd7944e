package suspicious

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "optional-list-arg", Family: family, Since: "0.1.0",
	Summary: "`lib.optional` is given a list",
	Doc: "`lib.optional c x` is `[ x ]`, so a list as `x` ends up as a list in a list. Nothing complains until something looks\n" +
		"into it: an option with a type does, a derivation flattens the lists of its inputs silently. `lib.optionals` takes\n" +
		"the list itself.\n" +
		"\n" +
		"Reported for lists, by their text or as what the argument surely comes to: `let deps = [ a b ]; in optional c deps`.\n" +
		"The rule is silent below `lib.concatLists` and its like, which expect lists of lists, and in files that use\n" +
		"`lib.flatten`. The fix needs an eye, as lists of lists may be meant elsewhere.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nixpkgs-lint:ArgsToOptionalIsList"},
	On:      []ast.Kind{ast.Apply},
	Names:   []string{"optional"},
	Node: func(p *rules.Pass, n ast.Node) {
		a := ast.ApplyExpr{Node: n}
		inner, ok := ast.AsApply(a.Func().Unparen())
		if !ok || ast.LastName(inner.Func()) != "optional" {
			return
		}
		arg, fn := a.Arg().Unparen(), inner.Func().Unparen()
		if nixlang.Lib(p.Names(), fn) != "optional" || flattened(n) || strings.Contains(p.Tree.Source(), "flatten") {
			return
		}
		if !arg.Is(ast.List) && !(p.MayBe(arg, eval.List) && p.Value(arg).Surely(eval.List)) {
			return
		}
		f := diag.Finding{
			Span: fn.Span(), Message: "`optional` with a list gives a list in a list", Help: "use `optionals`",
			Related: []diag.Related{{Span: a.Arg().Span(), Message: "this becomes one element"}},
		}
		// A name that a let inherits may lack its sibling.
		if last := fn.LastToken(); fn.Is(ast.Select) && last.Text() == "optional" {
			f.Fixes = []diag.Fix{rules.Replace("use `optionals`", diag.Unsafe, last.Span(), "optionals")}
		}
		p.Report(f)
	},
})

// flattened reports whether a list ends up as an argument of a function that joins lists of lists.
func flattened(n ast.Node) bool {
	for range 16 {
		n = n.OutsideParens()
		up := n.Parent()
		switch up.Form() {
		case ast.List:
		case ast.Binary:
			if up.Op() != ast.OpConcat {
				return false
			}
		case ast.Let, ast.With, ast.Assert, ast.If:
			if up.FirstChild() == n {
				return false
			}
		case ast.Apply:
			fn, _ := callee(up)
			switch ast.LastName(fn) {
			case "concatLists", "concatMap", "flip", "foldl'", "foldr", "crossLists", "cartesianProduct":
				return true
			case "optionals", "optional", "filter", "unique":
			default:
				return false
			}
		default:
			return false
		}
		n = up
	}
	return false
}
