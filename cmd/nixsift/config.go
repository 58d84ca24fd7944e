package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/custom"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/rules"
)

// valueJSON is a value with the place that it comes from.
type valueJSON struct {
	Value any         `json:"value"`
	From  *originJSON `json:"from"`
}

// patternJSON is a pattern of exclude.
type patternJSON struct {
	Pattern string      `json:"pattern"`
	From    *originJSON `json:"from"`
}

// effectiveJSON is what `nixsift config --format json` prints; docs/schema/config-v1.schema.json describes it.
type effectiveJSON struct {
	Version  int                  `json:"version"`
	Path     string               `json:"path"`
	Files    []string             `json:"files"`
	Excluded *patternJSON         `json:"excluded,omitempty"`
	Settings map[string]valueJSON `json:"settings"`
	Exclude  []patternJSON        `json:"exclude"`
	Rules    []effectiveRuleJSON  `json:"rules"`
	Errors   []errorJSON          `json:"errors"`
}

type effectiveRuleJSON struct {
	ID       string               `json:"id"`
	Severity string               `json:"severity"`
	From     *originJSON          `json:"from"`
	Options  map[string]valueJSON `json:"options,omitempty"`
}

func configCommand(s streams) *cobra.Command {
	var opts engine.Options
	var format string
	cmd := &cobra.Command{
		Use:   "config [PATH]",
		Short: "Print the configuration that holds for a file, and where each value comes from",
		Long: "Print the configuration that holds for a file or folder, by default for the folder you stand in, and where each value\n" +
			"comes from: which line of which nixsift.toml, which flag, which preset. The text is TOML itself.\n\n" +
			"Exit status: 0, or 2 for what is wrong with the call, the path or the configuration.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkListing(cmd.Flags(), &opts, format, args); err != nil {
				return err
			}
			return printConfig(s, opts, format, strings.Join(args, ""))
		},
	}
	addEngineFlags(cmd.Flags(), &opts)
	cmd.Flags().StringVarP(&format, "format", "f", "text", "output format: text or json")
	return cmd
}

// effective is the configuration that holds for one path.
type effective struct {
	wd, path string
	config   *config.Config
	resolved *config.Resolved
	excluded *config.Pattern
}

func printConfig(s streams, opts engine.Options, format, path string) error {
	path = absolute(opts.Dir, path)
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	eng, err := engine.New(opts)
	if err != nil {
		return err
	}
	checker := eng.Start()
	inside := path
	if info.IsDir() {
		inside = filepath.Join(path, "default.nix")
	}
	e := &effective{wd: opts.Dir, path: path, config: checker.Config(inside)}
	e.resolved = e.config.For(path)
	if p, ok := e.config.ExcludedBy(path); ok && !opts.NoExclude {
		e.excluded = &p
	}
	errs := configErrors(checker)
	tellNotices(s.err, e.wd, e.config.Notices())
	if format == "json" {
		err = writeJSON(s, e.json(errs))
	} else {
		err = e.text(s)
		tellErrors(s, e.wd, errs)
	}
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return status(exitUsage)
	}
	return nil
}

// keyValue is a key with its value that is not about one rule.
type keyValue struct {
	key   string
	value any
}

func (e *effective) settings() []keyValue {
	c := e.config
	list := []keyValue{{"preset", c.Preset}, {"edition", c.Edition}, {"preview", c.Preview}, {"minimum-nix-version", c.MinimumNix.String()}, {"generated", c.Generated}, {"fail-on", c.FailOn.String()}}
	if c.Baseline != "" {
		list = append(list, keyValue{"baseline", slashed(filepath.Dir(c.Origin("baseline").File), c.Baseline)})
	}
	if c.Inputs.Store {
		list = append(list, keyValue{"inputs.store", true})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Inputs.Places)) {
		list = append(list, keyValue{"inputs." + name, slashed(filepath.Dir(c.InputOrigin(name).File), c.Inputs.Places[name])})
	}
	if c.Required != "" {
		list = slices.Insert(list, 0, keyValue{"required-version", c.Required})
	}
	return list
}

// files returns the configuration files as messages show them, what is extended before what extends it.
func (e *effective) files() []string {
	files := []string{}
	for _, src := range e.config.Sources() {
		files = append(files, slashed(e.wd, src.Path))
	}
	return files
}

// place returns an origin as comments show it, which need not say the key that they stand at.
func (e *effective) place(o config.Origin, key string) string {
	if o.File != "" && o.What == key {
		o.What = ""
	}
	return place(e.wd, o)
}

