package flake

import (
	"fmt"
	"slices"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-output-deprecated", Family: family, Since: "0.1.0",
	Summary: "An output has a name that Nix has deprecated",
	Doc: "`defaultPackage`, `devShell`, `defaultApp`, `defaultBundler`, `defaultTemplate`, `overlay` and `nixosModule` are now\n" +
		"called `default` in `packages`, `devShells`, `apps`, `bundlers`, `templates`, `overlays` and `nixosModules`, from Nix\n" +
		"2.7 on: \"flake output attribute 'devShell' is deprecated; use 'devShells.<system>.default' instead\".\n" +
		"\n" +
		"The fix renames what is defined by one path, unless there is such a default, or the file reads the old name of\n" +
		"itself. Who uses the flake by the old name has to change too. Where the flake has both, it keeps the old one for\n" +
		"others, and that is a hint.",
	Severity: diag.Info, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		sets := f.Nix.OutputSets()
		eachOutputs(p, f, func(set flake.OutputSet, report func(diag.Finding)) {
			if set.Scope == flake.OutputsPerSystem {
				return
			}
			for _, a := range set.Attr.Subs {
				d, ok := deprecatedOutputs[a.Name]
				if !ok || len(a.Defs) == 0 || !d.perSystem && set.Scope != flake.OutputsWhole {
					continue
				}
				now := d.now + ".default"
				if d.perSystem && set.Scope == flake.OutputsWhole {
					now = d.now + ".<system>.default"
				}
				finding := diag.Finding{
					Span:    a.Key().Span(),
					Message: fmt.Sprintf("the output %s is deprecated", diag.Code(a.Name)),
					Help:    "write " + diag.Code(now),
				}
				both := false
				for _, s := range sets {
					if sub := s.Attr.Sub(d.now); sub != nil {
						both = true
						if hasDefault(sub) {
							finding.Help = diag.Code(now) + " is there, too: this one can go, unless Nix before 2.7 is to find it"
						}
					}
				}
				if both {
					finding.Severity = diag.Hint
				} else if fix, ok := undeprecate(a, d, set.Scope); ok && !usedAsSelf(f, a.Name) {
					finding.Fixes = []diag.Fix{fix}
				}
				report(finding)
			}
		})
		eachEvaluated(p, f, func(name string, o *project.Outputs, written map[string]bool, report func(*project.Outputs, diag.Finding)) {
			d, ok := deprecatedOutputs[name]
			if !ok || written != nil {
				return
			}
			finding := diag.Finding{Message: fmt.Sprintf("the output %s is deprecated", diag.Code(name)), Help: "write " + diag.Code(d.now+".default")}
			if d.perSystem {
				finding.Help = "write " + diag.Code(d.now+".<system>.default")
			}
			if p.Outputs(f.Dir).Below[d.now] != nil {
				finding.Severity = diag.Hint
			}
			report(o, finding)
		})
	},
})

// hasDefault reports whether an output has a default, for some system or for all.
func hasDefault(a *flake.Attr) bool {
	return a.Sub("default") != nil || slices.ContainsFunc(a.Subs, func(system *flake.Attr) bool { return system.Sub("default") != nil })
}

// undeprecate returns the fix that writes the path of the present output. ok is false where the old one is not defined by
// paths that can be changed alone.
func undeprecate(a *flake.Attr, d deprecatedOutput, scope flake.OutputScope) (fix diag.Fix, ok bool) {
	fix.Title = "write " + diag.Code(d.now+".default")
	for _, def := range a.Defs {
		path := def.Part.Parent()
		if inherited(a) || inRec(a) || path.FirstChild() != def.Part && a.Defs[0].Binding != def.Binding {
			return diag.Fix{}, false
		}
		end := def.Part
		if d.perSystem && scope == flake.OutputsWhole {
			end = def.Part.NextSibling() // the system
			if !end.IsValid() {
				return diag.Fix{}, false
			}
		}
		if end.NextSibling().IsValid() {
			return diag.Fix{}, false // attributes of the value
		}
		fix.Edits = append(fix.Edits, rules.Replace("", diag.Unsafe, def.Part.Span(), d.now).Edits...)
		fix.Edits = append(fix.Edits, rules.Insert("", diag.Unsafe, end.End(), ".default").Edits...)
	}
	if len(fix.Edits) == 2 && fix.Edits[0].Span.End == fix.Edits[1].Span.Start {
		fix.Edits = []diag.Edit{{Span: fix.Edits[0].Span, Text: d.now + ".default"}}
	}
	return fix, true
}

// inherited reports whether an attribute is inherited somewhere.
func inherited(a *flake.Attr) bool {
	for _, d := range a.Defs {
		if d.Binding.Is(ast.Inherit) {
			return true
		}
	}
	return false
}

// inRec reports whether an attribute is defined in rec { }, where other attributes may name it.
func inRec(a *flake.Attr) bool {
	for _, d := range a.Defs {
		if d.Binding.Parent().IsRec() {
			return true
		}
	}
	return false
}
