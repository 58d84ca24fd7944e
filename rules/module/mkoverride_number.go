package module

import (
	"fmt"
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkoverride-number", Family: family, Since: "0.1.0",
	Summary: "A priority or an order is a number that has a name",
	Doc: "`lib.mkOverride 50` is `lib.mkForce`, 1000 `lib.mkDefault`, 1500 `lib.mkOptionDefault`; `lib.mkOrder 500` is `lib.mkBefore`\n" +
		"and 1500 `lib.mkAfter`. The names say what is meant. Any other number is chosen on purpose and let pass.",
	Severity: diag.Info, Presets: rules.Strict, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On:    []ast.Kind{ast.Apply},
	Names: slices.Sorted(maps.Keys(priorityNames)),
	Node: func(p *rules.Pass, n ast.Node) {
		app := ast.ApplyExpr{Node: n}
		fn := app.Func().Unparen()
		name := ast.LastName(fn)
		number, ok := ast.IntValue(app.Arg().Unparen())
		better := priorityNames[name][number]
		if !ok || better == "" || moduleFunction(p.Names(), fn) != name {
			return
		}
		f := diag.Finding{Span: n.Span(), Message: fmt.Sprintf("`%s %d` is `%s`", name, number, better), Help: "use the name"}
		if text := p.Modules().Spell(better, n); text != "" && app.Func() == fn {
			f.Fixes = []diag.Fix{rules.Replace("use `"+text+"`", diag.Unsafe, n.Span(), text)}
		}
		p.Report(f)
	},
})

// priorityNames are the functions that stand for mkOverride and mkOrder with a number (lib/modules.nix).
var priorityNames = map[string]map[int64]string{
	"mkOverride": {50: "mkForce", 1000: "mkDefault", 1500: "mkOptionDefault"},
	"mkOrder":    {500: "mkBefore", 1500: "mkAfter"},
}
