package flake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

// appAttrs are the attributes of an app (nix flake check).
var appAttrs = []string{"type", "program", "meta"}

var _ = rules.Register(&rules.Rule{
	ID: "flake-app-shape", Family: family, Since: "0.1.0",
	Summary: "An app is not what `nix run` takes",
	Doc: "An app is `{ type = \"app\"; program = \"${package}/bin/name\"; }`, with `meta` if you like. `nix flake check` says what is\n" +
		"wrong with others: \"lacks attribute 'type'\", \"has unsupported attribute 'foo'\"; `nix run`: \"should have type 'app'\",\n" +
		"\"app program 'hello' is not in the Nix store\". In `perSystem` of flake-parts the type need not be written.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachOutputs(p, f, func(set flake.OutputSet, report func(diag.Finding)) {
			apps := set.Attr.Sub("apps")
			if apps == nil {
				return
			}
			if set.Scope != flake.OutputsWhole {
				for _, a := range apps.Subs {
					appShape(a, set.Scope, report)
				}
				return
			}
			for _, system := range apps.Subs {
				if strings.Contains(system.Name, "-") {
					for _, a := range system.Subs {
						appShape(a, set.Scope, report)
					}
				}
			}
		})
	},
})

func appShape(a *flake.Attr, scope flake.OutputScope, report func(diag.Finding)) {
	if !a.IsLiteralSet() || len(a.Defs) == 0 || len(a.Subs) == 0 || inherited(a) {
		return
	}
	for _, s := range a.Subs {
		if !slices.Contains(appAttrs, s.Name) {
			report(diag.Finding{
				Span:    s.Key().Span(),
				Message: fmt.Sprintf("an app has no attribute %s", diag.Code(s.Name)),
				Help:    "an app has `type`, `program` and `meta`",
			})
		}
	}
	var missing []string
	for _, name := range appAttrs[:2] {
		if a.Sub(name) == nil && (name != "type" || scope != flake.OutputsPerSystem) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		finding := diag.Finding{
			Span:    a.Key().Span(),
			Message: fmt.Sprintf("the app %s lacks %s", diag.Code(a.Name), diag.List(missing, 2)),
			Help:    "an app is `{ type = \"app\"; program = \"…\"; }`",
		}
		if value, ok := a.Value(); ok && len(missing) == 1 && missing[0] == "type" {
			first := value.FirstChild()
			finding.Fixes = []diag.Fix{rules.Insert("add the type", diag.Unsafe, first.Start(), "type = \"app\"; ")}
		}
		report(finding)
	}
	if value, ok := a.Sub("type").Value(); ok {
		if text, ok := ast.StringValue(value); ok && text != "app" {
			report(diag.Finding{
				Span:    value.Span(),
				Message: fmt.Sprintf("an app has the type `app`, not %s", diag.Code(text)),
				Help:    "write `\"app\"`",
				Fixes:   []diag.Fix{rules.Replace("write `\"app\"`", diag.Unsafe, value.Span(), `"app"`)},
			})
		}
	}
	if value, ok := a.Sub("program").Value(); ok {
		if text, ok := ast.StringValue(value); ok && !strings.HasPrefix(text, "/nix/store/") {
			report(diag.Finding{
				Span:    value.Span(),
				Message: fmt.Sprintf("the program %s of an app is not in the Nix store", diag.Code(text)),
				Help:    "name the program of a package: `\"${package}/bin/name\"`, or `lib.getExe package`",
			})
		}
	}
}
