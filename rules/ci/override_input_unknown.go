package ci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "override-input-unknown", Family: family, Since: "0.1.0",
	Summary: "A command overrides or updates an input that the flake does not have",
	Doc: "Nix only warns, \"the flag '--override-input nixpkgs-stabel …' does not match any input\", or \"'nixpkgs-stabel' does not\n" +
		"match any input of this flake\" for `nix flake update`, and goes on without: CI then tests or updates something else\n" +
		"than its author thinks, and is green.\n" +
		"\n" +
		"Which inputs there are is read from the `flake.nix` that the command is about, those of inputs (`a/b`) from its\n" +
		"`flake.lock`. Where it cannot be seen which flake that is, the rule is silent. Names are separated by slashes; one with a\n" +
		"dot is an error for Nix. Of what `--inputs-from` looks up, only names near to an input's are reported: others may be in\n" +
		"the registry.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Mentions: []string{"--override-input", "--update-input", "flake update", "--inputs-from"},
	Programs: isNix,
	Script: func(p *rules.Pass, d *shell.Doc) {
		r := &unknownInputs{once: newOnce(p), at: &places{pass: p, doc: d}}
		r.at.calls(r.command)
	},
})

type unknownInputs struct {
	*once
	at *places
}

// command looks at the names of inputs in the arguments of a command.
func (r *unknownInputs) command(c *call) {
	update := isNixCommand(c.name) && c.subcommand() == "flake update"
	var named []shell.Word // with the names, slashes and all
	var overridden []string
	for i, w := range c.args {
		if w.Text != "--override-input" && w.Text != "--update-input" && !(w.Text == "-U" && c.name == "nh") || i+1 == len(c.args) {
			continue
		}
		named = append(named, c.args[i+1])
		if w.Text == "--override-input" {
			overridden = append(overridden, c.args[i+1].Text)
		}
	}
	if update {
		named = append(named, c.plain()[2:]...)
	}
	from, fromInputs := c.option("--inputs-from")
	if len(named) == 0 && !fromInputs || programs[c.name].wraps {
		return
	}
	var flakes []*flake.Flake
	if len(named) > 0 {
		refs := c.references()
		switch ref, ok := c.option("--flake"); {
		case update && ok:
			refs = []shell.Word{ref}
		case c.subcommand() == "flake lock" || c.subcommand() == "flake show" || c.subcommand() == "flake metadata" || c.subcommand() == "flake archive":
			refs = c.plain()[2:]
		}
		if len(refs) > 0 || isNixCommand(c.name) || c.name == "use" || c.takesFolder() {
			flakes = r.at.flakes(refs)
		}
	}
	for _, w := range named {
		r.each(c, w, flakes, overridden)
	}
	if fromInputs {
		if flakes = r.at.flakes([]shell.Word{from}); len(flakes) == 1 {
			for _, ref := range c.references() {
				r.lookedUp(ref, flakes[0])
			}
		}
	}
}

// option returns the value of an option.
func (c *call) option(name string) (value shell.Word, ok bool) {
	for i, w := range c.args {
		if w.Text == name && i+1 < len(c.args) {
			return c.args[i+1], true
		}
	}
	return shell.Word{}, false
}

// each looks at a name, or at each value that one with variables may have.
func (r *unknownInputs) each(c *call, w shell.Word, flakes []*flake.Flake, overridden []string) {
	if w.Static && len(w.Alts) == 0 || c.script == nil {
		r.name(w, flakes, overridden)
		return
	}
	for _, reading := range c.script.Readings(c.cmd, &w) {
		if at := reading.PlaceOf(0, len(reading.Text)); !steered(c.script, reading) && at.Span.Len() > 0 {
			r.name(shell.Word{Text: reading.Text, Span: at.Span, Static: true, Via: w.Text}, flakes, overridden)
		}
	}
}

