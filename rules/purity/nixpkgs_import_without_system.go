package purity

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "nixpkgs-import-without-system", Family: family, Since: "0.1.0",
	Summary: "nixpkgs is imported in a flake without a system",
	Doc: "`import nixpkgs { }` asks for `builtins.currentSystem`, which pure evaluation has not: \"attribute 'currentSystem' missing\",\n" +
		"told of a file in nixpkgs. Pass one: `import nixpkgs { inherit system; }`, or take `nixpkgs.legacyPackages.${system}`. With\n" +
		"`localSystem`, or an argument that is not written out, nothing is said, and nothing in files that no flake reaches." + rules.Reaching,
	Severity: diag.Warning, Presets: rules.Recommended,
	Asks:  project.ForReach,
	On:    []ast.Kind{ast.Apply},
	Names: nixlang.BuiltinNames("import"),
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		inner, ok := ast.AsApply(call.Func().Unparen())
		if !ok || !call.Arg().Unparen().Is(ast.AttrSet) || !nixlang.IsNixpkgs(inner.Arg()) || inner.Arg().Unparen().Is(ast.SearchPath) {
			return
		}
		if nixlang.Builtin(p.Names(), inner.Func()) != "import" || hasSystem(call.Arg().Unparen()) {
			return
		}
		f := diag.Finding{
			Span: n.Span(), Message: "nixpkgs is imported without `system`, and pure evaluation has no `builtins.currentSystem`",
			Help: "pass it: `{ inherit system; }`, or take `legacyPackages.${system}` of the input",
		}
		if n.End()-n.Start() > maxMarked {
			f.Span = inner.Span()
		}
		p.Purely(n).Report(p, f, rules.Degrees{Reached: diag.Warning, Maybe: diag.Info, Other: diag.Off})
	},
})

// maxMarked is the length, in bytes, up to which a whole call is marked.
const maxMarked = 80

// hasSystem reports whether a set of arguments for nixpkgs has a system, or may have one.
func hasSystem(set ast.Node) bool {
	isSystem := func(part ast.Node) bool {
		name, static := ast.AttrName(part)
		return !static || name == "system" || name == "localSystem"
	}
	for c := range set.Children() {
		if in, ok := ast.AsInherit(c); ok {
			for part := range in.Names() {
				if isSystem(part) {
					return true
				}
			}
			continue
		}
		if b, ok := ast.AsBinding(c); !ok || isSystem(b.Attrpath().FirstChild()) {
			return true
		}
	}
	return false
}
