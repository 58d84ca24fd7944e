package deprecated

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "deprecated-topath", Family: family, Since: "0.1.0",
	Summary: "`builtins.toPath` is used",
	Doc: "In spite of its name `builtins.toPath` gives a string, not a path: it checks that its argument is an absolute path and\n" +
		"cleans it, `//a/./b` to `/a/b`. Nix has deprecated it. `toString` gives the same string for a path; a string it leaves\n" +
		"as it is. For that `toString (/. + s)` is the same: `/. + s` is the path, cleaned, and `toString` its name.\n" +
		"\n" +
		"The fix is applied without being asked for only to a path, or to a literal string with an absolute path. For others it\n" +
		"needs an eye where `toPath` or its replacement fails: `/. + s` takes a string that is no absolute path, and refuses one\n" +
		"that refers to the store, such as `\"${pkgs.hello}/bin\"`, which needs no cleaning. Where a path is wanted, and not its\n" +
		"name, `/. + s` alone gives it: it is copied to the store where it is interpolated. A `toPath` that the file defines\n" +
		"itself is not meant.",
	Severity: diag.Info, Presets: rules.Strict, Tags: diag.Deprecated,
	Fix: rules.FixSometimes, SafeFix: rules.SameValue,
	Aliases: []string{"statix:W17", "statix:deprecated_to_path"},
	On:      []ast.Kind{ast.Select, ast.Ident},
	Names:   nixlang.BuiltinNames("toPath"),
	Node: func(p *rules.Pass, n ast.Node) {
		if !namesToPath(n) || nixlang.Builtin(p.Names(), n) != "toPath" {
			return
		}
		f := diag.Finding{
			Span: n.Span(), Message: "`builtins.toPath` is deprecated and gives a string",
			Help: "use `toString (/. + s)`, which is the same for a string `s`, or `toString` for a path",
		}
		name := "toString"
		if u, ok := p.Names().Use(variable(n)); !ok || nixlang.Hidden(p.Names(), u.Scope, name) {
			name = "builtins.toString"
		}
		fn := n.OutsideParens()
		call, ok := ast.AsApply(fn.Parent())
		if ok && call.Is(ast.Apply) && call.Func() == fn && (n.Is(ast.Ident) || variable(n).Text() == "builtins") {
			f.Fixes = cleaned(p, call, name)
		}
		p.Report(f)
	},
})

// cleaned returns the fix that writes a call of toPath with the function of the given name that gives the text of a path.
// It keeps the value: toString does for a path, and for a string where that is made one first.
func cleaned(p *rules.Pass, call ast.ApplyExpr, name string) []diag.Fix {
	arg := call.Arg()
	before := source.Span{Start: call.Start(), End: arg.Start()}
	if p.Tree.HasComment(before) || refersToStore(arg.Unparen()) {
		return nil
	}
	if nixlang.TypeOf(p.Names(), arg) == nixlang.TypePath {
		return []diag.Fix{rules.Replace("use `"+name+"`", diag.Safe, before, nixlang.Splice(p.Tree, before, name+" "))}
	}
	safety := diag.Unsafe
	if text, ok := ast.StringValue(arg.Unparen()); ok && strings.HasPrefix(text, "/") {
		safety = diag.Safe
	}
	fix := rules.Replace("use `"+name+" (/. + …)`", safety, before, nixlang.Splice(p.Tree, before, name+" (/. + "))
	fix.Edits = append(fix.Edits, diag.Edit{Span: source.Span{Start: arg.End(), End: arg.End()}, Text: ")"})
	return []diag.Fix{fix}
}

// refersToStore reports whether a string starts with what is interpolated into it: most often a package.
func refersToStore(n ast.Node) bool {
	for i := 0; i < 64 && n.Is(ast.Binary); i++ {
		n = n.Child(0).Unparen()
	}
	if !n.Is(ast.String) && !n.Is(ast.IndString) {
		return false
	}
	for part := range ast.Parts(n) {
		return !part.IsText()
	}
	return false
}

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
