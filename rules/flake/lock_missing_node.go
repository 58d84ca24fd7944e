package flakerules

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-missing-node", Family: family, Since: "0.1.0",
	Summary: "flake.lock refers to a node that it does not have",
	Doc: "An input that is a string in `flake.lock` names a node; where there is none of the name, Nix cannot read the file:\n" +
		"\"lock file references missing node 'x'\". It happens when merge conflicts are resolved by hand. Take one side of the\n" +
		"conflict and run `nix flake lock`.",
	Severity: diag.Error, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if f.Lock == nil {
			return
		}
		for _, problem := range f.Lock.Problems {
			if problem.Kind != flake.ProblemMissingNode {
				continue
			}
			p.Report(diag.Finding{
				File: filepath.Join(f.Dir, "flake.lock"), Span: problem.Span,
				Message: fmt.Sprintf("there is no node `%s`, which `%s` has as an input", problem.Target, problem.Node),
				Help:    "restore flake.lock from Git, or delete it, and run `nix flake lock`",
			})
		}
	},
})
