package ci

import (
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

// byPeople reports whether no CI runs a script of a document; nil stands for what is in no script.
func byPeople(p *rules.Pass, d *shell.Doc, script *shell.Script) bool {
	if d.System != shell.None || script == nil {
		return false
	}
	recipe := ""
	if script.Source == shell.Recipe {
		recipe = script.Job
	}
	return !p.Project.RunByCI(p.Path, recipe)
}

// A call is a command of Nix with the arguments that are its own. The words of an input of a CI file that holds options are
// one, too: of a program that is not known, outside of any script.
type call struct {
	script *shell.Script // nil for an input
	name   string        // "" for an input
	args   []shell.Word
	span   source.Span
	cmd    *shell.Command // nil for an input
}

// calls returns the commands of Nix in a document, in the order of its scripts, and behind them the inputs.
func calls(d *shell.Doc) (out []call) {
	for script, cmd := range d.Commands() {
		if !cmd.Recovered && isNix(cmd.Name) {
			out = append(out, call{script, cmd.Name, ownArgs(cmd.Name, cmd.Args), cmd.Span, cmd})
		}
	}
	for _, in := range d.Inputs {
		if len(in.Words) > 0 {
			out = append(out, call{nil, "", in.Words, in.Span, nil})
		}
	}
	return out
}

// ownArgs returns the arguments that are not those of the program that nix runs: behind `--`, or the command of a shell.
func ownArgs(name string, args []shell.Word) []shell.Word {
	if !isNixCommand(name) {
		return args
	}
	shells := false
	for i, w := range args {
		switch w.Text {
		case "shell", "develop":
			shells = true
		case "-c", "--command":
			if shells {
				return args[:i]
			}
		case "--":
			return args[:i]
		}
	}
	return args
}

// has returns the first argument that is one of the flags.
func (c *call) has(flags ...string) (w shell.Word, ok bool) {
	i := slices.IndexFunc(c.args, func(w shell.Word) bool { return slices.Contains(flags, w.Text) })
	if i < 0 {
		return shell.Word{}, false
	}
	return c.args[i], true
}

// plain returns the arguments that are neither options nor their values.
func (c *call) plain() []shell.Word { return c.firstPlain(len(c.args)) }

// firstPlain returns the first n of plain.
func (c *call) firstPlain(n int) (out []shell.Word) {
	for i := 0; i < len(c.args) && len(out) < n; i++ {
		switch text := c.args[i].Text; {
		case text == "--override-input":
			i += 2
		case takesOne[text]:
			i++
		case c.valuesOf(text) > 0:
			i += c.valuesOf(text)
		case !strings.HasPrefix(text, "-"):
			out = append(out, c.args[i])
		}
	}
	return out
}

// takesOne are options with one value, beside those of valuesOf, whose value says which flake or inputs are meant.
var takesOne = map[string]bool{"--inputs-from": true, "--update-input": true, "--flake": true, "--expr": true, "--file": true, "-f": true, "-F": true}

// subcommand returns the words of nix that say what it does: "build", "flake check".
func (c *call) subcommand() string {
	if !isNixCommand(c.name) {
		return ""
	}
	switch plain := c.firstPlain(2); {
	case len(plain) == 0:
		return ""
	case slices.Contains(groups, plain[0].Text) && len(plain) > 1:
		return plain[0].Text + " " + plain[1].Text
	default:
		return plain[0].Text
	}
}

// groups are subcommands of nix that have subcommands.
var groups = []string{"flake", "profile", "derivation", "store", "registry", "hash", "key", "config", "nar", "realisation"}

// once reports each place of a file once: a word that several commands share through a variable is one place.
type once struct {
	pass *rules.Pass
	seen map[source.Span]bool
}

func newOnce(p *rules.Pass) *once { return &once{p, map[source.Span]bool{}} }

func (o *once) report(f diag.Finding) {
	if !o.seen[f.Span] {
		o.seen[f.Span] = true
		o.pass.Report(f)
	}
}
