package deprecated

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

// unclear are the licenses of nixpkgs that do not say whether later versions are allowed. Newer trees mark
// them as deprecated or no longer have them (lib/licenses).
var unclear = map[string]bool{
	"agpl3": true, "fdl11": true, "fdl12": true, "fdl13": true, "gpl1": true, "gpl2": true, "gpl3": true, "lgpl2": true, "lgpl21": true, "lgpl3": true,
}

var _ = rules.Register(&rules.Rule{
	ID: "unclear-gpl-license", Family: family, Since: "0.1.0",
	Summary: "A GNU license does not say whether later versions are allowed",
	Doc: "nixpkgs has `gpl3Only` and `gpl3Plus`; plain `gpl3` says neither and is deprecated. Which one is right stands in the\n" +
		"headers of the package's sources, so both are offered and none is applied.",
	Severity: diag.Warning, Presets: rules.Nixpkgs, Tags: diag.Deprecated,
	Fix:     rules.FixAlways,
	Aliases: []string{"hammering:unclear-gpl"},
	On:      []ast.Kind{ast.Select, ast.Ident},
	Node: func(p *rules.Pass, n ast.Node) {
		at, ok := license(p, n)
		if !ok {
			return
		}
		name := at.Text()
		var fixes []diag.Fix
		for _, clear := range []string{name + "Only", name + "Plus"} {
			fixes = append(fixes, rules.Replace("use `"+clear+"`", diag.Display, at.Span(), clear))
		}
		p.Report(diag.Finding{
			Span: at.Span(), Message: "`" + name + "` does not say whether later versions of the license are allowed",
			Help: "use `" + name + "Only` or `" + name + "Plus`", Fixes: fixes,
		})
	},
})

// license returns the name of an unclear license where n takes it from nixpkgs' licenses: lib.licenses.gpl3, or
// gpl3 below with lib.licenses.
func license(p *rules.Pass, n ast.Node) (name ast.Node, ok bool) {
	if n.Is(ast.Ident) {
		if !unclear[n.Text()] {
			return n, false
		}
		u, ok := p.Names().Use(n)
		if !ok || u.Target != sema.ToWith {
			return n, false
		}
		scope := u.Scope
		for range 64 {
			if scope == 0 {
				break
			}
			s := p.Names().Scope(scope)
			if s.Node.Is(ast.With) && isLicenses(p.Names(), ast.WithExpr{Node: s.Node}.Env()) {
				return n, true
			}
			scope = s.Parent
		}
		return n, false
	}
	s := ast.SelectExpr{Node: n}
	before, last := ast.Node{}, ast.Node{}
	for part := range s.Attrpath().Children() {
		before, last = last, part
	}
	if !last.Is(ast.Name) || !unclear[last.Text()] {
		return n, false
	}
	if before.IsValid() {
		return last, before.Text() == "licenses"
	}
	return last, isLicenses(p.Names(), s.Operand())
}

// isLicenses reports whether an expression is named licenses, and not bound in the file to something else.
func isLicenses(names *sema.Info, n ast.Node) bool {
	n = n.Unparen()
	if s, ok := ast.AsSelect(n); ok {
		last := ast.Node{}
		for part := range s.Attrpath().Children() {
			last = part
		}
		return last.Is(ast.Name) && last.Text() == "licenses"
	}
	if !n.Is(ast.Ident) || n.Text() != "licenses" {
		return false
	}
	b := names.Resolve(n)
	return b == nil || !b.Value.IsValid() || b.Value.Unparen().Is(ast.Select)
}
