package flake

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-dirty-rev", Family: family, Since: "0.1.0",
	Summary: "An input is locked to a work tree with changes",
	Doc: "`dirtyRev` is what a Git work tree on one machine had besides its last commit, locked with `--allow-dirty-locks`. That state\n" +
		"can be fetched from nowhere: \"is unlocked … will break after garbage collection or when shared\", warns Nix; versions before\n" +
		"2.26 refuse the file. Commit in that repository, then lock the input anew.",
	Severity: diag.Warning, Presets: rules.Recommended, LockAlone: true,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		reportFloating(p, f, func(n *flake.LockNode, input string) (diag.Finding, bool) {
			return diag.Finding{
				Message: fmt.Sprintf("input `%s` is locked to a work tree with changes that are not committed", input),
				Help:    fmt.Sprintf("commit them in its repository, then run `nix flake update %s`", input),
			}, n.DirtyRev() != ""
		})
	},
})
