package nixlang

import (
	"path"
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
	switch n.Kind() {
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

// IsPackages reports whether a variable holds the packages of nixpkgs: one that a caller passes as pkgs and that has no set
// written out as its default, or that is bound to a call of what nixpkgs' source holds or to legacyPackages.
func IsPackages(names *sema.Info, n ast.Node) bool {
	n = n.Unparen()
	b := names.Resolve(n)
	if b == nil {
		return false
	}
	switch b.Kind {
	case sema.FormalBinding:
		return b.Name == "pkgs" && !ast.FormalNode{Node: b.Decl}.Default().Unparen().Is(ast.AttrSet)
	case sema.ParamBinding:
		return b.Name == "pkgs"
	case sema.LetBinding:
		if b.More || !b.Value.IsValid() {
			return false
		}
		value := b.Value.Unparen()
		if fn, args := ast.Call(value); len(args) == 2 {
			return names.IsGlobal(fn, "import") && IsNixpkgs(args[0])
		}
		s, ok := ast.AsSelect(value)
		return ok && s.Attrpath().Has("legacyPackages")
	}
	return false
}
