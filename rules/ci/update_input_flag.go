package ci

import (
	"fmt"
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
		"`nix flake update NAME` before them.\n" +
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
