package deprecated

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "deprecated-topath", Family: family, Since: "0.1.0",
	Summary: "`builtins.toPath` is used",
	Doc: "In spite of its name `builtins.toPath` gives a string, not a path: it checks that its argument is an absolute path and\n" +
		"cleans it. Nix has deprecated it. For a path write `/. + \"/some/path\"`; for a string leave the call away.\n" +
		"\n" +
		"The proposed `/. + s` is a path, which is copied to the store where it is interpolated. So it is not applied without\n" +
		"being asked for. A `toPath` that the file defines itself is not meant.",
	Severity: diag.Info, Presets: rules.Strict, Tags: diag.Deprecated,
	Fix:     rules.FixSometimes,
	Aliases: []string{"statix:W17", "statix:deprecated_to_path"},
	On:      []ast.Kind{ast.Select, ast.Ident},
	Node: func(p *rules.Pass, n ast.Node) {
		if !namesToPath(n) || nixlang.Builtin(p.Names(), n) != "toPath" {
			return
		}
		f := diag.Finding{
			Span: n.Span(), Message: "`builtins.toPath` is deprecated and gives a string",
			Help: "use `/. + s` for a path, or the string itself",
		}
		fn := n.OutsideParens()
		if call, ok := ast.AsApply(fn.Parent()); ok && call.Func() == fn {
			text := nixlang.Wrap("/. + "+call.Arg().Text(), nixlang.LevelAdd, call.Node)
			fix := rules.Replace("use `/. +`", diag.Unsafe, call.Span(), nixlang.Splice(p.Tree, call.Span(), text))
			f.Fixes = []diag.Fix{fix}
		}
		p.Report(f)
	},
})

// namesToPath reports whether an expression ends in the name of the builtin.
func namesToPath(n ast.Node) bool {
	if n.Is(ast.Ident) {
		text := n.Text()
		return text == "toPath" || text == "__toPath"
	}
	part := (ast.SelectExpr{Node: n}).Attrpath().FirstChild()
	name, _ := ast.AttrName(part)
	return name == "toPath"
}
