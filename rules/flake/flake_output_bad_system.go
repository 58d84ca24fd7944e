package flake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-output-bad-system", Family: family, Since: "0.1.0",
	Summary: "An output lacks its system, has a misspelt one, or has one too many",
	Doc: "`packages`, `devShells`, `apps`, `checks`, `formatter`, `legacyPackages` and `bundlers` have a set for each system. Without\n" +
		"it, `packages.default`, `nix flake check` fails: \"'default' is not a valid system type\"; a misspelt one is skipped in\n" +
		"silence (\"The check omitted these incompatible systems\"), and no command finds either.\n" +
		"\n" +
		"`nixosConfigurations`, `overlays`, `templates`, modules and the like have none. Where eachSystem or eachDefaultSystem of\n" +
		"flake-utils puts them below a system, `nixos-rebuild --flake .#host` does not find them; in `perSystem` of flake-parts\n" +
		"there is no such option. Define them beside it.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachOutputs(p, f, func(set flake.OutputSet, report func(diag.Finding)) {
			for _, a := range set.Attr.Subs {
				if set.Scope == flake.OutputsWhole {
					systemsOf(a, report)
				} else if (wholeOnly(a.Name) || set.Scope == flake.OutputsPerSystem && a.Name == "homeConfigurations") && len(a.Defs) > 0 {
					where, help := "eachSystem puts it below a system", "define it beside eachSystem, joined by `//`"
					if set.Scope == flake.OutputsPerSystem {
						where, help = "perSystem has no such option", "define it as "+diag.Code("flake."+a.Name)
					}
					report(diag.Finding{
						Span:    a.Key().Span(),
						Message: fmt.Sprintf("%s is an output of the whole flake, but %s", diag.Code(a.Name), where),
						Help:    help,
					})
				}
			}
		})
		eachEvaluated(p, f, func(name string, o *project.Outputs, written map[string]bool, report func(*project.Outputs, diag.Finding)) {
			switch {
			case wholeOnly(name) && written == nil && belowSystems(o):
				report(o, diag.Finding{
					Message: fmt.Sprintf("%s is an output of the whole flake, but has a set for each system", diag.Code(name)),
					Help:    "no command finds what is below a system by its name: define it without",
				})
			case slices.Contains(systemOutputs, name):
				for _, system := range o.Names() {
					if written[system] {
						continue
					}
					if meant := misspeltSystem(system); meant != "" {
						report(placeOf(o.Below[system], o), diag.Finding{
							Message: fmt.Sprintf("%s has %s, which is no system", diag.Code(name), diag.Code(system)), Help: "did you mean " + diag.Code(meant) + "?",
						})
					} else if !strings.Contains(system, "-") {
						report(placeOf(o.Below[system], o), diag.Finding{
							Message: fmt.Sprintf("%s has a set for each system, and %s is not the name of a system", diag.Code(name), diag.Code(system)),
							Help:    "write " + diag.Code(name+".<system>."+system),
						})
					}
				}
			}
		})
	},
})

// placeOf returns what has the place of an output, or else of that which it stands in.
func placeOf(o, around *project.Outputs) *project.Outputs {
	if o.File == "" {
		return around
	}
	return o
}

// belowSystems reports whether an output has sets with names for systems, and nothing else.
func belowSystems(o *project.Outputs) bool {
	for _, name := range o.Names() {
		if below := o.Below[name]; !slices.Contains(usualDoubles, name) || !below.Whole || len(below.Below) == 0 {
			return false
		}
	}
	return o.Whole && len(o.Below) > 0
}

// wholeOnly reports whether nothing finds an output below a system. lib and hydraJobs may have systems.
func wholeOnly(name string) bool {
	switch name {
	case "lib", "hydraJobs", "herculesCI", "homeConfigurations", "flakeModule", "homeModule":
		return false
	}
	return slices.Contains(wholeOutputs, name)
}

// systemsOf looks at the systems of an output.
func systemsOf(a *flake.Attr, report func(diag.Finding)) {
	d, deprecated := deprecatedOutputs[a.Name]
	if !slices.Contains(systemOutputs, a.Name) && (!deprecated || !d.perSystem) {
		return
	}
	for _, s := range a.Subs {
		if len(s.Defs) == 0 {
			continue
		}
		finding := diag.Finding{Span: s.Key().Span()}
		if meant := misspeltSystem(s.Name); meant != "" {
			finding.Message = fmt.Sprintf("%s is no system", diag.Code(s.Name))
			finding.Help = "did you mean " + diag.Code(meant) + "?"
			if a.Sub(meant) == nil && !inherited(s) {
				finding.Fixes = []diag.Fix{rename(s, meant)}
			}
		} else if strings.Contains(s.Name, "-") || deprecated {
			continue
		} else {
			finding.Message = fmt.Sprintf("%s has a set for each system, and %s is not the name of a system", diag.Code(a.Name), diag.Code(s.Name))
			finding.Help = "write " + diag.Code(a.Name+".<system>."+s.Name)
			if a.Name == "formatter" {
				finding.Help = "write " + diag.Code("formatter.<system>")
			}
		}
		report(finding)
	}
}
