package ci

import (
	"fmt"
	"path/filepath"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "sandbox-disabled-in-ci", Family: family, Since: "0.1.0",
	Summary: "CI builds without Nix's sandbox",
	Doc: "Without the sandbox a build sees the network, the runner's files and programs, and what other builds left behind. A package\n" +
		"that needs one of them builds in CI and nowhere else; from there it comes into the binary cache, under the hash of a\n" +
		"pure build. `sandbox = relaxed` opens the sandbox for derivations with `__noChroot` only.\n" +
		"\n" +
		"Looked for are `--no-sandbox` and `--option sandbox false` of commands of Nix, NIX_CONFIG, the inputs for `nix.conf` of\n" +
		"actions that install Nix, what a step writes to a `nix.conf`, and `nixConfig` of `flake.nix`, which asks everybody to\n" +
		"build so. Jobs in containers, as those of GitLab and Woodpecker, often may not make the namespaces that the sandbox\n" +
		"needs; there this is information. On macOS the sandbox is off by default.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Mentions: []string{"--no-sandbox", "sandbox false", "sandbox = false", "sandbox=false", "sandbox relaxed", "sandbox = relaxed"},
	Programs: isNix,
	On:       []ast.Kind{ast.File},
	Node: func(p *rules.Pass, n ast.Node) {
		if filepath.Base(p.Path) == "flake.nix" {
			sandboxInFlake(p)
		}
	},
	Script: func(p *rules.Pass, d *shell.Doc) {
		eachSetting(p, d, func(s setting) {
			if s.name != "sandbox" || s.value != "false" && s.value != "relaxed" {
				return
			}
			f := diag.Finding{Span: s.span}
			switch {
			case s.value == "relaxed":
				f.Severity = diag.Info
				f.Message = fmt.Sprintf("`%s` lets derivations with `__noChroot` out of the sandbox: they build here and not where it is closed", s.written)
				f.Help = "mend those derivations, and leave the setting out"
			case d.System == shell.GitLab || d.System == shell.Woodpecker:
				f.Severity = diag.Info
				f.Message = unsandboxed(s.written)
				f.Help = "a container needs the privilege to make namespaces (`privileged`); where the runner has it, leave the setting out"
			default:
				f.Message = unsandboxed(s.written)
				f.Help = "leave it out; what needs the network belongs into a fixed-output derivation, what needs a file into `src` or the inputs"
			}
			p.Report(f)
		})
	},
})

func unsandboxed(written string) string {
	return fmt.Sprintf("`%s` builds with the network and the files of the runner: what builds here need not build elsewhere", written)
}

// sandboxInFlake looks at nixConfig.
func sandboxInFlake(p *rules.Pass) {
	f := p.Project.FlakeIn(filepath.Dir(p.Path))
	if f == nil || f.Nix == nil || f.Nix.Root == nil {
		return
	}
	settings, _ := f.Nix.Config()
	for _, s := range settings {
		if canonical(s.Name) != "sandbox" || len(s.Values) != 1 || s.Values[0].Text != "false" && s.Values[0].Text != "relaxed" {
			continue
		}
		value := s.Values[0]
		p.Report(diag.Finding{
			Span:    value.Node.Span(),
			Message: fmt.Sprintf("`nixConfig` asks whoever builds the flake to set `%s = %s`: builds then see the network and the machine's files", s.Name, value.Text),
			Help:    "leave it out; Nix takes it from trusted users only, and asks them",
		})
	}
}
