package ci

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

// updatesByName is the first Nix whose `nix flake update` takes the names of inputs (release notes of 2.19). Older ones read
// them as references to flakes.
var updatesByName = config.Version{Major: 2, Minor: 19}

// lockMentions are what a text has one of in which there is something to find.
var lockMentions = []string{
	"--update", "--recreate-lock", "--override", "--input", "--no-update", "--no-write", "--commit-lock", "--output-lock", "--reference-lock",
	"--no-registr", "--no-use-registr", "flake lock",
}

var _ = rules.Register(&rules.Rule{
	ID: "update-input-flag", Family: family, Since: "0.1.0",
	Summary: "A flag for inputs and locks that newer versions of Nix do not have, or none has",
	Doc: "`--update-input` and `--recreate-lock-file` are deprecated: \"'--update-input' is a deprecated alias for 'flake update' and\n" +
		"will be removed in a future version\". Since Nix 2.19, `nix flake update NAME…` updates single inputs and `nix flake\n" +
		"update` all of them; `--flake REF` says of which flake. Other commands, such as `nix build`, update nothing then: run\n" +
		"`nix flake update NAME` before them, which the fix does where the command stands alone.\n" +
		"\n" +
		"Nix 2.18 and older read the words of `nix flake update` as flakes. Where `minimum-nix-version` is older than 2.19 the\n" +
		"flag is right, and nothing is reported.\n" +
		"\n" +
		"No version has `--update-inputs`, `--update-input=NAME`, `nix flake update --input NAME` or slips in other flags for inputs\n" +
		"and locks, `--override-inputs`, `--no-update-lockfile`: \"unrecognised flag\" ends the command. Looked at are `nix` itself,\n" +
		"`nom` and `nixos-rebuild`.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix, Tags: diag.Deprecated,
	Mentions: lockMentions,
	Programs: isNix,
	On:       []ast.Kind{ast.IndString, ast.String},
	Node: func(p *rules.Pass, n ast.Node) {
		text := n.Text()
		if !slices.ContainsFunc(lockMentions, func(m string) bool { return strings.Contains(text, m) }) {
			return
		}
		if doc := embedded(p, n); doc != nil {
			lockFlags(p, doc, isProse(n), p.MinNix.Before(updatesByName))
		}
	},
	Prose:  true,
	Script: func(p *rules.Pass, d *shell.Doc) { lockFlags(p, d, d.Prose, p.MinNix.Before(updatesByName)) },
})

// updateByName is the fix that makes `nix flake lock --update-input a` to `nix flake update a`: none where a word comes from a
// variable, or where the lock would be that of a flake that the command names otherwise.
func updateByName(c *call) []diag.Fix {
	fix := diag.Fix{Title: "use `nix flake update` with the names"}
	verb := 0
	inputs := 0
	for i := 0; i < len(c.args); i++ {
		w := c.args[i]
		flag, ok := c.lockFlag(i)
		switch {
		case w.Via != "" || len(w.Alts) > 0:
			return nil
		case verb == 0 && w.Text == "flake", verb == 1 && (w.Text == "lock" || w.Text == "update"):
			if verb++; verb == 2 && w.Text == "lock" {
				fix.Edits = append(fix.Edits, diag.Edit{Span: w.Span, Text: "update"})
			}
		case ok && flag.updatesInput():
			if flag.name.Len() == 0 || c.args[i+flag.words-1].Via != "" {
				return nil
			}
			inputs++
			fix.Edits = append(fix.Edits, diag.Edit{Span: source.Span{Start: w.Span.Start, End: flag.name.Start}})
			i += flag.words - 1
		case w.Text == "--override-input":
			i += 2
		case valuesOf[w.Text] > 0 || takesOne[w.Text]:
			i += max(1, valuesOf[w.Text])
		case verb == 2 && !strings.HasPrefix(w.Text, "-"):
			fix.Edits = append(fix.Edits, diag.Edit{Span: source.Span{Start: w.Span.Start, End: w.Span.Start}, Text: "--flake "})
		}
	}
	if verb != 2 || inputs == 0 {
		return nil
	}
	return []diag.Fix{fix}
}

// beforeCommand is what may stand before a command on its line so that another one can be put before it: nothing, a key or mark
// of YAML, make's @, or a command behind which it runs alone.
var beforeCommand = regexp.MustCompile(`^[ \t]*(?:- )*(?:[A-Za-z_-]+:[ \t]*)?@?$|(?:&&|;)[ \t]*$`)

// updateBefore is the fix that runs nix flake update before another command: none where a word comes from a variable, the flake
// may be another than that of the folder, or the command is part of another one.
func updateBefore(d *shell.Doc, c *call) []diag.Fix {
	for _, ref := range c.references() {
		if text := strings.TrimPrefix(ref.Text, flakeOption); text != "." && !strings.HasPrefix(text, ".#") {
			return nil
		}
	}
	at := int(c.span.Start)
	line := strings.LastIndexByte(d.Text[:at], '\n') + 1
	if !beforeCommand.MatchString(d.Text[line:at]) || strings.HasSuffix(strings.TrimRight(d.Text[:line], "\r\n"), "\\") {
		return nil
	}
	var names []string
	var edits []diag.Edit
	for i, w := range c.args {
		if w.Via != "" || len(w.Alts) > 0 {
			return nil
		}
		flag, ok := c.lockFlag(i)
		if !ok || !flag.updatesInput() {
			continue
		}
		if !flag.static || flag.input == "" {
			return nil
		}
		from := w.Span.Start // with the blanks before, if those are all on the line
		for from > uint32(line) && (d.Text[from-1] == ' ' || d.Text[from-1] == '\t') {
			from--
		}
		if from == 0 || d.Text[from-1] == '\n' {
			return nil // a line of its own, which a backslash leads to
		}
		names = append(names, flag.input)
		edits = append(edits, diag.Edit{Span: source.Span{Start: from, End: c.args[i+flag.words-1].Span.End}})
	}
	if len(names) == 0 {
		return nil
	}
	before := diag.Edit{Span: source.Span{Start: c.span.Start, End: c.span.Start}, Text: "nix flake update " + strings.Join(names, " ") + " && "}
	return []diag.Fix{{Title: "run `nix flake update` before", Edits: append([]diag.Edit{before}, edits...)}}
}
