package flake

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-missing-root", Family: family, Since: "0.1.0",
	Summary: "flake.lock has no node for the flake itself",
	Doc: "`root` names the node that has the flake's own inputs. Where there is no such node, Nix takes the lock file for\n" +
		"empty, without a word: it locks all inputs anew and rewrites the file, or fails where it may not.",
	Severity: diag.Warning, Presets: rules.Recommended, LockAlone: true,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !lostRoot(f) || f.Nix != nil && len(f.Nix.AllInputs()) == 0 {
			return
		}
		finding := diag.Finding{
			File: filepath.Join(f.Dir, "flake.lock"), Span: f.Lock.RootSpan,
			Message: fmt.Sprintf("`root` names `%s`, which is no node, so for Nix no input is locked", f.Lock.Root),
			Help:    restore,
		}
		if len(f.Lock.Nodes) == 0 {
			finding.Message = "there are no nodes, so for Nix no input is locked"
			if f.Lock.NodesSpan != (source.Span{}) {
				finding.Span = f.Lock.NodesSpan
			}
		}
		p.Report(finding)
	},
})

// lostRoot reports whether there is a lock file that Nix can read, but finds no inputs in.
func lostRoot(f *flake.Flake) bool {
	return f.Lock != nil && f.Lock.RootNode() == nil && len(f.Lock.Problems) == 0
}
