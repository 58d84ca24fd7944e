package flake

import (
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-missing", Family: family, Since: "0.1.0",
	Summary: "A flake with inputs has no flake.lock",
	Doc: "Without a lock Nix takes each input as it is on that day: two checkouts of one commit are two different things. It writes\n" +
		"the file when the flake is used from a checkout; where it may not, for a flake that is used by its URL, each use\n" +
		"looks all inputs up anew. Run `nix flake lock`, and commit the result.\n" +
		"\n" +
		"Tests, examples and templates are left alone, and so is a flake without inputs, which has no lock, and one whose inputs are\n" +
		"all folders of its own or fixed to a revision. If `.gitignore` keeps the file out, `lock-ignored` says so.",
	Severity: diag.Info, Presets: rules.Recommended, Placed: true,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		in, ok := unlockedInput(p, f)
		if !ok {
			return
		}
		if _, ignored := ignoredLock(p, f); ignored {
			return
		}
		reportUnlocked(p, f, diag.Finding{
			Span: in.NameNode.Span(), Message: "the flake has inputs and no flake.lock: each use takes them as they are that day",
			Help: "run `nix flake lock`, and commit the file",
		})
	},
})
