package flake

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/rules"
)

// outputsOfKnown are names below outputs of well-known flakes, by their repository: those that any version has had, as of 2026-11. What is
// not among them is only told where it is a slip in one of them. Under "" stand all outputs of a flake, with what Nix adds: what else is
// taken of nixpkgs is mostly meant to be a package.
var outputsOfKnown = map[string]map[string]string{
	"github.com/lnl7/nix-darwin":            {"lib": "darwinSystem evalConfig"},
	"github.com/mic92/sops-nix":             modules("sops", "nixos darwin homeManager home"),
	"github.com/nix-community/disko":        modules("disko", "nixos"),
	"github.com/nix-community/home-manager": withLib("homeManagerConfiguration hm", modules("home-manager", "nixos darwin")),
	"github.com/nix-community/impermanence": modules("impermanence home-manager", "nixos homeManager"),
	"github.com/nix-community/lanzaboote":   modules("lanzaboote uki", "nixos"),
	"github.com/nix-community/nixvim":       modules("nixvim", "nixos darwin nixDarwin homeManager home"),
	"github.com/nix-community/stylix":       modules("stylix", "nixos darwin nixOnDroid homeManager home"),
	"github.com/nix-darwin/nix-darwin":      {"lib": "darwinSystem evalConfig"},
	"github.com/ryantm/agenix":              modules("age", "nixos darwin homeManager"),
	"github.com/numtide/flake-utils": {"lib": "allSystems check-utils defaultSystems eachDefaultSystem eachDefaultSystemMap eachDefaultSystemPassThrough eachSystem " +
		"eachSystemMap eachSystemPassThrough filterPackages flattenTree meld mkApp simpleFlake system systems"},
	flake.Nixpkgs: {"lib": "nixosSystem", "": "checks devShells formatter htmlDocs legacyPackages lib nixosModules inputs lastModified lastModifiedDate " +
		"narHash outPath outputs rev revCount shortRev sourceInfo submodules dirtyRev dirtyShortRev _type"},
}

// modules returns the outputs for the modules of some systems, all with the same names and default.
func modules(names, systems string) map[string]string {
	out := map[string]string{}
	for _, system := range strings.Fields(systems) {
		out[system+"Modules"] = "default " + names
	}
	return out
}

func withLib(lib string, outputs map[string]string) map[string]string {
	outputs["lib"] = lib
	return outputs
}

// slipInKnown returns a finding about a slip in what a file takes of an input whose source is not at hand.
func slipInKnown(p *rules.Pass, t *taken, in *flake.Input) (found diag.Finding, ok bool) {
	path := t.names()
	known := outputsOfKnown[in.Ref.Repository()]
	if in.RefErr != nil || known == nil || in.Ref.Dir != "" || len(path) == 0 || path[0] == "" {
		return found, false
	}
	if in.Ref.IsNixpkgs() && !slices.Contains(strings.Fields(known[""]), path[0]) {
		return t.noPackage(p, 0, near.Find(path[0], strings.Fields(known[""])))
	}
	if len(path) < 2 || path[1] == "" || p.MayMiss(path[1]) {
		return found, false
	}
	if meant := misspeltSystem(path[1]); in.Ref.IsNixpkgs() && path[0] == "legacyPackages" && (meant != "" || !strings.Contains(path[1], "-")) {
		return t.noPackage(p, 1, meant)
	}
	at, meant := 1, ""
	if names, is := known[path[0]]; is {
		meant = near.Find(path[1], strings.Fields(names))
		if strings.Contains(" "+names+" ", " "+path[1]+" ") || meant == "" || near.Distance(path[1], meant, maxSlip+1) > maxSlip {
			return found, false
		}
	} else if names := known[path[0]+"s"]; strings.HasSuffix(path[0], "Module") && strings.Contains(" "+names+" ", " "+path[1]+" ") {
		at, meant = 0, path[0]+"s" // what is called so is one module
	} else {
		return found, false
	}
	return t.unknown(at, path[:2], meant)
}

// noPackage is unknown for nixpkgs, of which mostly a package is meant to be taken.
func (t *taken) noPackage(p *rules.Pass, at int, meant string) (found diag.Finding, ok bool) {
	path := t.names()
	if p.MayMiss(path[at]) {
		return found, false
	}
	if found, ok = t.unknown(at, path[:at+1], meant); meant == "" {
		found.Help = "packages are in " + diag.Code("legacyPackages.${system}")
	}
	return found, ok
}

// unknown returns a finding about one of the names that are taken: no version of a well-known flake has the output that some of them name.
// What is meant is "" where nothing is near.
func (t *taken) unknown(at int, output []string, meant string) (found diag.Finding, ok bool) {
	part, ok := t.partAt(at)
	if !ok || part.name == "" {
		return found, false
	}
	found = diag.Finding{
		Span: part.node.Span(), Severity: diag.Warning,
		Message: "no version of " + diag.Code(strings.Clone(t.path[0].name)) + " is known to have the output " + diag.Code(written(output)),
	}
	if meant == "" {
		return found, true
	}
	found.Help = "did you mean " + diag.Code(meant) + "?"
	if part.node.Text() == part.name && !part.node.Parent().Is(ast.Inherit) && !part.node.Is(ast.Ident) {
		found.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, part.node.Span(), ast.QuoteAttr(meant))}
	}
	return found, true
}

// maxSlip is the number of letters that a slip in a known name may change.
const maxSlip = 2
