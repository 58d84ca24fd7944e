package flake

import (
	"fmt"
	"slices"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/rules"
)

// templateAttrs are the attributes of a template (nix flake check).
var templateAttrs = []string{"path", "description", "welcomeText"}

var _ = rules.Register(&rules.Rule{
	ID: "flake-template-shape", Family: family, Since: "0.1.0",
	Summary: "A template is not what `nix flake init` takes",
	Doc: "A template has `path` and `description`, and may have `welcomeText`. `nix flake check` says what is wrong with others:\n" +
		"\"template 'templates.a' lacks attribute 'description'\", \"has unsupported attribute 'foo'\".",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachOutputs(p, f, func(set flake.OutputSet, report func(diag.Finding)) {
			if set.Scope != flake.OutputsWhole {
				return
			}
			var templates []*flake.Attr
			if a := set.Attr.Sub("templates"); a != nil {
				templates = append(templates, a.Subs...)
			}
			if a := set.Attr.Sub("defaultTemplate"); a != nil {
				templates = append(templates, a)
			}
			for _, a := range templates {
				if a.IsLiteralSet() && len(a.Subs) > 0 && len(a.Defs) > 0 && !inherited(a) {
					templateShape(a, report)
				}
			}
		})
	},
})

func templateShape(a *flake.Attr, report func(diag.Finding)) {
	var missing []string
	for _, name := range templateAttrs[:2] {
		if a.Sub(name) == nil {
			missing = append(missing, name)
		}
	}
	for _, s := range a.Subs {
		if slices.Contains(templateAttrs, s.Name) {
			continue
		}
		finding := diag.Finding{
			Span:    s.Key().Span(),
			Message: fmt.Sprintf("a template has no attribute %s", diag.Code(s.Name)),
			Help:    "a template has `path`, `description` and `welcomeText`",
		}
		absent := slices.DeleteFunc(slices.Clone(templateAttrs), func(n string) bool { return a.Sub(n) != nil })
		if meant := near.Find(s.Name, absent); meant != "" && !inherited(s) {
			finding.Help = "did you mean " + diag.Code(meant) + "?"
			finding.Fixes = []diag.Fix{rename(s, meant)}
			missing = slices.DeleteFunc(missing, func(n string) bool { return n == meant })
		}
		report(finding)
	}
	if len(missing) > 0 {
		report(diag.Finding{
			Span:    a.Key().Span(),
			Message: fmt.Sprintf("the template %s lacks %s", diag.Code(a.Name), diag.List(missing, 2)),
			Help:    "a template is `{ path = ./folder; description = \"…\"; }`",
		})
	}
}
