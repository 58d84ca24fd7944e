package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkif-constant", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "The condition of a `mkIf` is `true` or `false`",
	Doc: "`lib.mkIf true x` is `x`, and what stands under `lib.mkIf false` never counts, though every option in it has to exist. Either\n" +
		"is mostly left over from an attempt.",
	Severity: diag.Info, Presets: rules.Strict, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On:    []ast.Kind{ast.Apply},
	Names: []string{"mkIf"},
	Node: func(p *rules.Pass, n ast.Node) {
		fn, args := shortCall(n)
		if args != 2 || ast.LastName(fn) != "mkIf" || moduleFunction(p.Names(), fn) != "mkIf" {
			return
		}
		_, both := ast.Call(n)
		value, ok := constant(p, both[0].Unparen())
		if !ok {
			return
		}
		f := diag.Finding{Span: both[0].Span(), Message: "the condition is always true: `mkIf` does nothing here", Help: "leave the content alone"}
		if !value {
			f.Message, f.Help = "the condition is never true: what `mkIf` holds does not count", "leave it out"
		} else if head := (source.Span{Start: n.Start(), End: both[1].Start()}); !n.Tree().HasComment(head) {
			f.Fixes = []diag.Fix{rules.Delete("leave `mkIf true` out", diag.Unsafe, head)}
		}
		p.Report(f)
	},
})

// constant returns the Boolean that an expression is as it is written.
func constant(p *rules.Pass, n ast.Node) (value, ok bool) {
	n = n.Unparen()
	if n.Is(ast.Unary) && n.Op() == ast.OpNot {
		value, ok = constant(p, n.FirstChild().Unparen())
		return !value, ok
	}
	switch {
	case p.Names().IsGlobal(n, "true"):
		return true, true
	case p.Names().IsGlobal(n, "false"):
		return false, true
	}
	return false, false
}
