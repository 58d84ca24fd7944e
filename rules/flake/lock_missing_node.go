package flake

import (
	"fmt"

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
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Lock: func(p *rules.Pass, l *flake.LockFile) {
		for i, problem := range l.Problems(flake.ProblemMissingNode) {
			if i == maxProblems {
				return
			}
			p.Report(diag.Finding{
				Span:    problem.Span,
				Message: fmt.Sprintf("there is no node `%s`, which `%s` has as an input", problem.Target, problem.Node),
				Help:    restore,
			})
		}
	},
})
