package flake

import (
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-missing-outputs", Family: family, Since: "0.1.0",
	Summary: "A flake has no outputs",
	Doc: "A flake has to have `outputs`, be it an empty one: \"flake 'path:…' lacks attribute 'outputs'\". For a flake that\n" +
		"only collects inputs write `outputs = _: { };`.",
	Severity: diag.Error, Presets: rules.Recommended,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if f.Nix.Outputs.Attr != nil || !f.Nix.Set.IsValid() || len(f.Nix.Root.Opaque) > 0 {
			return
		}
		ifFlake(p, f, f.Nix.Set, func(report func(diag.Finding)) {
			for _, a := range f.Nix.Root.Subs {
				if near.Find(a.Name, flakeAttrs) == "outputs" {
					return // flake-unknown-attr names it
				}
			}
			start := f.Nix.Set.Start()
			report(diag.Finding{
				Span:    source.Span{Start: start, End: f.Nix.Set.FirstToken().Span().End},
				Message: "the flake has no `outputs`",
				Help:    "add `outputs = inputs: { … };`, or `outputs = _: { };` for one that only has inputs",
			})
		})
	},
})
