package flake

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-missing-ref", Family: family, Since: "0.1.0",
	Summary: "nixpkgs is taken from its default branch",
	Doc: "Without a branch, `github:NixOS/nixpkgs` is `master`. Its channels, `nixos-unstable`, `nixpkgs-unstable` and those of\n" +
		"the releases, follow when their tests have passed and the binary cache has what was built; on `master` much has to\n" +
		"be built here. flake.lock pins a commit in any case; the branch counts when it is updated.",
	Severity: diag.Info, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		missing := func(in *flake.Input) []diag.Finding {
			if in.RefErr != nil || !in.Flake || in.Ref.Repository() != flake.Nixpkgs || in.Ref.Ref != "" || in.Ref.Rev != "" ||
				in.Ref.Dir != "" || in.Ref.Type != flake.TypeGitHub && in.Ref.Type != flake.TypeGit {
				return nil
			}
			finding := diag.Finding{
				Span:    place(in),
				Message: fmt.Sprintf("input %s is the branch `master` of nixpkgs, of which not everything is built yet", inputCode(in)),
				Help:    "name a channel, as `github:NixOS/nixpkgs/nixos-unstable`",
			}
			if in.Ref.Text == "" {
				finding.Help = "add `ref = \"nixos-unstable\";`, or another channel"
			} else if in.Ref.Type == flake.TypeGitHub && !strings.Contains(in.Ref.Text, "?") {
				finding.Fixes = rewriteURL(in, strings.TrimSuffix(in.Ref.Text, "/")+"/nixos-unstable")
			}
			return []diag.Finding{finding}
		}
		eachURL(p, f, missing)
		eachTyped(p, f, missing)
	},
})
