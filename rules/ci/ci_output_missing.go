package ci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "ci-output-missing", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A command of CI or a script asks for an output that the flake does not have",
	Doc: "`nix build .#nam` fails with \"flake … does not provide attribute 'packages.x86_64-linux.nam',\n" +
		"'legacyPackages.x86_64-linux.nam' or 'nam'\". So do `nix run`, `nix develop .#ci`, `nixos-rebuild --flake .#host`,\n" +
		"`darwin-rebuild`, `home-manager`, `nix-on-droid` and `deploy .#node` with names that the flake does not have, and `nix build`\n" +
		"without a name where it has no default.\n" +
		"\n" +
		"Reported where all names are known that the outputs have in which Nix looks, also through `let`, `//`, `genAttrs`, flake-utils,\n" +
		"flake-parts and imported files. A name counts as missing where no system has it. Names with variables or values of a matrix in\n" +
		"them are not looked at, nor are commands of which it cannot be seen in which folder they run.\n" +
		"\n" +
		"The fix puts the name that was probably meant. In scripts that no CI runs it is info.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Mentions: []string{".#", "--flake", "nix build ./", "nix run ./", "nix develop ./", "nix shell ./", "nix eval ./", "nix fmt"},
	Programs: isNix,
	Script: func(p *rules.Pass, d *shell.Doc) {
		if p.Project.InSamples(p.Path) {
			return
		}
		r := &missingOutputs{once: newOnce(p), at: &places{pass: p, doc: d}}
		r.at.calls(func(c *call) {
			if !strings.Contains(c.script.Text, "flake.nix") {
				r.command(c)
			}
		})
	},
})

type missingOutputs struct {
	*once
	at *places
}

// attribute is where Nix looks for what a command asks for: in the order of the paths, of which "" is a system.
type attribute struct {
	paths [][]string
	named int // of the names at the end of a path, as many are those of the command
}

// Where the subcommands of nix look, by what stands before a name, and what they take without one (installables.cc, run.cc,
// develop.cc and flake.cc of Nix 2.34).
var (
	packagesFirst  = [][]string{{"packages", ""}, {"legacyPackages", ""}, {}}
	appsFirst      = append([][]string{{"apps", ""}}, packagesFirst...)
	shellsFirst    = append([][]string{{"devShells", ""}}, packagesFirst...)
	defaultPackage = [][]string{{"packages", "", "default"}, {"defaultPackage", ""}}
	defaultApp     = append([][]string{{"apps", "", "default"}, {"defaultApp", ""}}, defaultPackage...)
	defaultShell   = append([][]string{{"devShells", "", "default"}, {"devShell", ""}}, defaultPackage...)
)

// lookups returns where a subcommand of nix looks.
func lookups(subcommand string) (prefixes, defaults [][]string) {
	switch subcommand {
	case "run":
		return appsFirst, defaultApp
	case "develop", "print-dev-env":
		return shellsFirst, defaultShell
	}
	return packagesFirst, defaultPackage
}

// configurations are the outputs that programs look into for the name in their --flake.
var configurations = map[string]string{
	"nixos-rebuild": "nixosConfigurations", "nixos-rebuild-ng": "nixosConfigurations", "nixos-install": "nixosConfigurations",
	"nixos-anywhere": "nixosConfigurations", "darwin-rebuild": "darwinConfigurations", "home-manager": "homeConfigurations",
	"nix-on-droid": "nixOnDroidConfigurations",
}

// command looks at what a command asks for.
func (r *missingOutputs) command(c *call) {
	refs := c.references()
	switch output := configurations[c.name]; {
	case output != "":
		for _, ref := range refs {
			if name := fragment(ref); name != "" && !strings.HasPrefix(name, output) {
				name = strings.Trim(name, "\"'")
				r.ask(c, ref, attribute{[][]string{{output, name}, {"packages", "", output, name}, {"legacyPackages", "", output, name}}, 1})
			}
		}
	case c.name == "deploy":
		for _, ref := range refs {
			name, profile, _ := strings.Cut(fragment(ref), ".")
			if name == "" {
				continue
			}
			path := []string{"deploy", "nodes", name}
			if profile != "" {
				path = append(path, "profiles", profile)
			}
			r.ask(c, ref, attribute{[][]string{path}, len(path) - 2})
		}
	case isNixCommand(c.name):
		r.nix(c, refs)
	}
}

