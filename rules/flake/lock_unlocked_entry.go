package flake

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-unlocked-entry", Family: family, Since: "0.1.0",
	Summary: "An input is locked without a revision",
	Doc: "What a repository had at some time can be fetched again by its revision. A locked reference of Git, Mercurial, GitHub,\n" +
		"GitLab, SourceHut or the registry that has a `narHash` only is checked but not found again: \"Lock file entry … is unlocked\n" +
		"(e.g. lacks a Git revision) but is checked by NAR hash\", warns Nix since 2.26. It works as long as the store has the source.\n" +
		"\n" +
		"Archives, files and paths have no revision and are locked by the hash. Of a work tree with changes `lock-dirty-rev` tells, of\n" +
		"a reference without a hash `lock-unlocked`." + asideIsInfo,
	Severity: diag.Warning, Presets: rules.Recommended, LockAlone: true,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		reportFloating(p, f, func(n *flake.LockNode, input string) (diag.Finding, bool) {
			return diag.Finding{
				Message: fmt.Sprintf("input `%s` is locked by the hash of its content, not by a revision: once the store has lost it, it is not found again", input),
				Help:    fmt.Sprintf("run `nix flake update %s`", input),
			}, n.DirtyRev() == ""
		})
	},
})

// reportFloating reports findings about the nodes of which Nix warns that they are not locked.
func reportFloating(p *rules.Pass, f *flake.Flake, tell func(n *flake.LockNode, input string) (diag.Finding, bool)) {
	if !soundLock(f) {
		return
	}
	told := 0
	for _, name := range f.Reachable() {
		n := f.Lock.Node(name)
		if n.Locked == nil || !n.ByHashOnly() {
			continue
		}
		path, _ := f.PathTo(name)
		input := inputPath(path)
		finding, ok := tell(n, input)
		if !ok {
			continue
		}
		if told++; told > maxProblems {
			return
		}
		finding.File, finding.Span = filepath.Join(f.Dir, "flake.lock"), n.Locked.Key
		finding.Subjects, finding.Anywhere = []string{input}, true
		if p.Project.InAside(f.Dir) {
			finding.Severity = diag.Info
		}
		p.Report(finding)
	}
}
