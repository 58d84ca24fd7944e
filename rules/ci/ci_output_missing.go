package ci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "ci-output-missing", Family: family, Since: "0.1.0",
	Summary: "A command of CI or a script asks for an output that the flake does not have",
	Doc: "`nix build .#nam` fails with \"flake … does not provide attribute 'packages.x86_64-linux.nam',\n" +
		"'legacyPackages.x86_64-linux.nam' or 'nam'\". So do `nix run`, `nix develop .#ci`, `use flake .#ci`,\n" +
		"`nixos-rebuild --flake .#host`, `nixos-anywhere`, `disko-install`, `darwin-rebuild`, `home-manager`, `nix-on-droid`, `nh os -H host`,\n" +
		"`nix-fast-build`, `deploy .#node` and `colmena --on node` with names that the flake does not have, and `nix build` without a name where it has no default.\n" +
		"\n" +
		"`nix-build -A nam` and `nix build -f . nam` take attributes of a Nix file in the same way.\n" +
		"\n" +
		"Reported where all names are known that the outputs have in which Nix looks, also through `let`, `//`, `genAttrs`, flake-utils,\n" +
		"flake-parts and imported files; where they are not, only a slip in the name of an output of hosts, `nixosConfiguration.web`.\n" +
		"A name counts as missing where no system has it. Names with variables in them are looked at with each value that is written down: of a matrix, a loop, an array, `env`, parameters and their defaults. Not\n" +
		"looked at are values for which a condition asks, and commands of which it cannot be seen in which folder they run. What a job or step\n" +
		"gives a reusable workflow or a composite action of the repository (`uses: ./…`) is looked at in the commands of that, and of those\n" +
		"that it is given on to.\n" +
		"\n" +
		"The fix puts the name that was probably meant. In scripts that no CI runs it is info.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Mentions: []string{".#", "--flake", "nix build ./", "nix run ./", "nix develop ./", "nix shell ./", "nix eval ./", "nix fmt", "nh ", "use flake", "colmena ", " -A ", "--attr ", "--file ", " -f "},
	Programs: isNix,
	Script: func(p *rules.Pass, d *shell.Doc) {
		if p.Project.InSamples(p.Path) {
			return
		}
		r := &missingOutputs{once: newOnce(p), at: &places{pass: p, doc: d}, works: map[source.Span]bool{}, followed: new(int)}
		r.at.calls(func(c *call) {
			if !strings.Contains(c.script.Text, "flake.nix") {
				r.command(c)
			}
		})
		r.called()
		for _, m := range r.values {
			if !r.works[m.value] {
				r.report(m.finding)
			}
		}
	},
})

type missingOutputs struct {
	*once
	at     *places
	works  map[source.Span]bool // values of variables with which some command finds something
	values []missingValue
	// caller is what gives the document its inputs where another one is checked.
	caller   *caller
	depth    int  // callers around it
	followed *int // documents that were looked at for callers
}

// A missingValue is a value of a variable with which a command finds nothing.
type missingValue struct {
	value   source.Span
	finding diag.Finding
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
	"nixos-anywhere": "nixosConfigurations", "nixos-generate": "nixosConfigurations", "disko-install": "nixosConfigurations",
	"darwin-rebuild": "darwinConfigurations", "home-manager": "homeConfigurations", "nix-on-droid": "nixOnDroidConfigurations",
}

// exact are programs whose --flake has the whole path of an attribute.
var exact = []string{"nix-eval-jobs", "nix-fast-build", "nix-unit"}

