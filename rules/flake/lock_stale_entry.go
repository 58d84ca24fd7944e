package flakerules

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-stale-entry", Family: family, Since: "0.1.0",
	Summary: "flake.lock is of another declaration of an input",
	Doc: "Where the reference or the follows of an input differs from what `flake.lock` records, Nix locks the input anew when\n" +
		"the flake is used: the revision of the lock file is not the one that is built. Where Nix may not write the file it\n" +
		"fails, as in CI with `--no-update-lock-file`. Run `nix flake lock` and commit the result.\n" +
		"\n" +
		"References are compared by what they mean, in whatever form they are written.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !f.Nix.InputsLiteral || !soundLock(f) {
			return
		}
		for _, root := range f.Nix.Inputs {
			for in := range root.All() {
				if f.Stale(in) {
					reportStale(p, f, in)
				}
			}
		}
	},
})

func reportStale(p *rules.Pass, f *flake.Flake, in *flake.Input) {
	owner := f.Lock.RootNode()
	if in.Parent != nil {
		var ok bool
		if owner, ok = f.NodeOf(in.Parent); !ok {
			return // the parent's own finding says it
		}
	}
	entry, ok := owner.Input(in.Name)
	if !ok {
		return
	}
	locked := "an input of its own"
	if entry.IsFollows {
		locked = "what follows `" + strings.Join(entry.Follows, "/") + "`"
	} else if n := f.Lock.Node(entry.Node); n != nil {
		if ref, ok := n.Original.Ref(); ok {
			locked = "`" + ref.String() + "`"
		}
	}
	finding := diag.Finding{
		Span:    place(in),
		Message: fmt.Sprintf("input `%s` has changed: flake.lock has %s", joined(in), locked),
		Help:    "run `nix flake lock`",
		Related: []diag.Related{{File: filepath.Join(f.Dir, "flake.lock"), Span: entry.Value, Message: "as it is locked"}},
	}
	if in.Follows != nil {
		finding.Span = in.Follows.Node.Span()
	}
	if p.Project.Aside(f.Dir) {
		finding.Severity = diag.Info
	}
	p.Report(finding)
}
