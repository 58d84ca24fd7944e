package flake

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/modsys"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/rules"
)

// systemOutputs are the outputs that have a set for each system, wholeOutputs those that have none (flake.cc of Nix 2.34,
// nix flake check).
var (
	systemOutputs = []string{"apps", "bundlers", "checks", "devShells", "formatter", "legacyPackages", "packages"}
	wholeOutputs  = []string{
		"darwinConfigurations", "darwinModules", "flakeModule", "flakeModules", "herculesCI", "homeConfigurations", "homeModule", "homeModules",
		"hydraJobs", "lib", "nixopsConfigurations", "nixosConfigurations", "nixosModules", "overlays", "templates",
	}
	knownOutputs = slices.Concat(systemOutputs, wholeOutputs)
	// commonOutputs are names that Nix does not know, but that tools and people give to outputs on purpose.
	commonOutputs = []string{
		"agenix-rekey", "ciJobs", "colmena", "colmenaHive", "debug", "deploy", "devShellsFor", "devshells", "diskoConfigurations", "githubActions",
		"hjemModules", "homeManagerConfigurations", "images", "library", "modules", "nixOnDroidConfigurations",
		"nixosTests", "nixosProfiles", "packagesFor", "pkgs", "schemas", "systemConfigs", "systems", "tests", "wrapperModules", "wrappers",
	}
)

// deprecatedOutput is an output that has another name since Nix 2.7.
type deprecatedOutput struct {
	now       string // the output that has it as default
	perSystem bool
}

var deprecatedOutputs = map[string]deprecatedOutput{
	"defaultApp":      {"apps", true},
	"defaultBundler":  {"bundlers", true},
	"defaultPackage":  {"packages", true},
	"defaultTemplate": {"templates", false},
	"devShell":        {"devShells", true},
	"nixosModule":     {"nixosModules", false},
	"overlay":         {"overlays", false},
}

// knowsOutput reports whether a name is one that Nix, other tools or people give to outputs on purpose.
func knowsOutput(name string) bool {
	_, deprecated := deprecatedOutputs[name]
	return deprecated || slices.Contains(knownOutputs, name) || slices.Contains(commonOutputs, name) || modsys.IsExport(name) || modsys.IsExportOfOne(name)
}

// meantOutput returns the output that an unknown name was probably meant to be, or "".
func meantOutput(name string) string {
	if knowsOutput(name) {
		return ""
	}
	if plural := name + "s"; slices.Contains(knownOutputs, plural) {
		return plural
	}
	meant := near.Find(name, knownOutputs)
	if meant == "" || near.Distance(strings.ToLower(name), strings.ToLower(meant), 1) > 1 {
		return "" // nixbsdConfigurations is another name
	}
	return meant
}

// doubles are systems: those that people build for first, which misspelt ones are meant to be.
var (
	usualDoubles = []string{
		"x86_64-linux", "aarch64-linux", "x86_64-darwin", "aarch64-darwin", "i686-linux", "armv7l-linux", "armv6l-linux", "riscv64-linux",
		"powerpc64le-linux", "x86_64-freebsd", "aarch64-freebsd",
	}
	kernels = []string{
		"cygwin", "darwin", "freebsd", "genode", "linux", "mmixware", "netbsd", "none", "openbsd", "redox", "solaris", "uefi", "wasi", "windows",
		"ghcjs", "ghcjs32", "android", "ios", "macos", "musl", "embedded",
	}
)

// misspeltSystem returns the system that a name was probably meant to be, or "" for what is one or unlike any.
func misspeltSystem(name string) string {
	if slices.Contains(usualDoubles, name) {
		return ""
	}
	meant := near.Find(name, usualDoubles)
	if cpu, kernel, ok := strings.Cut(name, "-"); ok && slices.Contains(kernels, kernel) {
		// Many processors differ from a usual one by a letter.
		usual, _, _ := strings.Cut(meant, "-")
		if bareCPU(cpu) != bareCPU(usual) || cpu == usual {
			return ""
		}
	}
	return meant
}

// bareCPU drops what people mistake in the names of processors.
func bareCPU(cpu string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(cpu))
}

// eachOutputs calls tell for the sets of outputs of what surely is a flake.
func eachOutputs(p *rules.Pass, f *flake.Flake, tell func(set flake.OutputSet, report func(diag.Finding))) {
	var found []diag.Finding
	for _, set := range f.Nix.OutputSets() {
		tell(set, func(finding diag.Finding) { found = append(found, finding) })
	}
	reportOutputs(p, f, found)
}

// eachEvaluated calls tell for the outputs that evaluation sees and no set of outputs that is written out has: of such a set,
// the others below. Those of other files are reported where outputs is defined.
func eachEvaluated(p *rules.Pass, f *flake.Flake, tell func(name string, o *project.Outputs, written map[string]bool, report func(at *project.Outputs, finding diag.Finding))) {
	if !f.Nix.Outputs.IsLambda {
		return
	}
	var found []diag.Finding
	file := f.Nix.Outputs.Attr.Key().Span()
	report := func(at *project.Outputs, finding diag.Finding) {
		for _, name := range at.Names() {
			if at.File != "" {
				break
			}
			below := at.Below[name] // what a function of flake-utils puts there, say
			if below == nil {
				return // nothing that is seen defines it: an input, say, handed out as it is
			}
			at = below
		}
		switch finding.Span = file; at.File {
		case "":
		case p.Path:
			finding.Span = at.Span
		default:
			finding.Message += ", which " + diag.Code(p.Project.Rel(at.File)) + " defines"
		}
		found = append(found, finding)
	}
	outputs := p.Outputs(f.Dir)
	for _, name := range outputs.Names() {
		var written map[string]bool // nil where the output is not written out
		for _, set := range f.Nix.OutputSets() {
			a := set.Attr.Sub(name)
			if a == nil || set.Scope == flake.OutputsPerSystem {
				continue
			}
			if written == nil {
				written = map[string]bool{}
			}
			for _, below := range a.Subs {
				written[below.Name] = true
			}
		}
		tell(name, outputs.Below[name], written, report)
	}
	reportOutputs(p, f, found)
}

// reportOutputs reports findings about outputs of what surely is a flake.
func reportOutputs(p *rules.Pass, f *flake.Flake, found []diag.Finding) {
	if len(found) == 0 {
		return
	}
	aside := p.Project.InAside(f.Dir)
	ifFlake(p, f, f.Nix.Set, func(report func(diag.Finding)) {
		for _, finding := range found {
			if aside && finding.Severity == diag.Off {
				finding.Severity = min(p.Rule().Severity, diag.Info)
			}
			report(finding)
		}
	})
}

// usedAsSelf reports whether the flake mentions an output of itself.
func usedAsSelf(f *flake.Flake, name string) bool {
	return strings.Contains(f.Nix.Tree.Source(), "self."+name)
}
