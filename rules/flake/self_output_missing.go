package flake

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "self-output-missing", Family: family, Since: "0.1.0",
	Summary: "A flake uses an output of its own that it does not have",
	Doc: "`self.packages.${system}.nam` or `self.nixosConfigurations.hots` fails with \"attribute 'nam' missing\" when it is evaluated, which\n" +
		"may be late: in one host, in a check, in a shell script of a package. Reported where all names are known that the output has,\n" +
		"also through `let`, `//`, `genAttrs`, flake-utils, flake-parts and files that `outputs` imports. A name below a system counts\n" +
		"as missing where no system has it.\n" +
		"\n" +
		"In other files than `flake.nix` the argument `self` is the flake where a flake reaches the file and passes it, by\n" +
		"`specialArgs`, `import ./x.nix { inherit self; }` or flake-parts, and where no file of the project gives the name to anything\n" +
		"else. So is any argument that is called so, `flake` or `outputs` say, where the hosts that have the file pass the flake or its outputs. What a file asks for by `?` or `or` may be missing.\n" +
		"\n" +
		"The fix puts the name that was probably meant; the name of an output itself it changes to a well-known one only, as a definition\n" +
		"`nixosConfiguration` is what is misspelt where `self.nixosConfigurations` is used.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Asks: project.ForHanding,
	On:   []ast.Kind{ast.Select, ast.Inherit, ast.With},
	File: func(p *rules.Pass) {
		f := p.Project.Flake()
		if f == nil || f.Nix.Outputs.Attr == nil {
			return
		}
		for _, t := range takenOf(p) {
			if t.of != ownOutputs && t.of != systemParts {
				continue
			}
			path := t.names()
			found, ok := missingOutput(p, &t, p.Outputs(f.Dir), path, "the flake")
			if !ok {
				continue
			}
			reportTaken(p, f, &t, found, func(a *rules.Asked, dir string) bool {
				_, _, missing := a.Outputs(dir).Missing(path)
				return !missing
			})
		}
	},
})

// missingOutput returns a finding about the first name of what a file takes of outputs that is missing there; ok is false where
// none surely is. The path is cloned.
func missingOutput(p *rules.Pass, t *taken, outputs *project.Outputs, path []string, flake string) (found diag.Finding, ok bool) {
	if len(path) == 0 || ofSource(path[0]) {
		return found, false
	}
	at, known, missing := outputs.Missing(path)
	if !missing {
		return found, false
	}
	part, ok := t.partAt(at)
	if !ok || part.name == "" || p.MayMiss(part.name) {
		return found, false
	}
	for i := range path {
		path[i] = strings.Clone(path[i])
	}
	meant := near.Find(path[at], known)
	if at == 0 && t.given != "" && meant == "" {
		return found, false // another thing of that name
	}
	found = diag.Finding{
		Span:    part.node.Span(),
		Message: flake + " has no output " + diag.Code(written(path[:at+1])),
	}
	if len(known) > 0 {
		found.Help = "there is " + listed(known)
	}
	if meant != "" {
		found.Help = "did you mean " + diag.Code(meant) + "?"
		if at == 0 && knowsOutput(path[0]) && !knowsOutput(meant) {
			found.Help = "the output " + diag.Code(meant) + " looks misspelt where it is defined"
		}
		safe := at > 0 || knowsOutput(meant) && !knowsOutput(path[0]) // else the definition may be what is misspelt
		if safe && part.node.Text() == path[at] && !part.node.Parent().Is(ast.Inherit) && !part.node.Is(ast.Ident) {
			found.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, part.node.Span(), ast.QuoteAttr(meant))}
		}
	}
	rules.ThisFails.End(&found, false)
	return found, true
}

// ofSource reports whether a flake has an attribute beside its outputs (call-flake.nix).
func ofSource(name string) bool {
	return slices.Contains([]string{
		"_type", "dirtyRev", "dirtyShortRev", "inputs", "lastModified", "lastModifiedDate", "narHash", "outPath", "outputs", "rev", "revCount",
		"shortRev", "sourceInfo", "submodules",
	}, name)
}

// written returns a path of outputs as messages write it.
func written(path []string) string {
	parts := make([]string, len(path))
	for i, name := range path {
		switch {
		case name != "":
			parts[i] = ast.QuoteAttr(name)
		case i == 1 && slices.Contains(systemOutputs, path[0]):
			parts[i] = "<system>"
		default:
			parts[i] = "<name>"
		}
	}
	return strings.Join(parts, ".")
}

// maxListed is the number of names that a message lists.
const maxListed = 5

// listed returns some names as messages list them.
func listed(names []string) string {
	var parts []string
	for _, name := range names[:min(len(names), maxListed)] {
		parts = append(parts, diag.Code(name))
	}
	if len(names) > maxListed {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}
