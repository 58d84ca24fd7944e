package deprecated

import (
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "absolute-path-literal", Family: family, Since: "0.1.0",
	Summary: "A path literal is absolute, or begins with `~/`",
	Doc: "`/etc/x` without quotes is a file of the machine that evaluates the code: it is copied to the store as soon as it\n" +
		"becomes a string. Pure evaluation, that of flakes, forbids to read it, `builtins.pathExists` is `false` for it, and\n" +
		"`~/x` fails altogether.\n" +
		"\n" +
		"Where only the name is wanted, quote it. Where the file belongs to the project, write a relative path. `/.`, which\n" +
		"makes paths of strings, is not reported, and neither is what is appended: `/lib/x.nix` in `nixpkgs + /lib/x.nix`, or\n" +
		"the elements of a list such as `[ /src /tests ]`, which no machine has at its root. The fix quotes what surely is used as\n" +
		"text: the argument of `toString`, `import` and the like, and attributes named as `passwordFile` is.",
	Severity: diag.Info, Presets: rules.Strict,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Aliases: []string{"nix:lint-absolute-path-literals", "nixpkgs-vet:NPV-127", "nixpkgs-vet:NPV-128"},
	Asks:    project.ForReach,
	On:      []ast.Kind{ast.Path},
	Node: func(p *rules.Pass, n ast.Node) {
		text := n.FirstToken().Text()
		switch {
		case strings.HasPrefix(text, "~/"):
			report(p, diag.Finding{
				Span: n.Span(), Message: "path literal in the home folder of whoever evaluates it", Help: "use a path relative to the file, or a quoted absolute one",
			})
		case strings.HasPrefix(text, "/") && text != "/" && text != "/." && !nixlang.Appended(n) && (nixlang.OfMachine(text) || !n.OutsideParens().Parent().Is(ast.List)):
			f := diag.Finding{Span: n.Span(), Message: "absolute path literal", Help: "quote it, unless its content is to be copied to the store"}
			if nixlang.OnlyText(n) {
				f.Fixes = []diag.Fix{rules.Replace("quote the path", diag.Unsafe, n.Span(), `"`+n.Text()+`"`)}
			}
			report(p, f)
		}
	},
})

// report reports a finding, but in files that a flake reaches where impure-path says which paths are read.
func report(p *rules.Pass, f diag.Finding) {
	if !p.Runs("impure-path") {
		p.Report(f)
		return
	}
	path := p.Path
	p.Ask(func(a *rules.Asked) {
		if a.Reach(path) == project.Unreached {
			a.Report(f)
		}
	})
}
