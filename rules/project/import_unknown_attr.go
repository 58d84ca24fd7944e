package project

import (
	"fmt"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "import-unknown-attr", Family: family, Since: "0.1.0",
	Summary: "An attribute is taken of another file that has no such attribute",
	Doc: "`(import ./lib.nix).name` fails with \"attribute 'name' missing\" where the set in `lib.nix` has no `name`; so does what\n" +
		"`inherit (import ./lib.nix) name;` makes, once it is used. The name was changed in one of the files only, or misspelt.\n" +
		"\n" +
		"Reported where all attributes of the set stand in the other file: it is a set literal, behind `let` and functions if\n" +
		"need be, without `//` and computed names. Other sets are the matter of `missing-attribute`. A\n" +
		"default (`or`) and a test (`?`) of the same name in the file say that it may be missing. For `inherit` it is a warning." + rules.Failing + "\n" +
		"\n" +
		"The fix puts the name that was probably meant.",
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Placed: true,
	Asks:   project.ForDefinesCallPackage | rules.ForComes,
	On:     []ast.Kind{ast.Path},
	File: func(p *rules.Pass) {
		failures, code := p.FailuresOfFiles()
		for _, f := range failures {
			if _, _, ok := f.OfFile(); !ok || f.Inside != nil || f.Reason != eval.MissingAttr || code.MayMiss(f.Name) {
				continue
			}
			found := diag.Finding{
				Span:    f.Span,
				Message: fmt.Sprintf("%s has no attribute %s", diag.Code(fileNamed(p, f)), diag.Code(f.Name)),
				Related: origin(f, "the set"),
			}
			if guess := near.Among(f.Name, slices.Values(f.Candidates())); guess != "" {
				found.Help = "did you mean " + diag.Code(guess) + "?"
				if !f.Inherited() && f.Span.Of(p.Tree.Source()) == f.Name {
					found.Fixes = []diag.Fix{rules.Replace("use "+diag.Code(guess), diag.Unsafe, f.Span, ast.QuoteAttr(guess))}
				}
			}
			comes := rules.Perhaps
			if !f.Inherited() && !f.OfPackage() {
				comes = p.Comes(f)
			}
			reportPlaced(p, found, rules.ThisFails, comes, f.OfPackage())
		}
	},
})