// command looks at what a command asks for.
func (r *missingOutputs) command(c *call) {
	refs := c.references()
	switch output := configurations[c.name]; {
	case output != "":
		r.each(c, refs, func(ref string) (a attribute) {
			if name := strings.Trim(fragment(ref), "\"'"); name != "" && !strings.HasPrefix(name, output) {
				a = attribute{[][]string{{output, name}, {"packages", "", output, name}, {"legacyPackages", "", output, name}}, 1}
			}
			return a
		})
	case c.name == "deploy":
		r.each(c, refs, func(ref string) (a attribute) {
			name, profile, _ := strings.Cut(fragment(ref), ".")
			if name == "" {
				return a
			}
			path := []string{"deploy", "nodes", name}
			if profile != "" {
				path = append(path, "profiles", profile)
			}
			return attribute{[][]string{path}, len(path) - 2}
		})
	case c.name == "disko":
		r.each(c, refs, func(ref string) (a attribute) {
			if name := fragment(ref); name != "" {
				a = attribute{[][]string{{"diskoConfigurations", name}, {"nixosConfigurations", name}}, 1}
			}
			return a
		})
	case c.name == "nh":
		r.nh(c)
	case c.name == "colmena":
		r.colmena(c, refs)
	case c.name == "nix-fast-build" && len(refs) == 0 && c.takesFolder():
		r.each(c, []shell.Word{{Text: ".", Static: true, Span: c.span}}, func(string) attribute { return attribute{[][]string{{"checks"}}, 0} })
	case slices.Contains(exact, c.name):
		r.each(c, refs, func(ref string) (a attribute) {
			if names := outputNames(fragment(ref)); names != nil {
				a = attribute{[][]string{names}, len(names)}
			}
			return a
		})
	case c.name == "use" && len(c.args) > 0 && c.args[0].Text == "flake", c.name == "use_flake":
		r.installables(c, refs, "develop")
	case legacyFiles[c.name] != nil:
		r.legacy(c)
	case isNixCommand(c.name):
		r.installables(c, refs, c.subcommand())
		r.legacy(c)
	}
}

// installables looks at what a command asks for as a subcommand of nix does.
func (r *missingOutputs) installables(c *call, refs []shell.Word, subcommand string) {
	prefixes, defaults := lookups(subcommand)
	switch subcommand {
	case "build", "run", "develop":
		if _, elsewhere := c.has("--expr", "--file", "-f", "--stdin", "--all", "--installable"); len(refs) == 0 && !elsewhere {
			refs = []shell.Word{{Text: ".", Static: true, Span: c.span}}
		}
	case "shell", "eval", "bundle", "print-dev-env", "path-info", "copy", "why-depends", "profile install", "profile add", "derivation show":
	case "fmt":
		refs = []shell.Word{{Text: ".", Static: true, Span: c.span}}
		r.each(c, refs, func(string) attribute { return attribute{[][]string{{"formatter", ""}}, 0} })
		return
	default:
		return
	}
	r.each(c, refs, func(ref string) (a attribute) {
		name := fragment(ref)
		if name == "" {
			return attribute{defaults, 0}
		}
		absolute := strings.HasPrefix(name, ".")
		names := outputNames(strings.TrimPrefix(name, "."))
		if len(names) == 0 {
			return a
		}
		for _, prefix := range prefixes {
			if len(prefix) == 0 || !absolute {
				a.paths = append(a.paths, slices.Concat(prefix, names))
			}
		}
		a.named = len(names)
		return a
	})
}

// fragment returns what a reference names behind #, without the outputs of a derivation behind ^.
func fragment(ref string) string {
	_, name, _ := strings.Cut(ref, "#")
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

// each looks at the references of a command, by what is asked for with a text; nothing where that has no paths.
func (r *missingOutputs) each(c *call, refs []shell.Word, of func(ref string) attribute) {
	for _, ref := range refs {
		r.word(c, ref, func(text string) *missed { return r.ask(text, of) })
	}
}

// word looks at a word of a command, by what is missing with a text.
func (r *missingOutputs) word(c *call, w shell.Word, ask func(text string) *missed) {
	if r.depth < 2 && r.caller != nil && w.Static && len(w.Alts) == 0 && !r.caller.gives(w.Via) {
		return
	}
	if r.depth > 1 || !w.Static || len(w.Alts) > 0 || strings.Contains(w.Text, "{") && !w.Quoted {
		r.readings(c, w, ask)
		return
	}
	m := ask(w.Text)
	if m == nil {
		return
	}
	i := strings.IndexByte(w.Text, '#') + 1
	if i == 0 && m.name == "" || i == len(w.Text) {
		r.report(r.finding(c, m, w.Span))
		return
	}
	j := m.in(w.Text)
	f := r.finding(c, m, w.At(i, len(w.Text)))
	f.Message += r.inCalled(" in ")
	if m.listed && j >= 0 {
		f.Span = w.At(j, j+len(m.name))
	}
	if j >= 0 && w.Via == "" && plainName(m.meant) {
		f.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(m.meant), diag.Unsafe, w.At(j, j+len(m.name)), m.meant)}
	}
	r.report(f)
}

// A missed is what a command asks for that is not there.
type missed struct {
	attribute
	where       string // it is looked for
	name, meant string // of the command, as far as it is seen which one is missing, and what was probably meant
	listed      bool   // the name is one of a list
	unsure      bool   // the flake may have outputs that are not seen
}

