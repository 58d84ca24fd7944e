package flake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-output-unknown", Family: family, Since: "0.1.0",
	Summary: "The name of an output is almost one that Nix knows",
	Doc: "A flake may have outputs of any name, but no command finds `pakcages` or `nixosConfiguration`. Only `nix flake check`\n" +
		"tells: \"unknown flake output 'pakcages'\". Names that are unlike all known ones are legal and left alone, as are those\n" +
		"that other tools read. `nixConfig`, a `description` and the URLs of `inputs` that stand among the outputs belong beside\n" +
		"`outputs`: a warning.\n" +
		"\n" +
		"So is an output of `perSystem` of flake-parts that is almost one, `package`, `devShell.default`, and that no module can\n" +
		"declare, as the flake imports none: it is an option there, and evaluation fails where it does not exist.",
	Severity: diag.Info, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachOutputs(p, f, func(set flake.OutputSet, report func(diag.Finding)) {
			if set.Scope == flake.OutputsPerSystem {
				unknownPerSystem(f, set.Attr, report)
				return
			}
			for _, a := range set.Attr.Subs {
				if len(a.Defs) > 0 && ofFlake(a) {
					report(diag.Finding{
						Span: a.Key().Span(), Severity: diag.Warning,
						Message: fmt.Sprintf("%s is an attribute of the flake, and no output: Nix does not read it here", diag.Code(a.Name)),
						Help:    "move it out of `outputs`, to where `inputs` and `outputs` stand",
					})
					continue
				}
				meant := meantOutput(a.Name)
				if meant == "" || len(a.Defs) == 0 {
					continue
				}
				finding := diag.Finding{
					Span:    a.Key().Span(),
					Message: fmt.Sprintf("Nix does not know the output %s", diag.Code(a.Name)),
					Help:    fmt.Sprintf("did you mean %s?", diag.Code(meant)),
				}
				if set.Attr.Sub(meant) == nil && !usedAsSelf(f, a.Name) && !inherited(a) && !inRec(a) {
					finding.Fixes = []diag.Fix{rename(a, meant)}
				}
				report(finding)
			}
		})
		eachEvaluated(p, f, func(name string, o *project.Outputs, written map[string]bool, report func(*project.Outputs, diag.Finding)) {
			if meant := meantOutput(name); meant != "" && written == nil {
				report(o, diag.Finding{
					Message: fmt.Sprintf("Nix does not know the output %s", diag.Code(name)),
					Help:    fmt.Sprintf("did you mean %s?", diag.Code(meant)),
				})
			}
		})
	},
})

// unknownPerSystem looks at what a flake defines in perSystem, where each name is an option. Modules that the flake imports may
// declare more.
func unknownPerSystem(f *flake.Flake, set *flake.Attr, report func(diag.Finding)) {
	text := f.Nix.Tree.Source()
	if strings.Contains(text, "mkPerSystemOption") {
		return
	}
	for _, a := range set.Subs {
		old, deprecated := deprecatedOutputs[a.Name]
		meant := meantOutput(a.Name)
		if deprecated {
			meant = old.now
		}
		if len(a.Defs) == 0 || !slices.Contains(systemOutputs, meant) {
			continue
		}
		finding := diag.Finding{
			Span:    a.Key().Span(),
			Message: fmt.Sprintf("flake-parts has no option %s in `perSystem`", diag.Code(a.Name)),
			Help:    fmt.Sprintf("did you mean %s?", diag.Code(meant)),
		}
		if !strings.Contains(text, "imports") && !strings.Contains(text, "options") {
			finding.Severity = diag.Warning
		}
		if bare := deprecated && len(a.Subs) == 0; bare {
			finding.Help = fmt.Sprintf("did you mean %s?", diag.Code(meant+".default"))
			if fix, ok := undeprecate(a, old, flake.OutputsPerSystem); ok && set.Sub(meant) == nil {
				finding.Fixes = []diag.Fix{fix}
			}
		} else if set.Sub(meant) == nil && !inherited(a) && !inRec(a) {
			finding.Fixes = []diag.Fix{rename(a, meant)}
		}
		report(finding)
	}
}

// ofFlake reports whether an output has the name and the form of an attribute of flakes themselves. Inputs that are handed out
// as they are have another.
func ofFlake(a *flake.Attr) bool {
	switch a.Name {
	case "description":
		return slices.ContainsFunc(a.Defs, func(d flake.Def) bool { return d.Value.IsValid() && d.Value.Is(ast.String) })
	case "nixConfig":
		return len(a.Subs) > 0
	case "inputs":
		return slices.ContainsFunc(a.Subs, func(in *flake.Attr) bool { return in.Sub("url") != nil || in.Sub("follows") != nil })
	}
	return false
}
