package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkoverride-around-mkif", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "`mkForce`, `mkDefault`, `mkBefore` or the like stands around a `mkIf`, a `mkMerge` or another priority",
	Doc: "The module system takes `mkIf` and `mkMerge` apart first, then the priority, then the order. What is left inside is the\n" +
		"value: `lib.mkForce (lib.mkIf c x)` makes the option's value the set `{ _type = \"if\"; … }`, or is \"not of type\" what\n" +
		"its type says, whatever `c` is. So do `mkForce (mkDefault x)` and `mkBefore (mkForce x)`.\n" +
		"\n" +
		"Write them the other way round: `lib.mkIf c (lib.mkForce x)`, `lib.mkForce (lib.mkBefore x)`.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Apply},
	Node: func(p *rules.Pass, n ast.Node) {
		fn, args := shortCall(n)
		name := ast.LastName(fn)
		if propertyArity[name] != args || name == "mkIf" || name == "mkMerge" || moduleFunction(p.Names(), fn) != name || n.HasError() {
			return
		}
		content := (ast.ApplyExpr{Node: n}).Arg()
		inner, ok := propertyOf(p.Names(), content)
		if !ok || !isOrder(name) && isOrder(inner.name) {
			return
		}
		f := diag.Finding{
			Span:    n.Span(),
			Message: "`" + name + "` around `" + inner.name + "`: the set that this makes becomes the value",
			Help:    "put `" + inner.name + "` around `" + name + "`",
		}
		f.Span.End = fn.End()
		if !inDefinitions(p, n) {
			f.Severity = diag.Warning
		}
		switch {
		case inner.name == "mkMerge":
			f.Help = "put `" + name + "` around the elements of the list"
		case inner.name != "mkIf" && !isOrder(name):
			f.Help = "leave one of them"
		}
		if content.Unparen() == inner.call && inner.name == "mkIf" && !n.Tree().HasComment(n.Span()) {
			f.Fixes = turned(n, content, inner.call)
		}
		p.Report(f)
	},
})

func isOrder(name string) bool { return name == "mkBefore" || name == "mkAfter" || name == "mkOrder" }

// turned exchanges a property and the mkIf in it.
func turned(outer, content, inner ast.Node) []diag.Fix {
	src := outer.Tree().Source()
	value := (ast.ApplyExpr{Node: inner}).Arg()
	head := src[outer.Start():content.Start()]
	text := src[inner.Start():value.Start()] + "(" + head + value.Text() + ")"
	return []diag.Fix{rules.Replace("put `mkIf` around it", diag.Unsafe, outer.Span(), text)}
}
