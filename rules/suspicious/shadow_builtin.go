package suspicious

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "shadow-builtin", Family: family, Since: "0.1.0",
	Summary: "A `let` or `rec` name hides a builtin function where readers expect the builtin",
	Doc: "Inside its scope the name no longer means the builtin. In a function that wraps the builtin under the same name even\n" +
		"the definition calls itself: `let toString = x: \"<\" + toString x + \">\";` never ends.\n" +
		"\n" +
		"Only names that a `let` or `rec` set defines and uses are meant; `derivation` and `placeholder`, which are good words\n" +
		"for data, only where they are called. Parameters and formals are left alone, for their names belong to an interface;\n" +
		"so are aliases such as `inherit (lib) map` and `map = lib.map`.",
	Severity: diag.Warning, Presets: rules.Strict,
	Aliases: []string{"nixf:sema-primop-overridden", "tvix:W004"},
	File: func(p *rules.Pass) {
		names := p.Names()
		all := names.Bindings()
		for i := 1; i < len(all); i++ {
			b := &all[i]
			if b.Kind > sema.RecBinding || !hidable(b.Name) || !b.Decl.Is(ast.Binding) || isAlias(b) {
				continue
			}
			if names.Scope(b.Scope).Node.HasError() {
				continue
			}
			if u, called := firstUse(names, sema.BindingID(i)); u.IsValid() && (called || !isWordForData(b.Name)) {
				f := diag.Finding{
					Span: b.Node.Span(), Message: "`" + b.Name + "` hides the builtin of that name",
					Help:    "rename it, or write `builtins." + b.Name + "` where the builtin is meant",
					Related: []diag.Related{{Span: u.Span(), Message: "used here"}},
				}
				switch {
				case b.Name == "builtins":
					f.Help = "rename it"
				case called && b.Value.IsValid() && b.Value.Encloses(u):
					f.Related[0].Message = "calls itself, not the builtin"
				}
				p.Report(f)
			}
		}
	},
})

// hidable reports whether a name is that of a builtin function which files can use without a prefix.
func hidable(name string) bool {
	switch name {
	case "abort", "baseNameOf", "derivation", "derivationStrict", "dirOf", "fetchGit", "fetchMercurial", "fetchTarball",
		"fromTOML", "import", "isNull", "map", "placeholder", "removeAttrs", "scopedImport", "throw", "toString", "builtins":
		return true
	}
	return false
}

// isAlias reports whether a name is bound to an attribute of the same name.
func isAlias(b *sema.Binding) bool {
	s, ok := ast.AsSelect(b.Value.Unparen())
	if !ok || b.More {
		return false
	}
	last := s.Attrpath().LastName()
	return last == b.Name
}

func isWordForData(name string) bool { return name == "derivation" || name == "placeholder" }

// firstUse returns the first place that calls a name, or the first that uses it.
func firstUse(names *sema.Info, id sema.BindingID) (use ast.Node, called bool) {
	for u := range names.UsesOf(id) {
		n := u.Node.OutsideParens()
		if up := n.Parent(); up.IsCall() && (ast.ApplyExpr{Node: up}).Func() == n {
			return u.Node, true
		}
		if !use.IsValid() {
			use = u.Node
		}
	}
	return use, false
}
