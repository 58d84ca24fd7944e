package flake

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-orphan-node", Family: family, Since: "0.1.0",
	Summary: "flake.lock has nodes that no input leads to",
	Doc: "Nix does not even read a node that the root does not reach. It stays in the file, misleads its readers and is gone\n" +
		"with the next rewrite: a sign that the file was edited or merged by hand. Run `nix flake lock`.",
	Severity: diag.Info, Presets: rules.Recommended, Tags: diag.Unnecessary, LockAlone: true,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !soundLock(f) || lostRoot(f) {
			return
		}
		reached := map[string]bool{}
		for _, name := range f.Reachable() {
			reached[name] = true
		}
		finding := diag.Finding{File: filepath.Join(f.Dir, "flake.lock"), Anywhere: true}
		var names []string
		for _, n := range f.Lock.Nodes {
			if reached[n.Name] {
				continue
			}
			if len(names) == 0 {
				finding.Span = n.Key
			} else if len(names) <= 20 {
				finding.Related = append(finding.Related, diag.Related{File: finding.File, Span: n.Key, Message: "no input leads here"})
			}
			names = append(names, strings.Clone(n.Name))
		}
		if len(names) == 0 {
			return
		}
		finding.Message = fmt.Sprintf("no input leads to the node %s", diag.List(names, 5))
		if len(names) > 1 {
			finding.Message = fmt.Sprintf("no input leads to the nodes %s", diag.List(names, 5))
		}
		finding.Subjects = names
		finding.Help = "run `nix flake lock` to have the file written anew"
		p.Report(finding)
	},
})
