package flake

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-version-unsupported", Family: family, Since: "0.1.0",
	Summary: "flake.lock is of a version that Nix does not read",
	Doc: "Nix reads the versions 5, 6 and 7 of lock files and refuses others, `{}` too: \"has unsupported version 0\". It writes\n" +
		"7 since 2020. The number was changed by hand or by a merge, or the file is no lock file of Nix.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Lock: func(p *rules.Pass, l *flake.LockFile) {
		for _, problem := range l.Problems(flake.ProblemVersion) {
			p.Report(diag.Finding{Span: problem.Span, Message: "Nix refuses flake.lock: " + problem.Message, Help: restore})
		}
	},
})
