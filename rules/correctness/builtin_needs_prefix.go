package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "builtin-needs-prefix", Family: family, Since: "0.1.0",
	Summary: "A builtin is used without `builtins.`",
	Doc: "Few of Nix's builtins are bound in every file: `map`, `import`, `toString` and some more. All others need the prefix,\n" +
		"`builtins.attrNames`; without it Nix refuses the file. Under `with` nothing is reported: the name may come from there.\n" +
		"\n" +
		"The fix is safe where the builtin is called or is no function. Elsewhere, as in `\"${path}\"`, another variable\n" +
		"may have been meant.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixAlways, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nixf:sema-primop-needs-prefix"},
	Asks:    project.ForGiven,
	File: undefinedAs(unprefixedName, func(_ *rules.Pass, u sema.Use, _ int) presented {
		name, _ := ast.AttrName(u.Node)
		f := diag.Finding{
			Span:    u.Node.Span(),
			Message: "undefined variable `" + name + "`: the builtin is `builtins." + name + "`",
			Help:    "write `builtins." + name + "`",
		}
		safety := diag.Unsafe
		a, ok := ast.AsApply(u.Node.Parent())
		switch {
		case name == "fetchurl": // nixpkgs' function of that name is another one
			f.Help += ", or take `fetchurl` as an argument"
		case ok && a.Func() == u.Node, sema.LookupBuiltin(name).Args == 0:
			safety = diag.Safe
		}
		if u.Node.Is(ast.Ident) {
			f.Fixes = []diag.Fix{rules.Insert("add `builtins.`", safety, u.Node.Start(), "builtins.")}
		} else {
			f.Help = "write `inherit (builtins) " + name + "`"
			f.Fixes = []diag.Fix{inheritFrom(u.Node, name, "builtins")}
		}
		return presented{Finding: f}
	}),
})

// inheritFrom moves a name of a plain inherit into one from a set.
func inheritFrom(n ast.Node, name, from string) diag.Fix {
	in := n.Parent()
	title := "inherit `" + name + "` from `" + from + "`"
	if n.NumChildren() == 0 && in.NumChildren() == 1 {
		return rules.Insert(title, diag.Unsafe, n.Start(), "("+from+") ")
	}
	before := n.FirstToken().PrevSignificant()
	return diag.Fix{Title: title, Edits: []diag.Edit{
		{Span: source.Span{Start: before.Span().End, End: n.End()}},
		{Span: source.Span{Start: in.End(), End: in.End()}, Text: " inherit (" + from + ") " + ast.QuoteAttr(name) + ";"},
	}}
}
