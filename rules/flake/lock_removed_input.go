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
	ID: "lock-removed-input", Family: family, Since: "0.1.0",
	Summary: "flake.lock has an input that flake.nix has no more",
	Doc: "Nix removes the entry when the flake is used, and rewrites the file. Where it may not, in CI with\n" +
		"`--no-update-lock-file` or for a flake used by its URL, it fails: \"requires lock file changes\", \"cannot write modified\n" +
		"lock file\". Run `nix flake lock` and commit the result.\n" +
		"\n" +
		"A formal of `outputs` that no input declares is an input too." + asideIsInfo,
	Severity: diag.Warning, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !soundLock(f) {
			return
		}
		for _, c := range f.Changes() {
			if c.Kind != flake.ChangeRemoved {
				continue
			}
			finding := diag.Finding{
				File: filepath.Join(f.Dir, "flake.lock"), Span: c.Entry.Key, Subjects: []string{strings.Clone(c.Entry.Name)}, Anywhere: true,
				Message: fmt.Sprintf("flake.nix has no input `%s`, which flake.lock has", c.Entry.Name),
				Help:    "run `nix flake lock`",
			}
			if p.Project.InAside(f.Dir) {
				finding.Severity = diag.Info
			}
			p.Report(finding)
		}
	},
})
