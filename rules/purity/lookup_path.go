package purity

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "lookup-path", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A file is looked up in `NIX_PATH`",
	Doc: "`<nixpkgs>` is whatever `NIX_PATH` or the channels of whoever evaluates say that it is. Pure evaluation, that of flakes, has\n" +
		"neither: \"cannot look up '<nixpkgs>' in pure evaluation mode\". In a flake, take the input, `inputs.nixpkgs` or\n" +
		"`nixpkgs.lib.nixosSystem`; elsewhere, a source with a hash, as `fetchTarball` or npins give it.\n" +
		"\n" +
		"`<nix/fetchurl.nix>` is built in, and `tryEval` catches what fails. A file that binds `__findFile` looks up things in its own way." + rules.Reaching,
	Severity: diag.Error, Presets: rules.Recommended,
	On: []ast.Kind{ast.SearchPath},
	File: func(p *rules.Pass) {
		if strings.Contains(p.Tree.Source(), "__findFile") {
			return
		}
		for i, r := range p.Tree.Records() {
			if r.Kind != ast.SearchPath {
				continue
			}
			n := p.Tree.Node(ast.NodeID(i))
			text := n.Text()
			if strings.HasPrefix(text, "<nix/") {
				continue
			}
			f := diag.Finding{Span: n.Span(), Message: fmt.Sprintf("%s is looked up in `NIX_PATH`, which pure evaluation has not", diag.Code(text))}
			f.Help = "in a flake, use the input instead, such as `inputs.nixpkgs`; elsewhere, a source that a hash pins"
			at := p.Purely(n)
			if at.Caught() {
				continue
			}
			at.Report(p, f, rules.Degrees{Reached: diag.Error, Maybe: diag.Warning, Other: diag.Info})
		}
	},
})