// rules returns the rules that the configuration is about, sorted by id.
func (e *effective) rules() []*rules.Rule {
	all := rules.All()
	for _, r := range custom.Of(e.config) {
		all = append(all, r.Rule)
	}
	slices.SortFunc(all, func(a, b *rules.Rule) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// text writes the configuration as TOML with comments.
func (e *effective) text(s streams) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# What holds for %s, and where it comes from.\n", shown(e.wd, e.path))
	if files := e.files(); len(files) > 0 {
		fmt.Fprintf(&b, "# Read: %s.\n", report.Visible(strings.Join(files, ", ")))
	} else {
		b.WriteString("# There is no nixsift.toml for it.\n")
	}
	if e.excluded != nil {
		fmt.Fprintf(&b, "# It is not checked: `%s` excludes it (%s).\n", report.Visible(e.excluded.Text), place(e.wd, e.excluded.From))
	}
	for _, v := range e.settings() {
		fmt.Fprintf(&b, "%s = %s # %s\n", tomlKey(v.key), tomlValue(v.value), e.place(e.config.Origin(v.key), v.key))
	}
	b.WriteString("exclude = [")
	for _, p := range e.config.Exclude() {
		fmt.Fprintf(&b, "\n  %s, # %s", tomlValue(p.Text), e.place(p.From, "exclude"))
	}
	if len(e.config.Exclude()) > 0 {
		b.WriteString("\n")
	}
	b.WriteString("]\n\n[rules]\n")
	for _, r := range e.rules() {
		severity, _ := e.resolved.Severity(r.ID)
		if severity == diag.Off && e.resolved.Origin(r.ID) == e.config.PresetOrigin() {
			continue // the preset leaves it out
		}
		value, from := tomlValue(severity.String()), e.place(e.resolved.Origin(r.ID), "[rules]")
		if len(r.Options) > 0 && severity != diag.Off {
			parts := []string{"severity = " + value}
			for _, o := range r.Options {
				parts = append(parts, o.Name+" = "+tomlValue(e.resolved.Options(r.ID)[o.Name]))
				if at, ok := e.resolved.OptionOrigin(r.ID, o.Name); ok {
					from += "; " + o.Name + ": " + e.place(at, "[rules]")
				}
			}
			value = "{ " + strings.Join(parts, ", ") + " }"
		}
		fmt.Fprintf(&b, "%s = %s # %s\n", r.ID, value, from)
	}
	_, err := fmt.Fprint(s.out, b.String())
	return err
}

// tomlKey writes a key, or two with a dot between them, the first of which needs no quotes.
func tomlKey(key string) string {
	table, name, dotted := strings.Cut(key, ".")
	if !dotted {
		return key
	}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
		name = tomlValue(name)
	}
	return table + "." + name
}

// tomlValue writes a value of TOML in one line.
func tomlValue(v any) string {
	text, err := toml.Marshal(map[string]any{"v": v})
	if err != nil {
		panic(err) // values are strings, numbers, truths and lists of strings
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(text), "v = "), "\n")
}

func (e *effective) json(errs []engine.FileError) effectiveJSON {
	out := effectiveJSON{
		Version: 1, Path: slashed(e.wd, e.path), Files: e.files(), Settings: map[string]valueJSON{}, Exclude: []patternJSON{},
		Rules: []effectiveRuleJSON{}, Errors: errorsJSON(e.wd, errs),
	}
	if e.excluded != nil {
		out.Excluded = &patternJSON{e.excluded.Text, originOf(e.wd, e.excluded.From)}
	}
	for _, v := range e.settings() {
		out.Settings[v.key] = valueJSON{v.value, originOf(e.wd, e.config.Origin(v.key))}
	}
	for _, p := range e.config.Exclude() {
		out.Exclude = append(out.Exclude, patternJSON{p.Text, originOf(e.wd, p.From)})
	}
	for _, r := range e.rules() {
		severity, _ := e.resolved.Severity(r.ID)
		entry := effectiveRuleJSON{ID: r.ID, Severity: severity.String(), From: originOf(e.wd, e.resolved.Origin(r.ID))}
		for _, o := range r.Options {
			at, ok := e.resolved.OptionOrigin(r.ID, o.Name)
			if !ok {
				at = config.Origin{What: "default"}
			}
			if entry.Options == nil {
				entry.Options = map[string]valueJSON{}
			}
			entry.Options[o.Name] = valueJSON{e.resolved.Options(r.ID)[o.Name], originOf(e.wd, at)}
		}
		out.Rules = append(out.Rules, entry)
	}
	return out
}
