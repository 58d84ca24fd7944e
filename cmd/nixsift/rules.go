package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/internal/version"
	"github.com/nixsift/nixsift/rules"
)

// ruleJSON is one entry of `nixsift rules --format json`; its fields are a stable interface.
type ruleJSON struct {
	ID       string   `json:"id"`
	Family   string   `json:"family"`
	Severity string   `json:"severity"`
	Presets  []string `json:"presets"`
	Summary  string   `json:"summary"`
	Fix      string   `json:"fix"`
	Since    string   `json:"since"`
	Stage    string   `json:"stage"`
	Edition  string   `json:"edition"` // of the presets that it came with
}

func presetsOf(r *rules.Rule) []string {
	var names []string
	for _, p := range rules.PresetNames() {
		if r.InPreset(p) {
			names = append(names, p)
		}
	}
	return names
}

func rulesCommand(s streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "rules [--format text|json]",
		Short: "List the rules",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if format != "json" && format != "text" {
				return fmt.Errorf("unknown format %q: use text or json", format)
			}
			all, catalogue, err := knownRules(s)
			if err != nil {
				return err
			}
			switch format {
			case "json":
				list := []ruleJSON{}
				for _, r := range all {
					list = append(list, ruleJSON{r.ID, r.Family, r.Severity.String(), presetsOf(r), r.Summary, r.Fix.String(), r.Since, r.Stage.String(), cmp.Or(r.Edition, config.FirstEdition)})
				}
				enc := json.NewEncoder(s.out)
				enc.SetIndent("", "  ")
				enc.SetEscapeHTML(false)
				return enc.Encode(list)
			case "text":
				w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
				for _, r := range all {
					on := "off"
					if r.Own && catalogue.Idle(r.ID) {
						on = "off"
					} else if r.Stage == rules.Preview {
						on = r.Stage.String()
					} else if r.InPreset("recommended") {
						on = r.Severity.String()
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.ID, on, r.Family, r.Summary)
				}
				return w.Flush()
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "output format: text or json")
	return cmd
}

func explainCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE",
		Short: "Say what a rule is about",
		Long: "Say what a rule is about. The names of other tools are understood too: W08, useless_parens, sema-unused-def-let. Where\n" +
			"several rules stand for a name (a family, a pattern, ALL, a name of another tool), they are listed.",
		Args: oneArg("the name of a rule: `nixsift rules` lists them"),
		RunE: func(_ *cobra.Command, args []string) error {
			all, catalogue, err := knownRules(s)
			if err != nil {
				return err
			}
			switch ids := catalogue.Find(args[0]); len(ids) {
			case 0:
				if ids, many := catalogue.Select(args[0]); many {
					if len(ids) == 0 { // everything
						for _, r := range all {
							ids = append(ids, r.ID)
						}
					}
					return listRules(s, fmt.Sprintf("%s stands for %s, in lists of rules and in comments", args[0], plural(len(ids), "rule")), ids, all)
				}
				return unknownRule(args[0], all)
			case 1:
				if id := catalogue.Renamed(args[0]); id != "" {
					tellNotices(s.err, "", []config.Notice{{Old: args[0], New: id, From: config.Origin{What: "explain"}}})
				}
				r := ruleOf(all, ids[0])
				if r == nil {
					return fmt.Errorf("the definition of `%s` has mistakes, which are told above: mend them first", ids[0])
				}
				explain(s, r, r.Own && catalogue.Idle(r.ID))
				return nil
			default:
				return listRules(s, args[0]+" is here", ids, all)
			}
		},
	}
}

func unknownRule(name string, all []*rules.Rule) error {
	var ids []string
	for _, r := range all {
		ids = append(ids, r.ID)
	}
	if guess := near.Find(name, ids); guess != "" {
		return fmt.Errorf("unknown rule `%s`; did you mean `%s`?", name, guess)
	}
	return fmt.Errorf("unknown rule `%s`; `nixsift rules` lists them", name)
}

// listRules lists rules that stand for one name: of another tool, a family, a pattern.
func listRules(s streams, head string, ids []string, all []*rules.Rule) error {
	fmt.Fprintf(s.out, "%s:\n\n", head)
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	slices.Sort(ids)
	for _, id := range ids {
		r := ruleOf(all, id)
		if r == nil {
			continue // its definition has mistakes
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", r.ID, r.Severity, r.Summary)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\n`nixsift explain RULE` says more about one.\n")
	return nil
}

// explain says what a rule is about. idle tells that only its name turns it on.
func explain(s streams, r *rules.Rule, idle bool) {
	head, about := r.Severity.String(), r.Summary+"."
	if idle {
		head = "off unless it is named, then " + head
	}
	if r.Own { // whose summary is its message
		about = "It says: " + r.Summary
	}
	fmt.Fprintf(s.out, "%s (%s, %s)\n\n%s\n\n%s\n\n", r.ID, r.Family, head, about, r.Doc)
	if presets := presetsOf(r); len(presets) > 0 && !r.Own {
		fmt.Fprintf(s.out, "Presets:  %s\n", strings.Join(presets, ", "))
	}
	if r.Stage == rules.Preview {
		fmt.Fprintf(s.out, "Stage:    preview: only its name or `preview = true` turns it on\n")
	}
	if r.Edition != "" {
		fmt.Fprintf(s.out, "Edition:  in presets from %s on\n", r.Edition)
	}
	if len(r.Formerly) > 0 {
		fmt.Fprintf(s.out, "Earlier:  %s\n", strings.Join(r.Formerly, ", "))
	}
	fmt.Fprintf(s.out, "Fix:      %s\n", r.Fix)
	for _, o := range r.Options {
		fmt.Fprintf(s.out, "Option:   %s (default %v): %s\n", o.Name, o.Default, o.Doc)
	}
	if len(r.Aliases) > 0 {
		aliases := slices.Clone(r.Aliases)
		for i, a := range aliases {
			aliases[i] = strings.Replace(a, ":", " ", 1)
		}
		fmt.Fprintf(s.out, "Known as: %s\n", strings.Join(aliases, ", "))
	}
	if r.Own {
		fmt.Fprintf(s.out, "Defined:  %s\n", r.Defined)
		if r.Page != "" {
			fmt.Fprintf(s.out, "See:      %s\n", r.Page)
		}
		return
	}
	fmt.Fprintf(s.out, "Since:    %s\nSee:      %s\n", r.Since, r.URL())
}

func versionCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run:   func(*cobra.Command, []string) { fmt.Fprintln(s.out, "nixsift", version.String()) },
	}
}
