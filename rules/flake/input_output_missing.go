package flake

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "input-output-missing", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "An output is taken of an input that does not have it",
	Doc: "`other.nixosModules.defualt` fails with \"attribute 'defualt' missing\" when it is evaluated. The outputs of an input are known\n" +
		"where its source is at hand: a flake in a folder beside this one (`path:./other`), one whose place `nixsift.toml` tells, one that\n" +
		"is checked in the same run or lies in the Nix store, where that is asked for. They are evaluated as those of this flake\n" +
		"(see `self-output-missing`). A checkout may be of another version than `flake.lock` has: there it is info.\n" +
		"\n" +
		"Of a few well-known flakes (home-manager, nix-darwin, sops-nix, agenix, disko, impermanence, lanzaboote, stylix, nixvim, flake-utils) the\n" +
		"names of modules and functions are known without their source; there slips in them are reported. Of nixpkgs all outputs are known:\n" +
		"`nixpkgs.hello` and `nixpkgs.packages.x86_64-linux.hello` do not exist.\n" +
		"\n" +
		"The fix puts the name that was probably meant.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: project.ForHanding,
	On:   []ast.Kind{ast.Select, ast.Inherit, ast.With},
	File: func(p *rules.Pass) {
		f := p.Project.Flake()
		if f == nil || f.Nix.Outputs.Attr == nil {
			return
		}
		for _, t := range takenOf(p) {
			if t.of != withSelf && t.of != withoutSelf || len(t.path) < 2 {
				continue
			}
			in := standsFor(f, f.Nix.Input(t.path[0].name))
			if in == nil || !in.Flake {
				continue
			}
			name := strings.Clone(t.path[0].name)
			at, source, ok := p.Project.InputFlake(f.Dir, in.Name)
			if !ok || in.Ref.IsNixpkgs() { // which has more than anybody reads at once
				if found, slip := slipInKnown(p, &t, in); slip {
					reportTaken(p, f, &t, found, func(a *rules.Asked, dir string) bool { return hasInput(a, dir, name) })
				}
				continue
			}
			if at.Nix.Outputs.Attr == nil {
				continue
			}
			found, ok := missingOutput(p, &t, p.Outputs(at.Dir), t.names(), "the input "+diag.Code(t.path[0].name))
			if !ok {
				continue
			}
			if found.Severity = diag.Info; source.Whole() {
				found.Severity = diag.Warning
			}
			reportTaken(p, f, &t, found, func(a *rules.Asked, dir string) bool { return hasInput(a, dir, name) })
		}
	},
})

// standsFor returns the input of the flake that one follows, through others; nil where that is none of the flake's own.
func standsFor(f *flake.Flake, in *flake.Input) *flake.Input {
	for n := 0; in != nil && in.Follows != nil; n++ {
		if len(in.Follows.Path) != 1 || n > maxAliases {
			return nil
		}
		in = f.Nix.Input(in.Follows.Path[0])
	}
	return in
}
