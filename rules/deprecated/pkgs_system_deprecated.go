package deprecated

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/libtable"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/rules"
)

// systemWarned is the release of nixpkgs that warns of pkgs.system (pkgs/top-level/aliases.nix, 2025-10-28).
var systemWarned = libtable.Release{Year: 25, Month: 11}

// hostPlatform is the path below the packages of nixpkgs that has the name of the system.
const hostPlatform = "stdenv.hostPlatform"

var _ = rules.Register(&rules.Rule{
	ID: "pkgs-system-deprecated", Family: family, Since: "0.1.0",
	Summary: "`pkgs.system` is used",
	Doc: "`system` in the packages of nixpkgs is an old name of `stdenv.hostPlatform.system`. Since 25.11 nixpkgs warns where it is\n" +
		"evaluated; where `config.allowAliases` is false, it is missing and evaluation fails.\n" +
		"\n" +
		"Where `flake.lock` pins nixpkgs, that decides: with one that surely does not warn yet nothing is said. With one that may\n" +
		"not, as an unstable branch before 25.11, and without such a lock it is information.\n" +
		"\n" +
		"Meant are the selection, `inherit (pkgs) system`, and `system` where one `with pkgs` alone gives it. `pkgs` is an argument\n" +
		"of that name, an import of nixpkgs or `legacyPackages.SYSTEM`, or a name that the file binds to one of these. What asks\n" +
		"first is left alone: `if pkgs ? system then pkgs.system else …`, `pkgs.system or …`.\n" +
		"\n" +
		"The fix is safe where the file itself takes the packages from nixpkgs. An argument may be another set, without\n" +
		"`stdenv`: there the fix needs an eye.",
	Severity: diag.Warning, Presets: rules.Recommended, Tags: diag.Deprecated,
	Fix: rules.FixSometimes, SafeFix: rules.SameValue,
	On:    []ast.Kind{ast.Select, ast.Ident, ast.Inherit},
	Names: []string{"system"},
	Node: func(p *rules.Pass, n ast.Node) {
		switch n.Kind() {
		case ast.Select:
			selectedSystem(p, ast.SelectExpr{Node: n})
		case ast.Ident:
			if n.Text() == "system" {
				systemOfWith(p, n)
			}
		case ast.Inherit:
			inheritedSystem(p, ast.InheritNode{Node: n})
		}
	},
})

// selectedSystem examines pkgs.system.
func selectedSystem(p *rules.Pass, s ast.SelectExpr) {
	part := s.Attrpath().Last()
	if name, _ := ast.AttrName(part); name != "system" {
		return
	}
	from, ok := nixlang.TakenFromPackages(p.Names(), s)
	if !ok || asksForSystem(s.Node, s.Operand()) {
		return
	}
	fix := rules.Replace(useHostPlatform, systemSafety(from), part.Span(), hostPlatform+".system")
	pkgs := s.Operand()
	if from == s.Node {
		pkgs = from // legacyPackages.SYSTEM.system
	}
	reportSystem(p, s.Node, pkgs, fix)
}

// systemOfWith examines the name system, which a with may give: in an expression, or inherited from the scope.
func systemOfWith(p *rules.Pass, name ast.Node) {
	u, ok := p.Names().Use(name)
	if !ok {
		return
	}
	pkgs, ok := nixlang.GivenByWith(p.Names(), u)
	if !ok {
		return
	}
	from, ok := nixlang.PackagesFrom(p.Names(), pkgs)
	if !ok || asksForSystem(name, pkgs) {
		return
	}
	if !name.Is(ast.Ident) || nixlang.Hidden(p.Names(), u.Scope, "stdenv") {
		reportSystem(p, name, pkgs)
		return
	}
	reportSystem(p, name, pkgs, rules.Replace(useHostPlatform, systemSafety(from), name.Span(), hostPlatform+".system"))
}

