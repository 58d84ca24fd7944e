package purity

import (
	"fmt"
	"maps"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "missing-fixed-output-hash", Family: family, Since: "0.1.0",
	Summary: "A fetcher of nixpkgs is called without a hash",
	Doc: "`pkgs.fetchurl`, `fetchFromGitHub` and their kin build what they fetch as a derivation whose hash must be known. Without one\n" +
		"nixpkgs takes a placeholder, and the build fails with \"hash mismatch\"; it prints the right one.\n" +
		"\n" +
		"Reported where the argument is a set that is written out, with a URL or a repository, and none of its names, inherited ones\n" +
		"included, is that of a hash. Functions of the file's own and those of `builtins`, under whatever name, are others, and what\n" +
		"is handed to `hashFile` is fetched for its hash.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On:    []ast.Kind{ast.Apply},
	Names: slices.Sorted(maps.Keys(fetchers)),
	Node: func(p *rules.Pass, n ast.Node) {
		call := ast.ApplyExpr{Node: n}
		name, set := fetcherCall(p.Names(), call)
		if name == "" {
			return
		}
		names, _, ok := attributes(set)
		if !ok || slices.ContainsFunc(names, isHashName) || slices.Contains(names, "showURLs") || documented(n) || hashed(n) {
			return
		}
		if !slices.ContainsFunc(names, func(attr string) bool { return slices.Contains(fetchers[name], attr) }) {
			return
		}
		p.ReportMildly(diag.Finding{
			Span: call.Func().Span(), Message: fmt.Sprintf("`%s` gets no hash: the build fails with a hash mismatch", name),
			Help: "add `hash = \"\";`, build it once, and write the hash that Nix prints behind `got:`",
		}, diag.Hint)
	},
})

// hashed reports whether a file is an argument of a function that computes its hash.
func hashed(n ast.Node) bool {
	at := n.OutsideParens()
	if in := at.Parent(); in.Is(ast.Interpolation) {
		at = in.Parent().OutsideParens()
	}
	call, ok := ast.AsApply(at.Parent())
	if !ok || call.Arg() != at {
		return false
	}
	fn, _ := ast.Call(call.Func())
	return ast.LastName(fn) == "hashFile"
}