// name reports a name that none of the flakes has.
func (r *unknownInputs) name(w shell.Word, flakes []*flake.Flake, overridden []string) {
	if !w.Static || w.Text == "" || strings.ContainsAny(w.Text, "$`{:") || strings.HasPrefix(w.Text, ".") || len(flakes) == 0 {
		return
	}
	path := strings.Split(strings.Trim(w.Text, "/"), "/")
	var known []string
	owner := 0 // of path, the names before that which is not there
	for _, f := range flakes {
		names, at, unknown := unknownPart(f, path, overridden)
		if !unknown {
			return
		}
		known, owner = names, at
	}
	name := path[owner]
	f := diag.Finding{Span: w.Span}
	if owner == 0 {
		f.Message = fmt.Sprintf("`flake.nix` has no input `%s`, so Nix passes over it with a warning", name)
	} else {
		f.Message = fmt.Sprintf("input `%s` has no input `%s`, so Nix passes over it with a warning", strings.Join(path[:owner], "/"), name)
	}
	if name == "self" {
		f.Message = "`self` is no input: Nix passes over it with a warning"
	}
	if slashed := strings.ReplaceAll(name, ".", "/"); slashed != name && !strings.Contains(slashed, "//") {
		f.Message = fmt.Sprintf("Nix refuses `%s`: the names of inputs are separated by slashes", w.Text)
		f.Help = fmt.Sprintf("write `%s`", strings.ReplaceAll(w.Text, ".", "/"))
		r.report(f)
		return
	}
	if meant := near.Find(name, known); meant != "" {
		f.Help = fmt.Sprintf("did you mean `%s`?", meant)
		if i := len(strings.Join(path[:owner], "/")); !w.Quoted && w.Via == "" && strings.HasPrefix(w.Text, strings.Join(path, "/")) {
			if i > 0 {
				i++
			}
			f.Fixes = []diag.Fix{rules.Replace("write `"+meant+"`", diag.Unsafe, w.At(i, i+len(name)), meant)}
		}
	} else if len(known) > 0 {
		f.Help = "there are " + diag.List(known, 8)
	} else {
		f.Help = "it has none"
	}
	r.report(f)
}

// unknownPart returns at which of the names a path leaves the flake, with the names that there are in its place; unknown is
// false where all are there, or that cannot be told.
func unknownPart(f *flake.Flake, path, overridden []string) (names []string, at int, unknown bool) {
	if f.Nix == nil || !f.Nix.InputsLiteral {
		return nil, 0, false
	}
	inputs := f.Nix.AllInputs()
	for _, in := range inputs {
		names = append(names, in.Name)
	}
	if !slices.Contains(names, path[0]) {
		return names, 0, true
	}
	for k := 1; k < len(path); k++ {
		above := path[:k]
		if slices.Contains(overridden, strings.Join(above, "/")) {
			return nil, 0, false // with inputs of its own
		}
		i := slices.IndexFunc(inputs, func(in *flake.Input) bool { return in.Name == path[0] })
		if i < 0 || f.Stale(inputs[i]) || inputs[i].Override(strings.Join(path[1:2], "")) != nil {
			return nil, 0, false
		}
		node, ok := f.Resolve(above)
		if !ok {
			return nil, 0, false
		}
		names = nil
		for _, child := range f.Children(node) {
			names = append(names, child.Name)
		}
		if !slices.Contains(names, path[k]) {
			return names, k, true
		}
	}
	return nil, 0, false
}

// lookedUp reports a name that --inputs-from does not find though an input is called nearly so.
func (r *unknownInputs) lookedUp(ref shell.Word, f *flake.Flake) {
	parsed, ok := refOf(ref)
	if !ok || parsed.Type != flake.TypeIndirect || f.Nix == nil || !f.Nix.InputsLiteral || ref.Quoted || ref.Via != "" {
		return
	}
	var names []string
	for _, in := range f.Nix.AllInputs() {
		names = append(names, in.Name)
	}
	if slices.Contains(names, parsed.ID) {
		return
	}
	if meant := near.Find(parsed.ID, names); meant != "" {
		r.report(diag.Finding{
			Span:    ref.Span,
			Message: fmt.Sprintf("`flake.nix` has no input `%s`, so Nix looks for it in the registry", parsed.ID),
			Help:    fmt.Sprintf("did you mean `%s`?", meant),
			Fixes:   []diag.Fix{rules.Replace("write `"+meant+"`", diag.Unsafe, ref.At(0, len(parsed.ID)), meant)},
		})
	}
}
