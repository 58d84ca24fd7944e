package flake

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-unknown-attribute", Family: family, Since: "0.1.0",
	Summary: "A reference in flake.lock has an attribute that its type does not have",
	Doc: "Nix refuses a lock file with an attribute that the fetcher does not know: \"input attribute 'foo' not supported by\n" +
		"scheme 'github'\". A later Nix may know it, so this is a warning: what wrote the file reads it, and others do not.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Lock: func(p *rules.Pass, l *flake.LockFile) {
		reportProblems(p, l, "remove it, or run `nix flake update` for the input with the oldest Nix that has to read the file", flake.ProblemAttribute)
	},
})
