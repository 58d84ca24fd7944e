package flake

import (
	"path/filepath"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-untracked", Family: family, Since: "0.1.0",
	Summary: "Git does not track flake.lock, so Nix does not read it",
	Doc: "Nix takes a flake from its Git repository, and of that only what is in the index. A lock file that nobody added is\n" +
		"not there: all inputs are locked anew, each time, and the file is overwritten. What it says, and what is wrong with\n" +
		"it, has no effect. `git add -N flake.lock` is enough, nothing needs to be committed; a file that `.gitignore` covers\n" +
		"needs `git add -f flake.lock`, or better a `.gitignore` without it.\n" +
		"\n" +
		"The repository is the innermost one around the file, and only a flake whose `flake.nix` it tracks is meant. Outside\n" +
		"of Git, and for `path:` references, the file is read.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Lock: func(p *rules.Pass, l *flake.LockFile) {
		if l.State != flake.LockUntracked {
			return
		}
		f := diag.Finding{
			Message: "Git does not track flake.lock, so Nix does not read it and locks the inputs anew each time",
			Help:    "run `git add -N flake.lock`",

			Untracked: filepath.Join(filepath.Dir(p.Path), "flake.lock"),
		}
		if l.Ignored != "" {
			f.Message = "Git does not track flake.lock (ignored by " + l.Ignored + "), so Nix does not read it and locks the inputs anew each time"
			f.Help, f.Untracked = "do not ignore it, or run `git add -f flake.lock`", ""
		}
		p.Report(f)
	},
})
