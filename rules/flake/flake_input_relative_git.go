package flake

import (
	"fmt"
	"path"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-relative-git", Family: family, Since: "0.1.0",
	Summary: "A Git reference has a relative path",
	Doc: "`git+file:./x` is relative to the folder in which Nix runs, not to the flake: \"uses a path relative to the current\n" +
		"directory. This is not supported and will stop working in a future release\". What lies in the flake's repository is\n" +
		"`path:./x`, which is relative to `flake.nix`.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachURL(p, f, func(in *flake.Input) []diag.Finding {
			name, local := in.Ref.LocalPath()
			if in.Ref.Type != flake.TypeGit || in.RefErr != nil || !local || path.IsAbs(name) {
				return nil
			}
			finding := diag.Finding{
				Span:    in.URLNode.Span(),
				Message: fmt.Sprintf("input %s has a path that is relative to the folder in which Nix runs", inputCode(in)),
				Help:    "for a folder of this repository write `path:./…`, which is relative to flake.nix",
			}
			if in.Ref.Ref == "" && in.Ref.Rev == "" && len(in.Ref.Query()) == 0 {
				if !strings.HasPrefix(name, ".") {
					name = "./" + name
				}
				finding.Fixes = rewriteURL(in, "path:"+name)
			}
			return []diag.Finding{finding}
		})
	},
})