// in returns the offset at which a reference has the name, once and behind #; or else -1.
func (m *missed) in(ref string) int {
	i := strings.IndexByte(ref, '#') + 1
	if m.name == "" || strings.Count(ref[i:], m.name) != 1 {
		return -1
	}
	return i + strings.Index(ref[i:], m.name)
}

// ask returns what a text asks for that none of the flakes has which it may mean; nil where one may have it.
func (r *missingOutputs) ask(text string, of func(ref string) attribute) *missed {
	if strings.ContainsAny(text, "$`{*%") {
		return nil
	}
	a := of(text)
	if len(a.paths) == 0 {
		return nil
	}
	if m := missing("the flake", r.outputs([]shell.Word{{Text: text, Static: true}}), a); m != nil {
		return m
	}
	return r.misspelt(text, a)
}

// outputs returns what is known of the flakes that a reference may mean.
func (r *missingOutputs) outputs(refs []shell.Word) (out []*project.Outputs) {
	for _, f := range r.at.flakes(refs) {
		out = append(out, r.pass.Outputs(f.Dir))
	}
	return out
}

// missing returns what is missing where none of several trees has any of the paths.
func missing(where string, all []*project.Outputs, a attribute) *missed {
	if len(all) == 0 {
		return nil
	}
	m := &missed{attribute: a, where: where}
	for _, outputs := range all {
		for _, path := range a.paths {
			at, known, missing := outputs.Missing(path)
			switch {
			case missing:
			case besideHosts(outputs, path):
				continue
			default:
				return nil
			}
			if at >= len(path)-a.named && path[at] != "" && (m.name == "" || m.meant == "") {
				m.name, m.meant = path[at], near.Find(path[at], known)
			}
		}
	}
	return m
}

// finding returns what is told of something missing.
func (r *missingOutputs) finding(c *call, m *missed, at source.Span) diag.Finding {
	f := diag.Finding{Span: at, Message: fmt.Sprintf("%s has no %s for `%s` to take", m.where, alternatives(m.paths), asked(c))}
	if m.unsure {
		f.Message = fmt.Sprintf("no output %s is seen in the flake for `%s` to take", diag.Code(m.name), asked(c))
	}
	if m.meant != "" {
		f.Help = "did you mean " + diag.Code(m.meant) + "?"
	}
	if byPeople(r.pass, r.at.doc, c.script) {
		f.Severity = diag.Info
	}
	return f
}

// plainName reports whether a name can stand in a reference, a script and YAML as it is.
func plainName(name string) bool { return name != "" && !strings.ContainsAny(name, ". \"'#:$") }

// readings looks at a reference with variables. A value is told where no command finds anything with it, whatever the other
// variables are, and no condition asks for the variable; the reference itself where nothing is found at all.
func (r *missingOutputs) readings(c *call, ref shell.Word, ask func(text string) *missed) {
	if c.script == nil {
		return
	}
	type miss struct {
		*missed
		reading shell.Reading
	}
	var misses []miss
	readings := c.script.Readings(c.cmd, &ref)
	for _, reading := range readings {
		if m := ask(reading.Text); m != nil {
			misses = append(misses, miss{m, reading})
			continue
		}
		for _, value := range reading.Values(r.caller != nil) {
			r.works[value] = true
		}
	}
	for _, m := range misses {
		var at shell.Place
		j := m.in(m.reading.Text)
		if j >= 0 {
			at = m.reading.PlaceOf(j, j+len(m.name))
		} else if i := strings.IndexByte(m.reading.Text, '#'); i >= 0 {
			at = m.reading.PlaceOf(i+1, len(m.reading.Text))
		}
		switch {
		case at.Variable == "" && len(misses) < len(readings), steered(c.script, m.reading):
			continue
		case r.caller != nil && (!at.Given || r.caller.asksFor(m.reading)):
			continue
		}
		span := at.Span
		if span.Len() == 0 {
			span = ref.Span
		}
		f := r.finding(c, m.missed, span)
		if at.Variable != "" && (ref.Via != "" || at.Variable != ref.Text) {
			f.Message += fmt.Sprintf(" in `%s`", ref.Text) + r.inCalled(" of ")
		}
		if at.Exact && plainName(m.meant) && span.Len() == len(m.name) {
			f.Fixes = []diag.Fix{rules.Replace("write "+diag.Code(m.meant), diag.Unsafe, span, m.meant)}
		}
		r.values = append(r.values, missingValue{at.Value, f})
	}
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
