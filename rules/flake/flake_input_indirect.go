package flake

import (
	"fmt"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-indirect", Family: family, Since: "0.1.0",
	Summary: "An input is looked up in the registry",
	Doc: "`url = \"nixpkgs\"`, `flake:nixpkgs`, `type = \"indirect\"` and an input without a reference name an entry of the flake\n" +
		"registry. What that is can differ from machine to machine when the input is locked; Nix after 2.26 takes the global\n" +
		"registry only. Write the reference itself.\n" +
		"\n" +
		"A name without a slash or `./` is one of the registry too, and never a folder. Names that the global registry has are\n" +
		"info.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		var found []diag.Finding
		for _, root := range f.Nix.Inputs {
			for in := range root.All() {
				if in.Ref.Type != flake.TypeIndirect || in.RefErr != nil || len(in.Faults) > 0 {
					continue
				}
				to, known := in.Ref.Registry()
				if !known && in.Ref.Ref != "" && !strings.HasPrefix(in.Ref.Text, "flake:") && in.URLNode.IsValid() {
					continue // flake-input-bad-url: owner/repo without github:
				}
				finding := diag.Finding{
					Span:    place(in),
					Message: fmt.Sprintf("input %s is what the registry has as %s", inputCode(in), diag.Code(in.Ref.ID)),
					Help:    "write a reference, as `github:owner/repo`",
				}
				if !in.URLNode.IsValid() && len(in.Attrs) == 0 {
					finding.Message = fmt.Sprintf("input %s has no reference, so Nix looks it up in the registry", inputCode(in))
				}
				text := to.String()
				switch folder := "./" + in.Ref.ID; {
				case known:
					finding.Severity = diag.Info
					finding.Help = "write " + diag.Code(text)
				case in.URLNode.IsValid() && !strings.Contains(in.Ref.Text, ":") && exists(p, target(f, &flake.Input{Ref: flake.Ref{Path: folder}})):
					text, known = folder, true
					finding.Message += ", not the folder of that name"
					finding.Help = "write " + diag.Code(text)
				}
				if known && in.URLNode.IsValid() && len(in.Attrs) == 0 {
					finding.Fixes = rewriteURL(in, text)
				}
				if p.Project.InAside(f.Dir) {
					finding.Severity = diag.Info
				}
				found = append(found, finding)
			}
		}
		tellFaults(p, f, found)
	},
})
