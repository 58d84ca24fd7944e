package values

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/eval"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "unexpected-argument", Family: family, Since: "0.1.0",
	Summary: "A function is called with an argument that it does not take",
	Doc: "`{ a, b }: …` takes `a` and `b` and nothing else: calling it with `{ a = 1; c = 2; }` fails with \"called with unexpected\n" +
		"argument 'c'\". Correct the name, leave the argument out, or let the function take others: `{ a, b, ... }:`.\n" +
		"\n" +
		"Reported for functions of the file and of files that it imports, however they are called, with arguments that are known\n" +
		"however they are put together. Calls of what a file is, `import ./file.nix { … }`, are the matter of\n" +
		"`call-argument-mismatch`. `callPackage` fills in what is missing, so of its calls only arguments that are not taken are\n" +
		"reported, as a warning: what is called so may be another function. Of functions of nixpkgs such as `writeShellApplication`, only\n" +
		"arguments are reported that are nearly one that they take, as a warning, too.\n" +
		"\n" +
		"The fix puts the name that was probably meant." + severity,
	Severity: diag.Error, Presets: rules.Recommended,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: asks,
	File: func(p *rules.Pass) {
		failures, _ := p.Failures()
		for _, f := range failures {
			switch {
			case f.Reason != eval.UnexpectedArg:
			case f.Inside != nil:
				report(p, inside(p, f), f)
			case !told(p, f):
				for _, name := range f.Names {
					found := unexpected(p, f, name)
					withSteps(p, f, &found)
					report(p, found, f)
				}
			}
		}
	},
})

func unexpected(p *rules.Pass, f eval.Finding, name string) diag.Finding {
	callee := called(f)
	found := diag.Finding{
		Span: callee, Message: quoted(p, callee, "the function") + " takes no argument " + diag.Code(name),
		Related: origin(f, p.Path, "what it takes"),
	}
	at, written := f.Passed(name)
	if written {
		found.Span = at
	}
	guess := f.Near(name)
	if guess == "" {
		return found
	}
	found.Help = "did you mean " + diag.Code(guess) + "?"
	if n := p.Tree.NodeAt(at); written && at.Of(p.Tree.Source()) == name && isBound(n) {
		found.Fixes = []diag.Fix{rules.Replace("pass it as "+diag.Code(guess), diag.Unsafe, at, guess)}
	}
	return found
}

// isBound reports whether a node is the name in `name = …`, which another name can stand for.
func isBound(n ast.Node) bool {
	path := n.Parent()
	return n.Is(ast.Name) && path.Is(ast.Attrpath) && n == path.FirstChild() && path.Parent().Is(ast.Binding)
}
