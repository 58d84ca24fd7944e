package flake

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-ignored", Family: family, Since: "0.1.0",
	Summary: "Git ignores the flake.lock that a flake with inputs would have",
	Doc: "A `.gitignore` that covers `flake.lock` keeps it out of the repository, and Nix, which sees of that only what Git tracks,\n" +
		"locks all inputs anew each time. Take the pattern out, run `nix flake lock`, and commit the file.\n" +
		"\n" +
		"Of a lock that is there and ignored, `lock-untracked` tells. It is an info for a flake in a folder of the repository, which may\n" +
		"be one for tools; tests, examples and templates are left alone. So is a pattern that is meant: with a comment above it that\n" +
		"speaks of locks, or for `flake.lock` of folders below the root only, as `docs/*/flake.lock` or in a `.gitignore` there.",
	Severity: diag.Warning, Presets: rules.Recommended, Placed: true,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		in, ok := unlockedInput(p, f)
		if !ok {
			return
		}
		by, ignored := ignoredLock(p, f)
		if !ignored || lockMeant(p, f, by) {
			return
		}
		finding := diag.Finding{
			Span:    in.NameNode.Span(),
			Message: fmt.Sprintf("%s in %s:%d keeps flake.lock out of Git, so Nix takes the inputs as they are that day", diag.Code(by.Pattern), p.Project.Rel(by.File), by.Line),
			Help:    "do not ignore it, run `nix flake lock`, and commit the file",
		}
		if f.Dir != p.Project.Root() {
			finding.Severity = diag.Info
		}
		reportUnlocked(p, f, finding)
	},
})
