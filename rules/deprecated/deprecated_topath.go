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
		"cleans it. Nix has deprecated it. `toString` gives the same string for a path or an absolute string; it is applied\n" +
		"without being asked for only to a path literal, for which nothing is left to be checked or cleaned.\n" +
		"\n" +
		"Where a path is wanted, and not its name, write `/. + \"/some/path\"`: it is copied to the store where it is\n" +
		"interpolated. A `toPath` that the file defines itself is not meant.",
	Severity: diag.Info, Presets: rules.Strict, Tags: diag.Deprecated,
	Fix: rules.FixSometimes, SafeFix: rules.SameValue,
	Aliases: []string{"statix:W17", "statix:deprecated_to_path"},
	On:      []ast.Kind{ast.Select, ast.Ident},
	Node: func(p *rules.Pass, n ast.Node) {
		if !namesToPath(n) || nixlang.Builtin(p.Names(), n) != "toPath" {
			return
		}
		f := diag.Finding{
			Span: n.Span(), Message: "`builtins.toPath` is deprecated and gives a string",
			Help: "use `toString`, or `/. + s` for a path",
		}
		name := "toString"
		if u, ok := p.Names().Use(variable(n)); !ok || nixlang.Hidden(p.Names(), u.Scope, name) {
			name = "builtins.toString"
		}
		safety := diag.Unsafe
		fn := n.OutsideParens()
		if call, ok := ast.AsApply(fn.Parent()); ok && call.Func() == fn && call.Arg().Unparen().Is(ast.Path) && !p.Tree.HasComment(n.Span()) {
			safety = diag.Safe
		}
		if n.Is(ast.Ident) || variable(n).Text() == "builtins" {
			f.Fixes = []diag.Fix{rules.Replace("use `"+name+"`", safety, n.Span(), nixlang.Splice(p.Tree, n.Span(), name))}
		}
		p.Report(f)
	},
})

// variable returns the variable that the name of a builtin begins with.
func variable(n ast.Node) ast.Node {
	if s, ok := ast.AsSelect(n); ok {
		return s.Operand().Unparen()
	}
	return n
}

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
