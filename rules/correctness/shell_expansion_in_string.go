package correctness

import (
	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "shell-expansion-in-string", Family: family, Since: "0.1.0",
	Summary: "An expansion of the shell in a string is an interpolation to Nix",
	Doc: "Nix interpolates `${…}` in strings before a shell sees them. Of the shell's own `${name:-word}`, `${name%.*}`,\n" +
		"`${#name}`, `${list[@]}` and the like it can read few: most are syntax errors, and `${#name}` or `${name##*/}` begin a\n" +
		"comment that hides the rest of the line. What Nix accepts is a warning: `${name:-word}` is a URL literal, so the script\n" +
		"gets the text `name:-word`; `${!name}`, `${1}` and `${name: -1}` fail only when the string is used.\n" +
		"\n" +
		"Escape what is meant for the shell: `''${name:-word}` in `''` strings, `\\${name:-word}` in `\"` strings. `${dir/file}` is\n" +
		"a path and `${some-name}` a variable of Nix; both are left alone.",
	Severity: diag.Error, Presets: rules.Recommended, Mandatory: true,
	Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	ByTokens: true,
	Syntax:   ast.ErrShellExpansion,
	On:       []ast.Kind{ast.Interpolation},
	Node: func(p *rules.Pass, n ast.Node) {
		read := nixlang.ReadExpansion(n)
		if read == "" || unbound(p.Names(), n) {
			return
		}
		str := n.Parent()
		escape := ast.EscapeInterpolation(p.Tree.Source(), n.Start(), str.FirstToken().Span().End, str.Kind())
		dollar := source.Span{Start: n.Start(), End: n.Start() + 1}
		p.Report(diag.Finding{
			Severity: diag.Warning, Span: n.Span(),
			Message: diag.Code(n.Text()) + " is an expansion of the shell: Nix reads " + read,
			Help:    "write " + diag.Code(escape+n.Text()[1:]) + ", which Nix leaves alone",
			Fixes:   []diag.Fix{rules.Replace("write "+diag.Code(escape+"{"), diag.Unsafe, dollar, escape)},
		})
	},
})

// unbound reports whether an interpolation reads a name that nothing binds: undefined-variable tells of it.
func unbound(names *sema.Info, interp ast.Node) bool {
	for n := range interp.Descendants() {
		if u, ok := names.Use(n); ok && u.Target == sema.ToNothing {
			return true
		}
	}
	return false
}
