package ci

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/shell"
)

// flakeOption begins a word with an option and its reference in one.
const flakeOption = "--flake="

// builders are the subcommands of nix whose plain arguments are references to what is built, run or evaluated. Others
// take them without any result depending on it: `nix flake show`, `nix flake lock`, `nix flake new`, `nix registry add`,
// `nix hash path`.
var builders = []string{
	"build", "run", "develop", "shell", "eval", "bundle", "print-dev-env", "path-info", "copy", "profile", "derivation", "why-depends",
}

// args looks at the arguments of a command for overrides and references.
func (c *overrides) args(in call) {
	locks := writesLock(in.args)
	for i, w := range in.args {
		switch {
		case c.inputs && w.Text == "--override-input" && i+2 < len(in.args):
			for _, ref := range in.texts(in.args[i+2]) {
				c.override(in.script, in.args[i+1], ref, locks)
			}
		case c.flakes && w.Text == "--inputs-from" && i+1 < len(in.args):
			for _, ref := range in.texts(in.args[i+1]) {
				c.inputsFrom(in.script, ref)
			}
		}
	}
	if c.flakes {
		for _, w := range in.references() {
			for _, ref := range in.texts(w) {
				c.reference(in.script, ref)
			}
		}
	}
}

// texts returns the words that a word may stand for: of a loop, a matrix, several assignments. Where it has variables beside
// other text they are put in, as far as their values are known and the word does not say by itself where it leads.
func (c *call) texts(w shell.Word) []shell.Word {
	if len(w.Alts) > 0 {
		return w.Alts
	}
	if w.Static || c.script == nil || placeOf(strings.TrimPrefix(strings.TrimPrefix(w.Text, flakeOption), "path:")) != unknown ||
		isScratch(c.script, strings.TrimPrefix(w.Text, "path:")) {
		return []shell.Word{w}
	}
	var out []shell.Word
	for _, r := range c.script.Readings(c.cmd, &w) {
		if !slices.ContainsFunc(out, func(o shell.Word) bool { return o.Text == r.Text }) {
			out = append(out, shell.Word{Text: r.Text, Span: w.Span, Static: true, Via: w.Text})
		}
	}
	if len(out) == 0 {
		return []shell.Word{w}
	}
	return out
}

// references returns the words that name the flakes that the command builds, runs or evaluates; none stands for the flake of
// the folder. A word that comes from one place several times, through variables, is one.
func (c *call) references() (out []shell.Word) {
	type place struct {
		span source.Span
		text string
	}
	var seen map[place]bool
	for _, w := range c.allReferences() {
		if w.Via != "" {
			at := place{w.Span, w.Text}
			if seen[at] {
				continue
			}
			if seen == nil {
				seen = map[place]bool{}
			}
			seen[at] = true
		}
		out = append(out, w)
	}
	return out
}

func (c *call) allReferences() (out []shell.Word) {
	p, known := programs[c.name]
	references, legacy := false, false
	var plain []string
	var others []shell.Word // plain arguments of another program
	for i := 0; i < len(c.args); i++ {
		switch w := c.args[i]; {
		case w.Text == "--":
			i = len(c.args)
		case w.Text == "--override-input":
			i += 2
		case w.Text == "--inputs-from" || w.Text == "--update-input":
			i++
		case (w.Text == "--flake" || slices.Contains(p.flake, w.Text)) && i+1 < len(c.args):
			out = append(out, c.args[i+1])
			i++
		case strings.HasPrefix(w.Text, flakeOption):
			out = append(out, w)
		case slices.Contains(p.legacy, w.Text):
			legacy = true
			i++
		case isNixCommand(c.name) && (w.Text == "--expr" || w.Text == "--file" || w.Text == "-f"):
			plain = append(plain, "") // the plain arguments are attributes
			references = false
			i++
		case c.valuesOf(w.Text) > 0:
			i += c.valuesOf(w.Text)
		case strings.HasPrefix(w.Text, "-"):
		case known:
			others = append(others, w)
		case isNixCommand(c.name) && !references:
			plain = append(plain, w.Text)
			references = takesReferences(plain)
		case c.name == "use" && !references:
			references = w.Text == "flake"
		case references:
			if out = append(out, w); len(plain) > 0 && plain[0] == "run" {
				references = false // the others are for the program
				plain = append(plain, w.Text)
			}
		}
	}
	if p.plain && !legacy {
		out = append(out, p.plainReferences(others)...)
	}
	return out
}

// isNixCommand reports whether a program has the subcommands of nix.
func isNixCommand(name string) bool { return name == "nix" || name == "nom" }

// takesReferences reports whether the plain arguments behind some of nix are references to what is built.
func takesReferences(plain []string) bool {
	if plain[0] == "flake" || plain[0] == "profile" || plain[0] == "derivation" {
		return len(plain) == 2 && (plain[0] != "flake" || plain[1] == "check")
	}
	return len(plain) == 1 && slices.Contains(builders, plain[0])
}

// scratchRoots are the beginnings of paths in folders that exist for a moment only, outside of any repository.
var scratchRoots = []string{"/tmp", "/var/tmp", "$TMPDIR", "${TMPDIR}", "$RUNNER_TEMP", "${RUNNER_TEMP}", "${{ runner.temp }}", "${{runner.temp}}"}

// isScratch reports whether a path is that of a temporary folder, or of a variable with too many values to tell.
func isScratch(script *shell.Script, path string) bool {
	if strings.HasPrefix(path, "$(mktemp") {
		return true
	}
	for _, root := range scratchRoots {
		if path == root || strings.HasPrefix(path, root+"/") {
			return true
		}
	}
	name, ok := strings.CutPrefix(path, "$")
	if !ok || script == nil {
		return false
	}
	name, _, _ = strings.Cut(strings.Trim(name, "{"), "/")
	name, _, _ = strings.Cut(strings.TrimSuffix(name, "}"), "?")
	name, _, _ = strings.Cut(name, "#")
	assigns, known := script.Lookup(strings.TrimSuffix(name, "}"))
	if !known {
		return true
	}
	for _, a := range assigns {
		if len(a.Words) == 1 && strings.Contains(a.Words[0].Text, "mktemp") {
			return true
		}
	}
	return false
}

// enter follows a script to where a command leads it: into a temporary folder, or one with a flake that was just made of
// a template.
func (c *overrides) enter(script *shell.Script, cmd *shell.Command) {
	switch args := cmd.Args; {
	case (cmd.Name == "cd" || cmd.Name == "pushd") && len(args) > 0:
		to := args[0].Text
		c.scratch = isScratch(script, to) || c.scratch && placeOf(to) != machine && to != "-"
	case cmd.Name == "nix" && len(args) > 1 && args[0].Text == "flake" && (args[1].Text == "new" || args[1].Text == "init"):
		c.scratch = true
	}
}
