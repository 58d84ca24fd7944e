package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "redundant-import-call", Family: family, Since: "0.1.0",
	Summary: "A list of modules imports a file that it could name",
	Doc: "The module system imports what a path in `imports` names. With `(import ./x.nix)` it gets a set or a function that has lost its\n" +
		"place: messages say `<unknown-file>`, and a module that is imported twice counts twice, so that lists double and options\n" +
		"are \"already declared\". `disabledModules` does not find it either.\n" +
		"\n" +
		"Write the path alone.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.List},
	Node: func(p *rules.Pass, n ast.Node) {
		name, direct := modsys.Listed(n)
		if name != "modules" && !modsys.Imports(name) || !direct || n.HasError() {
			return
		}
		for c := range n.Children() {
			call, ok := ast.AsApply(c.Unparen())
			if !ok || nixlang.Builtin(p.Names(), call.Func()) != "import" {
				continue
			}
			path := call.Arg().Unparen()
			if !path.Is(ast.Path) {
				continue
			}
			p.Report(diag.Finding{
				Span: call.Span(), Message: "a list of modules needs no `import`: the module loses its place and counts twice where it is imported twice",
				Help:  "write the path alone",
				Fixes: []diag.Fix{rules.Replace("write the path alone", diag.Unsafe, c.Span(), path.Text())},
			})
		}
	},
})
