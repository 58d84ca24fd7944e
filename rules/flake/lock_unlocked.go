package flake

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-unlocked", Family: family, Since: "0.1.0",
	Summary: "A node of flake.lock fixes no content",
	Doc: "A locked reference needs a revision or a `narHash`; for tarballs, files and paths only the hash counts. Nix refuses\n" +
		"a file where both are missing: \"Lock file contains unlocked input\". Relative paths need neither, since they come\n" +
		"with the flake that names them.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Lock: func(p *rules.Pass, l *flake.LockFile) {
		reportProblems(p, l, restore, flake.ProblemUnlocked)
	},
})
