package values

import (
	"fmt"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/rules"
)

// maxListed is the number of names that a message lists.
const maxListed = 6

var _ = rules.Register(&rules.Rule{
	ID: "missing-argument", Family: family, Since: "0.1.0",
	Summary: "A function is called without an argument that it needs",
	Doc: "`{ a, b }: …` needs `a` and `b`: calling it with `{ a = 1; }` fails with \"called without required argument 'b'\". Pass\n" +
		"it, or give it a default: `{ a, b ? null }:`.\n" +
		"\n" +
		"Reported for functions of the file and of files that it imports, however they are called, with arguments that are known\n" +
		"however they are put together. Calls of what a file is, `import ./file.nix { … }`, are the matter of\n" +
		"`call-argument-mismatch`. `callPackage` fills in what is missing, so of its calls only arguments that are not taken are\n" +
		"reported, as a warning: what is called so may be another function.\n" +
		"\n" +
		"Functions of nixpkgs that make derivations, such as `writeShellApplication` and\n" +
		"`fetchFromGitHub`, are known where they are called as what `pkgs` has, or by an argument of that name: as a warning, and not\n" +
		"where the project gives the name to something of its own. `derivation` needs `name`, `builder` and `system` as soon as its\n" +
		"`drvPath` or an output is evaluated." + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks: asks,
	File: func(p *rules.Pass) {
		each(p, func(f eval.Finding, _ *eval.Code) (diag.Finding, bool) {
			missing := f.Lacking()
			if len(missing) == 0 {
				return diag.Finding{}, false // unexpected-argument tells of the name in its place
			}
			word := "argument"
			if len(missing) > 1 {
				word = "arguments"
			}
			callee := called(f)
			return diag.Finding{
				Span: callee, Related: origin(f, p.Path, "what it takes"),
				Message: fmt.Sprintf("%s needs the %s %s, which the call does not pass", quoted(p, callee, "the function"), word, diag.List(missing, maxListed)),
			}, true
		}, eval.MissingArg)
	},
})
