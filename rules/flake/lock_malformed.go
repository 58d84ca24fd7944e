package flake

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-malformed", Family: family, Since: "0.1.0",
	Summary: "flake.lock has a value that Nix refuses",
	Doc: "A value of the wrong type (\"type must be string, but is number\"), a part that is missing (`root`, `locked`,\n" +
		"`original`), a `narHash` that is no SHA-256 hash in SRI form, a type that no fetcher has: Nix refuses the whole file,\n" +
		"and with it the flake. It happens when the file is edited or merged by hand.\n" +
		"\n" +
		"Only what Nix reads counts: nodes that the root does not reach, and members it does not know, may be anything.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Lock: func(p *rules.Pass, l *flake.LockFile) {
		reportProblems(p, l, restore, flake.ProblemShape)
	},
})

// maxProblems bounds the findings of one rule in a lock file: where there are more, the file is broken as a whole.
const maxProblems = 50

// reportProblems reports the problems of a lock file of one kind.
func reportProblems(p *rules.Pass, l *flake.LockFile, help string, kind flake.ProblemKind) {
	problems := l.Problems(kind)
	for i, problem := range problems {
		text := "Nix refuses flake.lock: "
		if problem.Node != "" {
			text = fmt.Sprintf("Nix refuses flake.lock for its node `%s`: ", problem.Node)
		}
		if text += problem.Message; i == maxProblems-1 && len(problems) > maxProblems {
			text += fmt.Sprintf("; %d more are like this", len(problems)-maxProblems)
		}
		p.Report(diag.Finding{Span: problem.Span, Message: text, Help: help})
		if i == maxProblems-1 {
			return
		}
	}
}
