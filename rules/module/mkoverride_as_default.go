package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkoverride-as-default", Family: family, Since: "0.1.0",
	Summary: "The `default` of an option is a `mkDefault`, `mkForce` or `mkIf`",
	Doc: "`mkDefault`, `mkForce`, `mkIf` and their kin make sets that the module system takes apart in definitions. What `mkOption` has\n" +
		"as its `default` is a definition of the lowest priority already, and nothing inside it is taken apart: the option's value\n" +
		"is the set `{ _type = \"override\"; … }`, or it is \"not of type\" what its type says.\n" +
		"\n" +
		"Write the plain value. A priority belongs to a definition in `config`.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On:    []ast.Kind{ast.Apply},
	Names: []string{"mkOption"},
	Node: func(p *rules.Pass, n ast.Node) {
		fn, args := shortCall(n)
		if args != 1 || ast.LastName(fn) != "mkOption" || !ofLib(p.Names(), fn) {
			return
		}
		b, ok := ast.Attr((ast.ApplyExpr{Node: n}).Arg().Unparen(), "default")
		if !ok {
			return
		}
		prop, ok := propertyOf(p.Names(), b.Value())
		if !ok {
			return
		}
		f := diag.Finding{
			Span:    b.Value().Unparen().Span(),
			Message: "`" + prop.name + "` means nothing in a `default`: the set that it makes becomes the value",
			Help:    "write the plain value",
		}
		if prop.name == "mkIf" || prop.name == "mkMerge" {
			f.Help = "write the plain value, or define the option in `config`"
		}
		if b.Value().Encloses(prop.call) {
			f.Span.Start, f.Span.End = prop.call.Start(), prop.fn.End()
			if prop.name != "mkIf" && prop.name != "mkMerge" && prop.call == b.Value().Unparen() {
				_, args := ast.Call(prop.call)
				value := args[len(args)-1]
				if !value.Tree().HasComment(b.Value().Span()) {
					f.Fixes = []diag.Fix{rules.Replace("write the plain value", diag.Unsafe, b.Value().Span(), value.Unparen().Text())}
				}
			}
		}
		p.Report(f)
	},
})
