package flake

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-conflict-marker", Family: family, Since: "0.1.0",
	Summary: "flake.lock holds an unresolved merge conflict",
	Doc: "Nix cannot read the file: \"Could not parse '…/flake.lock'\". A lock file is better not merged by hand: take it from\n" +
		"one side, `git checkout --ours flake.lock` or `--theirs`, and let `nix flake lock` add what is missing.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Lock: func(p *rules.Pass, l *flake.LockFile) {
		if l.Error == nil || len(l.Error.Conflicts) == 0 {
			return
		}
		finding := diag.Finding{
			Span:    l.Error.Conflicts[0],
			Message: "flake.lock holds an unresolved merge conflict, so Nix cannot read it",
			Help:    "take one side, `git checkout --ours flake.lock` or `--theirs`, and run `nix flake lock`",
		}
		for i, s := range l.Error.Conflicts[1:] {
			if i == 8 {
				break
			}
			finding.Related = append(finding.Related, diag.Related{File: l.Path, Span: s, Message: "another line of it"})
		}
		p.Report(finding)
	},
})
