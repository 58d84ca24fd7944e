package flake

import (
	"fmt"
	"path"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-points-to-file", Family: family, Since: "0.1.0",
	Summary: "The path of an input names a file instead of the folder of a flake",
	Doc: "A flake is a folder. Of `path:./sub/flake.nix` Nix wants the file `flake.nix` in it: \"path '…/flake.nix/flake.nix' does\n" +
		"not exist\". Name the folder. With `flake = false` a file is what the input is.",
	Severity: diag.Error, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		var found []diag.Finding
		for _, root := range f.Nix.Inputs {
			for in := range root.All() {
				if !in.Ref.IsRelative() || !in.Flake || in.RefErr != nil || strings.HasPrefix(in.Ref.Path, "~") || p.Project.Kind(target(f, in)) != project.Regular {
					continue
				}
				finding := diag.Finding{
					Span:    place(in),
					Message: fmt.Sprintf("input %s names the file %s, but a flake is a folder", inputCode(in), diag.Code(in.Ref.Path)),
					Help:    "name its folder, or write `flake = false`",
				}
				if dir, base := path.Split(in.Ref.Path); base == "flake.nix" {
					finding.Help = "name the folder"
					fixPath(&finding, in, strings.TrimSuffix(dir, "/"))
				}
				found = append(found, finding)
			}
		}
		tellFaults(p, f, found)
	},
})

// fixPath offers to name a folder instead of flake.nix in it.
func fixPath(finding *diag.Finding, in *flake.Input, dir string) {
	if dir == "" || dir == "." {
		return // the flake itself, or one that starts with it
	}
	text := in.URLNode.Text()
	if !in.URLNode.IsValid() || strings.Count(text, "/flake.nix") != 1 {
		return
	}
	text = strings.Replace(text, "/flake.nix", "", 1)
	if in.URLNode.Is(ast.Path) && !strings.Contains(text, "/") {
		return
	}
	finding.Fixes = []diag.Fix{rules.Replace("name the folder", diag.Unsafe, in.URLNode.Span(), text)}
}
