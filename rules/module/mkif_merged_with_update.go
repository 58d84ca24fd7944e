package module

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "mkif-merged-with-update", Family: family, Since: "0.1.0", Aliases: []string{"mkif-update"},
	Summary: "`//` joins a set with `mkIf`, `mkMerge` or the like, and one of the two is lost",
	Doc: "`lib.mkIf c { b = 2; }` is a set with the condition and the content in it. `{ a = 1; } // lib.mkIf c { b = 2; }` adds\n" +
		"those to the other set; the module system then sees a `mkIf` and takes its content alone: `a` is lost without a word, on\n" +
		"whichever side it stands. The same goes for `mkMerge`, `mkForce`, `mkDefault` and their kin.\n" +
		"\n" +
		"Join them by `lib.mkMerge [ { a = 1; } (lib.mkIf c { b = 2; }) ]`. An empty set loses nothing and is let pass.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpUpdate {
			return
		}
		for i := range 2 {
			prop, ok := propertyOf(p.Names(), n.Child(i))
			other := n.Child(1 - i)
			if !ok || losesNothing(other) {
				continue
			}
			at := n.Child(i).Span()
			if n.Child(i).Encloses(prop.call) {
				at = prop.call.Span()
				at.End = prop.fn.End()
			}
			p.Report(diag.Finding{
				Span:    at,
				Message: "`//` with `" + prop.name + "`: only its content counts, the other set is lost",
				Help:    "use `lib.mkMerge [ … ]` to join them",
				Related: []diag.Related{{Span: other.Unparen().Span(), Message: "this is lost"}},
				Fixes:   joinByMerge(p.Modules(), n, nil),
			})
			return
		}
	},
})

// losesNothing reports whether a set is empty, or written for the fields of a property.
func losesNothing(set ast.Node) bool {
	set = set.Tail()
	if !set.Is(ast.AttrSet) {
		return false
	}
	for c := range set.Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			return false
		}
		if !propertyFields[b.Attrpath().FirstName()] {
			return false
		}
	}
	return true
}
