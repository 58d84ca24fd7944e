package nixlang

import (
	"path"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/sema"
)

// otherProjects are projects that are called after nixpkgs and are something else.
var otherProjects = map[string]bool{
	"nixpkgs-fmt": true, "nixpkgs-lint": true, "nixpkgs-review": true, "nixpkgs-hammering": true, "nixpkgs-update": true,
	"nixpkgs-mozilla": true, "nixpkgs-wayland": true, "nixpkgs-xr": true, "nixpkgs-esp-dev": true, "nixpkgs-ruby": true,
	"nixpkgs-python": true, "nixpkgs-terraform": true, "nixpkgs-firefox-darwin": true,
}

// namesNixpkgs reports whether a name is one that flake inputs and sources of nixpkgs have: nixpkgs, nixpkgs-unstable,
// nixpkgs_23_05, nixpkgs'.
func namesNixpkgs(name string) bool {
	rest, ok := strings.CutPrefix(name, "nixpkgs")
	return ok && (rest == "" || strings.IndexByte("-_'", rest[0]) >= 0) && !otherProjects[name]
}

// NamesPackages reports whether a name is one under which the packages of nixpkgs are at hand, and with them its lib:
// pkgs, pkgs-unstable, pkgsStable, or a name of nixpkgs, as of the flake.
func NamesPackages(name string) bool {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(name, "nix"), "pkgs")
	return ok && (rest == "" || rest[0] < 'a' || rest[0] > 'z') && !otherProjects[name]
}

// maxFetch is the length, in bytes, up to which the name of nixpkgs is looked for in what is fetched.
const maxFetch = 400

// IsNixpkgs reports whether an expression is the source of nixpkgs, what import needs: nixpkgs, inputs.nixpkgs-unstable,
// sources.nixpkgs.outPath, <nixpkgs>, ./nixpkgs, "${nixpkgs}", or a call that fetches it.
func IsNixpkgs(n ast.Node) bool {
	n = n.Unparen()
	switch n.Form() {
	case ast.Ident, ast.Select:
		name := ast.LastName(n)
		if s, ok := ast.AsSelect(n); ok && name == "outPath" {
			name = s.Holder()
		}
		return namesNixpkgs(name)
	case ast.SearchPath:
		return n.Text() == "<nixpkgs>"
	case ast.Path:
		return path.Base(n.Text()) == "nixpkgs"
	case ast.String:
		only := n.FirstChild()
		return only.Is(ast.Interpolation) && only.Start() == n.Start()+1 && only.End()+1 == n.End() && IsNixpkgs(only.FirstChild())
	case ast.Apply:
		fn, args := ast.Call(n)
		if len(args) != 1 || args[0].End()-args[0].Start() > maxFetch {
			return false
		}
		switch ast.LastName(fn) {
		case "fetchTarball", "fetchGit", "fetchTree", "fetchzip", "fetchgit", "fetchFromGitHub", "getFlake":
			source := args[0].Text()
			return strings.Contains(source, "/nixpkgs/") || strings.Contains(source, `/nixpkgs"`) || strings.Contains(source, `"nixpkgs"`)
		}
	}
	return false
}

// IsPackages reports whether an expression is the packages of nixpkgs; see PackagesFrom.
func IsPackages(names *sema.Info, n ast.Node) bool {
	_, ok := PackagesFrom(names, n)
	return ok
}

// PackagesFrom returns where an expression has the packages of nixpkgs from, through names that let binds: a variable that a caller
// passes as pkgs and that has no set written out as its default, a call of what nixpkgs' source holds, or a selection of the packages
// of one system from legacyPackages. ok is false for anything else.
func PackagesFrom(names *sema.Info, n ast.Node) (from ast.Node, ok bool) {
	for range maxAlias {
		n = n.Unparen()
		switch n.Form() {
		case ast.Apply:
			fn, args := ast.Call(n)
			return n, len(args) == 2 && Builtin(names, fn) == "import" && IsNixpkgs(args[0])
		case ast.Select:
			return n, selectsPackages(ast.SelectExpr{Node: n})
		case ast.Ident:
			b := names.Resolve(n)
			switch {
			case b == nil:
				return n, false
			case b.Kind == sema.FormalBinding:
				return n, b.Name == "pkgs" && !ast.FormalNode{Node: b.Decl}.Default().Unparen().Is(ast.AttrSet)
			case b.Kind == sema.ParamBinding:
				return n, b.Name == "pkgs"
			case b.Kind != sema.LetBinding || b.More || !b.Value.IsValid():
				return n, false
			}
			n = b.Value
		default:
			return n, false
		}
	}
	return n, false
}

// TakenFromPackages returns where a selection takes its last part from, if that is from the packages of nixpkgs: what PackagesFrom
// returns for pkgs.hello and pkgs.pkgsStatic.hello, the selection itself for nixpkgs.legacyPackages.SYSTEM.hello.
func TakenFromPackages(names *sema.Info, s ast.SelectExpr) (from ast.Node, ok bool) {
	parts := s.Attrpath().Parts()
	if s.Default().IsValid() || len(parts) == 0 {
		return s.Node, false
	}
	parts = parts[:len(parts)-1]
	if ofSystem(parts) {
		return s.Node, true
	}
	for _, part := range parts {
		if name, _ := ast.AttrName(part); !NamesPackages(name) {
			return s.Node, false
		}
	}
	return PackagesFrom(names, s.Operand())
}

// selectsPackages reports whether a selection ends in the packages of one system, or in a set like them that those have.
func selectsPackages(s ast.SelectExpr) bool {
	return !s.Default().IsValid() && ofSystem(s.Attrpath().Parts())
}

// ofSystem reports whether an attribute path ends in legacyPackages.SYSTEM, or that and names such as pkgsStatic.
func ofSystem(path []ast.Node) bool {
	for i, part := range path {
		if name, _ := ast.AttrName(part); name != "legacyPackages" {
			continue
		}
		rest := path[i+1:]
		return len(rest) > 0 && !slices.ContainsFunc(rest[1:], func(part ast.Node) bool {
			name, _ := ast.AttrName(part)
			return !NamesPackages(name)
		})
	}
	return false
}
