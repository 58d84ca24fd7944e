package traps

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "derivation-equality", Family: family, Since: "0.1.0",
	Summary: "Two derivations are compared with `==` or `!=`",
	Doc: "`==` compares sets attribute by attribute, but not derivations: of two sets with `type = \"derivation\"` it compares the\n" +
		"`outPath` alone. Two packages that differ in `meta` or `passthru` are equal, and two that build the same in different\n" +
		"ways are not. Say what is compared: `a.outPath == b.outPath`, `drvPath`, `pname` or `version`.\n" +
		"\n" +
		"Reported only where both sides surely are derivations: calls such as `mkDerivation` or `runCommand`, names bound to them\n" +
		"in the file, packages of `pkgs`.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	On: []ast.Kind{ast.Binary},
	Node: func(p *rules.Pass, n ast.Node) {
		if n.Op() != ast.OpEq && n.Op() != ast.OpNeq {
			return
		}
		b := ast.BinaryExpr{Node: n}
		if !isDerivation(p, b.Left(), maxAliases) || !isDerivation(p, b.Right(), maxAliases) {
			return
		}
		f := diag.Finding{
			Span:    n.Span(),
			Message: "both sides are derivations: `" + b.Operator().Text() + "` compares their `outPath` and nothing else",
			Help:    "compare the attribute that counts: `outPath`, `drvPath`, `pname` or `version`",
		}
		if plain(b.Left()) && plain(b.Right()) {
			left, right := b.Left().End(), b.Right().End()
			f.Fixes = []diag.Fix{{Title: "compare `outPath`", Edits: []diag.Edit{
				rules.Insert("", diag.Unsafe, left, ".outPath").Edits[0], rules.Insert("", diag.Unsafe, right, ".outPath").Edits[0],
			}}}
		}
		p.Report(f)
	},
})

// plain reports whether an expression is a name or a selection.
func plain(n ast.Node) bool {
	return n.Is(ast.Ident) || n.Is(ast.Select) && !(ast.SelectExpr{Node: n}).Default().IsValid()
}

// isDerivation reports whether the value of an expression surely is a derivation: a call that makes one, a
// changed one, a package of pkgs, or a name bound to such. fuel bounds the steps.
func isDerivation(p *rules.Pass, n ast.Node, fuel int) bool {
	names := p.Names()
	for ; fuel > 0; fuel-- {
		n = n.Unparen()
		switch n.Form() {
		case ast.Apply:
			fn, args := ast.Call(n)
			if makerArgs(names, fn) == len(args) || nixlang.Builtin(names, fn) == "derivation" && len(args) == 1 {
				return true
			}
			return fn.Is(ast.Select) && len(args) == 1 && ast.LastName(fn) == "overrideAttrs"
		case ast.Binary:
			b := ast.BinaryExpr{Node: n}
			right := b.Right().Unparen()
			if n.Op() != ast.OpUpdate || !right.Is(ast.AttrSet) || !keepsDerivation(right) {
				return false
			}
			n = b.Left()
		case ast.Select:
			return isPackage(names, ast.SelectExpr{Node: n})
		case ast.Ident:
			b := names.Resolve(n)
			if b == nil || b.Kind != sema.LetBinding && b.Kind != sema.RecBinding || b.More || !b.Value.IsValid() || hasOverrides(names, b) {
				return false
			}
			n = b.Value
		default:
			return false
		}
	}
	return false
}

// keepsDerivation reports whether a set that updates a derivation leaves it one with its outPath.
func keepsDerivation(set ast.Node) bool {
	has, known := attrNames(set)
	return known && !has["type"] && !has["outPath"]
}

// isPackage reports whether a selection is a package of pkgs, by its name.
func isPackage(names *sema.Info, s ast.SelectExpr) bool {
	pkgs := s.Operand().Unparen()
	part := s.Attrpath().FirstChild()
	if s.Default().IsValid() || part.NextSibling().IsValid() || !pkgs.Is(ast.Ident) || pkgs.Text() != "pkgs" || !nixlang.IsPackages(names, pkgs) {
		return false
	}
	name, ok := ast.AttrName(part)
	if !ok || strings.IndexByte(name, '_') == 0 {
		return false
	}
	switch name {
	case "lib", "config", "path", "system", "overlays", "formats", "types", "dockerTools", "testers", "nixosTests", "stdenv", "stdenvNoCC", "emptyFile":
		return false
	}
	for _, prefix := range []string{"pkgs", "write", "fetch", "mk", "make", "build", "call", "run", "wrap", "new", "override", "extend", "append", "splice", "nixos",
		"substitute", "symlink", "link", "concat", "apply", "replace", "remove", "ensure", "requireFile", "copy", "closure", "trivial", "lib", "test", "dhall", "ocamlPackages"} {
		if strings.HasPrefix(name, prefix) {
			return false
		}
	}
	for _, suffix := range []string{"Platform", "Packages", "Plugins", "Extensions", "Utils", "Lib", "Builder", "Tools", "pkgs", "Hook", "Pkgs", "Scope"} {
		if strings.HasSuffix(name, suffix) {
			return false
		}
	}
	return !strings.Contains(name, "Packages_")
}
