package flake

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lock-missing-entry", Family: family, Since: "0.1.0",
	Summary: "An input is not in flake.lock",
	Doc: "Nix locks the input when the flake is used, at whatever revision there is that day, and rewrites the file. Where it\n" +
		"may not, in CI with `--no-update-lock-file` or for a flake used by its URL, it fails: \"requires lock file changes\",\n" +
		"\"cannot write modified lock file\". Run `nix flake lock` and commit the result.\n" +
		"\n" +
		"A formal of `outputs` that no input declares is an input too. It, and an input without a `url`, is looked up in the\n" +
		"registry under its name, and fails where that has none of the name. The rule says nothing where there is no lock\n" +
		"file, and of a misspelt name `outputs-arg-not-input` tells." + asideIsInfo,
	Severity: diag.Warning, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !f.Nix.InputsLiteral || !soundLock(f) || lostRoot(f) {
			return
		}
		var misspelt map[*flake.Input]*flake.Input // by the rule that offers the right name
		if p.Runs("outputs-arg-not-input") {
			misspelt = meantInputs(f)
		}
		for _, in := range f.Nix.AllInputs() {
			if !f.Missing(in) || in.RefErr != nil || misspelt[in] != nil || toldBroken(p, f, in) {
				continue
			}
			finding := diag.Finding{
				Span:    in.NameNode.Span(),
				Message: fmt.Sprintf("input `%s` is not in flake.lock", in.Name),
				Help:    "run `nix flake lock`",
				Related: []diag.Related{{File: filepath.Join(f.Dir, "flake.lock"), Span: f.Lock.RootNode().Key, Message: "the inputs that are locked"}},
			}
			// In an input that is not literal, a url may stand where it is not seen.
			if bare := in.Literal && !in.URLNode.IsValid() && len(in.Attrs)+len(in.Faults) == 0 && in.Follows == nil; bare {
				what := "input `" + in.Name + "` has no url"
				if in.IsImplicit() {
					what = "`" + in.Name + "` is no input"
				}
				finding.Message = what + " and is not in flake.lock, so Nix looks it up in the registry"
				finding.Help = fmt.Sprintf("declare `inputs.%s.url`, then run `nix flake lock`", ast.QuoteAttr(in.Name))
				if _, known := in.Ref.Registry(); !known {
					finding.Message += "; the global registry is not known to have it"
				}
			}
			if p.Project.InAside(f.Dir) {
				finding.Severity = diag.Info
			}
			p.Report(finding)
		}
	},
})

// soundLock reports whether there is a lock file that Nix can read.
func soundLock(f *flake.Flake) bool {
	return f.Lock != nil && len(f.Lock.Problems) == 0
}
