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
	ID: "flake-input-url-and-follows", Family: family, Since: "0.1.0",
	Summary: "An input has a reference of its own and follows another",
	Doc: "An input is either fetched from its `url` (or `type`, `owner` and so on), or is the input that it `follows`. With both,\n" +
		"Nix reads no further: \"flake input has both a flake reference and a follows attribute\". Older versions, 2.26 among them,\n" +
		"took `follows` without a word. The same goes for an override, below the `inputs` of an input.\n" +
		"\n" +
		"Remove one of the two. `flake = false` and overrides may stand beside `follows`; Nix ignores them.",
	Severity: diag.Error, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		for _, root := range f.Nix.Inputs {
			for in := range root.All() {
				ref := reference(in)
				if in.Follows == nil || !ref.IsValid() {
					continue
				}
				p.Report(diag.Finding{
					Span:    in.Follows.Node.Span(),
					Message: fmt.Sprintf("input %s has both a reference and `follows`", diag.Code(strings.Join(in.Path, "/"))),
					Help:    "remove `follows`, or the reference",
					Related: []diag.Related{{Span: ref.Span(), Message: "the reference"}},
				})
			}
		}
	},
})

// reference returns the value that makes an input one with a reference: of url, or of type; invalid where there is none.
func reference(in *flake.Input) ast.Node {
	if in.URLNode.IsValid() {
		return in.URLNode
	}
	for _, a := range in.Attrs {
		if a.Name == "type" {
			return a.Node
		}
	}
	return ast.Node{}
}