// nix looks at what a command of nix asks for.
func (r *missingOutputs) nix(c *call, refs []shell.Word) {
	subcommand := c.subcommand()
	prefixes, defaults := lookups(subcommand)
	switch subcommand {
	case "build", "run", "develop":
		if _, elsewhere := c.has("--expr", "--file", "-f", "--stdin", "--all", "--installable"); len(refs) == 0 && !elsewhere {
			r.ask(c, shell.Word{Text: ".", Static: true, Span: c.span}, attribute{defaults, 0})
		}
	case "shell", "eval", "bundle", "print-dev-env", "path-info", "copy", "why-depends", "profile install", "profile add", "derivation show":
	case "fmt":
		r.ask(c, shell.Word{Text: ".", Static: true, Span: c.span}, attribute{[][]string{{"formatter", ""}}, 0})
		return
	default:
		return
	}
	for _, ref := range refs {
		name := fragment(ref)
		if name == "" {
			r.ask(c, ref, attribute{defaults, 0})
			continue
		}
		absolute := strings.HasPrefix(name, ".")
		names := outputNames(strings.TrimPrefix(name, "."))
		a := attribute{named: len(names)}
		for _, prefix := range prefixes {
			if len(prefix) == 0 || !absolute {
				a.paths = append(a.paths, slices.Concat(prefix, names))
			}
		}
		if len(names) > 0 {
			r.ask(c, ref, a)
		}
	}
}

// fragment returns what a reference names behind #, without the outputs of a derivation behind ^.
func fragment(ref shell.Word) string {
	_, name, _ := strings.Cut(ref.Text, "#")
	name, _, _ = strings.Cut(name, "^")
	return name
}

// outputNames returns the names of an attribute path; names in quotes may have dots. It is nil where the path is not understood.
func outputNames(text string) (names []string) {
	for text != "" {
		name, rest := "", ""
		if quoted, ok := strings.CutPrefix(text, `"`); ok {
			if name, rest, ok = strings.Cut(quoted, `"`); !ok {
				return nil
			}
			rest = strings.TrimPrefix(rest, ".")
		} else {
			name, rest, _ = strings.Cut(text, ".")
		}
		if name == "" {
			return nil
		}
		names, text = append(names, name), rest
	}
	return names
}

// ask reports a reference where none of the flakes that it may mean has any of the paths.
func (r *missingOutputs) ask(c *call, ref shell.Word, a attribute) {
	if !ref.Static || len(ref.Alts) > 0 || strings.ContainsAny(ref.Text, "$`{*%") || len(a.paths) == 0 {
		return
	}
	flakes := r.at.flakes([]shell.Word{ref})
	if len(flakes) == 0 {
		return
	}
	name, meant := "", ""
	for _, f := range flakes {
		outputs := r.pass.Outputs(f.Dir)
		for _, path := range a.paths {
			at, known, missing := outputs.Missing(path)
			if !missing {
				return
			}
			if meant == "" && at >= len(path)-a.named && path[at] != "" {
				name, meant = path[at], near.Find(path[at], known)
			}
		}
	}
	f := diag.Finding{Span: ref.Span, Message: fmt.Sprintf("the flake has no %s for `%s` to take", alternatives(a.paths), asked(c))}
	if byPeople(r.pass, r.at.doc, c.script) {
		f.Severity = diag.Info
	}
	if i := strings.IndexByte(ref.Text, '#'); i >= 0 && i+1 < len(ref.Text) {
		f.Span = ref.At(i+1, len(ref.Text))
		if meant != "" {
			f.Help = "did you mean " + diag.Code(meant) + "?"
			if j := strings.Index(ref.Text[i+1:], name); strings.Count(ref.Text[i+1:], name) == 1 && ref.Via == "" && !strings.ContainsAny(meant, ". \"") {
				f.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(meant), diag.Unsafe, ref.At(i+1+j, i+1+j+len(name)), meant)}
			}
		}
	}
	r.report(f)
}

// asked returns the command as messages name it.
func asked(c *call) string {
	if sub := c.subcommand(); sub != "" {
		return "nix " + sub
	}
	return c.name
}

// alternatives returns paths as messages name them.
func alternatives(paths [][]string) string {
	var parts []string
	for _, path := range paths {
		names := slices.Clone(path)
		for i := range names {
			if names[i] == "" {
				names[i] = "<system>"
			}
		}
		parts = append(parts, diag.Code(strings.Join(names, ".")))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " or " + parts[len(parts)-1]
}
