package flake

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-absolute-path", Family: family, Since: "0.1.0",
	Summary: "A flake input names a path of one machine",
	Doc: "`path:/home/me/x` and `git+file:///home/me/x` exist for their author only. The lock file keeps the path, and where\n" +
		"neither the folder nor its copy in the store exists, Nix fails: \"path '/home/me/x' does not exist\". CI and other\n" +
		"users cannot evaluate the flake.\n" +
		"\n" +
		"Use a path relative to `flake.nix` for what lies in the same repository, the URL of a Git repository for what does\n" +
		"not, and `--override-input` to try out a local checkout.\n" +
		"\n" +
		"System folders such as `/etc/nixos`, inputs whose comment says that they are overridden, and the flakes of tests,\n" +
		"examples and templates are info. `/dev/null` and paths with `@`, `$` or braces are left alone.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		aside := p.Project.InAside(f.Dir)
		var s *signs
		for _, root := range f.Nix.Inputs {
			for in := range root.All() {
				name, severity, ok := machinePath(in.Ref)
				if !ok || in.URLNode.Is(ast.Path) { // Nix refuses absolute path literals
					continue
				}
				if s == nil {
					s = readSigns(p, f)
				}
				for _, n := range s.notes[root] {
					if strings.Contains(strings.ToLower(n.text), "overrid") {
						severity = min(severity, diag.Info)
					}
				}
				if aside {
					severity = min(severity, diag.Info)
				}
				p.Report(diag.Finding{
					Span: place(in), Severity: severity,
					Message: fmt.Sprintf("input %s names %s, a path of one machine", diag.Code(strings.Join(in.Path, "/")), diag.Code(name)),
					Help:    "name a path relative to flake.nix (`path:./…`) or the URL of a repository, and override it to try out a local checkout",
				})
			}
		}
	},
})
