package ci

import (
	"fmt"
	"regexp"
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

var _ = rules.Register(&rules.Rule{
	ID: "update-input-flag", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "A flag for updating locks that newer versions of Nix do not have",
	Doc: "`--update-input` and `--recreate-lock-file` are deprecated: \"'--update-input' is a deprecated alias for 'flake update' and\n" +
		"will be removed in a future version\". Since Nix 2.19, `nix flake update NAME…` updates single inputs and `nix flake\n" +
		"update` all of them; `--flake REF` says of which flake. Other commands, such as `nix build`, update nothing then: run\n" +
		"`nix flake update NAME` before them, which the fix does where the command stands alone.\n" +
		"\n" +
		"Nix 2.18 and older read the words of `nix flake update` as flakes. Where `minimum-nix-version` is older than 2.19 the\n" +
		"flag is right, and nothing is reported.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix, Tags: diag.Deprecated,
	Mentions: []string{"--update-input", "--recreate-lock-file"},
	Programs: isNix,
	On:       []ast.Kind{ast.IndString, ast.String},
	Node: func(p *rules.Pass, n ast.Node) {
		text := n.Text()
		if p.MinNix.Before(updatesByName) || !strings.Contains(text, "--update-input") && !strings.Contains(text, "--recreate-lock-file") {
			return
		}
		if doc := embedded(p, n); doc != nil {
			lockFlags(p, doc, isProse(n))
		}
	},
	Script: func(p *rules.Pass, d *shell.Doc) {
		if !p.MinNix.Before(updatesByName) {
			lockFlags(p, d, false)
		}
	},
})

// lockFlags looks at the commands of a document. In prose they are advice.
func lockFlags(p *rules.Pass, d *shell.Doc, prose bool) {
	at := newOnce(p)
	report := func(f diag.Finding) {
		if prose {
			f.Severity, f.Fixes = diag.Info, nil
		}
		at.report(f)
	}
	for _, c := range calls(d) {
		if c.name == "" { // an input: the action may know the flag by itself
			continue
		}
		first := true
		for i, w := range c.args {
			switch w.Text {
			case "--update-input":
				if i+1 == len(c.args) {
					continue
				}
				input := c.args[i+1].Text
				f := diag.Finding{
					Span:    w.Span,
					Message: "`--update-input` is deprecated, and newer versions of Nix will not have it",
					Help:    fmt.Sprintf("write `nix flake update %s`", input),
				}
				if c.subcommand() != "flake lock" && c.subcommand() != "flake update" {
					f.Help = fmt.Sprintf("run `nix flake update %s` before", input)
					if first && c.script.Source != shell.EmbeddedText {
						f.Fixes = updateBefore(d, &c)
					}
				} else if first {
					f.Fixes = updateByName(&c)
				}
				first = false
				report(f)
			case "--recreate-lock-file":
				f := diag.Finding{
					Span:    w.Span,
					Message: "`--recreate-lock-file` is deprecated, and newer versions of Nix will not have it",
					Help:    "run `nix flake update` before",
				}
				if sub := c.subcommand(); sub == "flake lock" || sub == "flake update" {
					f.Help = "write `nix flake update`"
				}
				report(f)
			}
		}
	}
}

// updateByName is the fix that makes `nix flake lock --update-input a` to `nix flake update a`: none where a word comes from a
// variable, or where the lock would be that of a flake that the command names otherwise.
func updateByName(c *call) []diag.Fix {
	fix := diag.Fix{Title: "use `nix flake update` with the names"}
	verb := 0
	inputs := 0
	for i := 0; i < len(c.args); i++ {
		switch w := c.args[i]; {
		case w.Via != "" || len(w.Alts) > 0:
			return nil
		case verb == 0 && w.Text == "flake", verb == 1 && (w.Text == "lock" || w.Text == "update"):
			if verb++; verb == 2 && w.Text == "lock" {
				fix.Edits = append(fix.Edits, diag.Edit{Span: w.Span, Text: "update"})
			}
		case w.Text == "--update-input" && i+1 < len(c.args) && c.args[i+1].Via == "":
			inputs++
			fix.Edits = append(fix.Edits, diag.Edit{Span: source.Span{Start: w.Span.Start, End: c.args[i+1].Span.Start}})
			i++
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
		if w.Text != "--update-input" || i+1 == len(c.args) {
			continue
		}
		name := c.args[i+1]
		if name.Quoted || !name.Static {
			return nil
		}
		from := w.Span.Start // with the blanks before, if those are all on the line
		for from > uint32(line) && (d.Text[from-1] == ' ' || d.Text[from-1] == '\t') {
			from--
		}
		if from == 0 || d.Text[from-1] == '\n' {
			return nil // a line of its own, which a backslash leads to
		}
		names = append(names, name.Text)
		edits = append(edits, diag.Edit{Span: source.Span{Start: from, End: name.Span.End}})
	}
	if len(names) == 0 {
		return nil
	}
	before := diag.Edit{Span: source.Span{Start: c.span.Start, End: c.span.Start}, Text: "nix flake update " + strings.Join(names, " ") + " && "}
	return []diag.Fix{{Title: "run `nix flake update` before", Edits: append([]diag.Edit{before}, edits...)}}
}
