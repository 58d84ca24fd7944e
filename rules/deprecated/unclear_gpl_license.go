package deprecated

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
	"maps"
	"slices"
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
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"hammering:unclear-gpl"},
	On:      []ast.Kind{ast.Select, ast.Ident, ast.Inherit},
	Names:   slices.Sorted(maps.Keys(unclear)),
	Node: func(p *rules.Pass, n ast.Node) {
		if in, ok := ast.AsInherit(n); ok {
			if from := in.From(); from.IsValid() && isLicenses(p.Names(), from) {
				for name := range in.Names() {
					if text, _ := ast.AttrName(name); unclear[text] {
						reportLicense(p, name, text, false)
					}
				}
			}
			return
		}
		if at, ok := license(p, n); ok {
			name, _ := ast.AttrName(at)
			reportLicense(p, at, name, true)
		}
	},
})

// reportLicense reports the name of a license. An inherited one cannot be renamed in its place alone.
func reportLicense(p *rules.Pass, at ast.Node, name string, rename bool) {
	f := diag.Finding{
		Span: at.Span(), Message: "`" + name + "` does not say whether later versions of the license are allowed",
		Help: "use `" + name + "Only` or `" + name + "Plus`",
	}
	if rename {
		for _, clear := range []string{name + "Only", name + "Plus"} {
			f.Fixes = append(f.Fixes, rules.Replace("use `"+clear+"`", diag.Display, at.Span(), clear))
		}
	}
	p.Report(f)
}

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
	path := s.Attrpath()
	if !unclear[path.LastName()] {
		return n, false
	}
	parts := path.Parts()
	switch last := len(parts) - 1; last {
	case 0:
		return parts[0], isLicenses(p.Names(), s.Operand())
	case 1:
		return parts[1], isLicensesOf(s.Operand(), ast.Node{}, parts[0])
	default:
		return parts[last], isLicensesOf(s.Operand(), parts[last-2], parts[last-1])
	}
}

// isLicenses reports whether an expression is nixpkgs' set of licenses: lib.licenses, a name for it, or licenses where
// nothing in the file binds it to something else.
func isLicenses(names *sema.Info, n ast.Node) bool {
	for range 4 {
		n = n.Unparen()
		if s, ok := ast.AsSelect(n); ok {
			before, last := s.Attrpath().LastTwo()
			return isLicensesOf(s.Operand(), before, last)
		}
		if !n.Is(ast.Ident) {
			return false
		}
		b := names.Resolve(n)
		switch {
		case b == nil || !b.Value.IsValid():
			return n.Text() == "licenses"
		case b.Kind != sema.LetBinding:
			return false
		}
		n = b.Value
	}
	return false
}

// isLicensesOf reports whether a part of a path is the licenses of the lib that comes before it, in the path or as
// its operand.
func isLicensesOf(operand, before, part ast.Node) bool {
	if !part.Is(ast.Name) || part.Text() != "licenses" {
		return false
	}
	if before.IsValid() {
		return before.Text() == "lib"
	}
	operand = operand.Unparen()
	if s, ok := ast.AsSelect(operand); ok {
		return s.Attrpath().Last().Text() == "lib"
	}
	return operand.Is(ast.Ident) && (operand.Text() == "lib" || operand.Text() == "l")
}