// inheritedSystem examines inherit (pkgs) system, and inherit system below with pkgs.
func inheritedSystem(p *rules.Pass, in ast.InheritNode) {
	var system ast.Node
	for part := range in.Names() {
		if name, ok := ast.AttrName(part); ok && name == "system" {
			system = part
		}
	}
	pkgs := in.From()
	if !system.IsValid() {
		return
	}
	if !pkgs.IsValid() {
		systemOfWith(p, system)
		return
	}
	from, ok := nixlang.PackagesFrom(p.Names(), pkgs)
	if !ok || asksForSystem(in.Node, pkgs) {
		return
	}
	reportSystem(p, system, pkgs, inheritHostPlatform(p, in, system, systemSafety(from))...)
}

// inheritHostPlatform inherits system from the platform of the packages, in an inherit of its own where there are other names. It leaves alone
// what has comments, which would be lost or come twice.
func inheritHostPlatform(p *rules.Pass, in ast.InheritNode, system ast.Node, safety diag.Safety) []diag.Fix {
	pkgs := in.From().Unparen()
	if in.NumChildren() == 2 && !pkgs.IsCall() { // the source and one name
		return []diag.Fix{rules.Insert(useHostPlatform, safety, pkgs.End(), "."+hostPlatform)}
	}
	if p.Tree.HasComment(in.Span()) {
		return nil
	}
	text := pkgs.Text()
	if pkgs.IsCall() {
		text = "(" + text + ")"
	}
	gap := " "
	if nixlang.StartsLine(in.FirstToken()) {
		gap = nixlang.LineBreak(p.Tree.Source()) + nixlang.Indent(p.Tree, in.Start())
	}
	statement := "inherit (" + text + "." + hostPlatform + ") system;"
	if in.NumChildren() == 2 {
		return []diag.Fix{rules.Replace(useHostPlatform, safety, in.Span(), statement)}
	}
	fix := rules.Insert(useHostPlatform, safety, in.Start(), statement+gap)
	fix.Edits = append(fix.Edits, nixlang.Cut(p.Tree, system.Span()))
	return []diag.Fix{fix}
}

const useHostPlatform = "use `" + hostPlatform + ".system`"

// reportSystem reports a use of the system of the packages, unless the pinned nixpkgs does not warn of it.
func reportSystem(p *rules.Pass, at, pkgs ast.Node, fixes ...diag.Fix) {
	pin, pinned := p.Project.Pin()
	if pinned && pin.May.Compare(systemWarned) < 0 {
		return
	}
	name := "pkgs"
	if pkgs = pkgs.Unparen(); pkgs.Is(ast.Ident) {
		name = pkgs.Text()
	}
	f := diag.Finding{
		Span: at.Span(), Message: "`" + name + ".system` is deprecated since nixpkgs " + systemWarned.String(),
		Help: "use `" + name + "." + hostPlatform + ".system`", Fixes: fixes,
	}
	if !pinned || pin.Has.Compare(systemWarned) < 0 {
		f.Severity = diag.Info
	}
	p.Report(f)
}

// systemSafety says who may apply a fix: only packages that the file takes from nixpkgs surely have the new name. from is what
// nixlang.PackagesFrom tells.
func systemSafety(from ast.Node) diag.Safety {
	if from.IsCall() { // import nixpkgs { }
		return diag.Safe
	}
	s, ok := ast.AsSelect(from)
	if !ok {
		return diag.Unsafe
	}
	holder := ast.LastName(s.Operand())
	for _, name := range s.Attrpath().Names() {
		if name == "legacyPackages" && nixlang.NamesPackages(holder) {
			return diag.Safe
		}
		holder = name
	}
	return diag.Unsafe
}

// asksForSystem reports whether what is around an expression asks whether the packages have a system, pkgs ? system: the
// condition of an if, or what stands before && or ||.
func asksForSystem(n, pkgs ast.Node) bool {
	for range 64 {
		up := n.Parent()
		var cond ast.Node
		switch up.Kind() {
		case ast.File:
			return false
		case ast.If, ast.Binary:
			cond = up.FirstChild()
		}
		if cond.IsValid() && cond != n {
			cond = cond.Unparen()
			if cond.Is(ast.Unary) {
				cond = cond.FirstChild().Unparen()
			}
			if h, ok := ast.AsHasAttr(cond); ok && h.Attrpath().IsSingle("system") && nixlang.Same(h.Operand(), pkgs) {
				return true
			}
		}
		n = up
	}
	return false
}
