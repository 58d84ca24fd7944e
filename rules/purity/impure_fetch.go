package purity

import (
	"fmt"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/nixlang"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "impure-fetch", Family: family, Since: "0.1.0",
	Summary: "A file that a flake reaches fetches what no hash pins",
	Doc: "Pure evaluation, that of flakes, refuses `fetchTarball` and `builtins.fetchurl` without a hash: \"in pure evaluation mode,\n" +
		"'fetchTarball' requires a 'sha256' argument\", though the URL names a whole commit. Add `sha256`, which `nix-prefetch-url\n" +
		"--unpack URL` prints, or make the source an input of the flake.\n" +
		"\n" +
		"In files that no flake surely reaches, `fetch-tarball-without-hash` speaks." + rules.Reaching,
	Severity: diag.Error, Presets: rules.Recommended,
	Asks:  project.ForReach,
	On:    []ast.Kind{ast.Apply},
	Names: nixlang.BuiltinNames("fetchTarball", "fetchurl"),
	Node: func(p *rules.Pass, n ast.Node) {
		name, url, ok := nixlang.UnhashedFetch(p.Names(), ast.ApplyExpr{Node: n})
		if !ok {
			return
		}
		p.Purely(n).Report(p, diag.Finding{
			Span: url.Span(), Message: fmt.Sprintf("pure evaluation refuses `%s` without `sha256`", name),
			Help: fmt.Sprintf("write `%s { url = …; sha256 = …; }`, or make the source an input of the flake", name),
		}, rules.Degrees{Reached: diag.Error})
	},
})
