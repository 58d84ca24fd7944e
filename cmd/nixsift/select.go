package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/rules"
)

// names describes what lists of rules take.
const names = "ids, families, patterns such as flake/* or missing-*, ALL"

// addEngineFlags adds the flags that say which files are checked by which rules. They are the same for every command that
// has to do with that.
func addEngineFlags(flags *pflag.FlagSet, opts *engine.Options) {
	flags.StringVar(&opts.ConfigPath, "config", "", "use this configuration instead of those found upward from each file")
	flags.StringVar(&opts.Preset, "preset", "", "start from this preset: "+strings.Join(rules.PresetNames(), ", "))
	flags.StringVar(&opts.Edition, "edition", "", "take presets and patterns as of this edition: "+strings.Join(engine.Catalogue().Editions(), ", "))
	flags.StringArrayVar(&opts.Select, "select", nil, "run these `rules`: with --preset beside its own, else these only ("+names+")")
	flags.StringArrayVar(&opts.Ignore, "ignore", nil, "do not run these `rules` ("+names+")")
	flags.StringArrayVar(&opts.Severities, "rule", nil, "set the severity of a rule: `ID=SEVERITY`")
	flags.StringArrayVar(&opts.Only, "only", nil, "run these `rules` only, whatever the configuration says of them ("+names+")")
	flags.BoolVar(&opts.Preview, "preview", false, "let presets and patterns turn on rules in preview, too")
	flags.BoolVar(&opts.Inputs, "inputs", false, "let findings rest on sources of flake inputs in the Nix store, too")
	addNowFlag(flags, &opts.Now)
	flags.StringArrayVar(&opts.Exclude, "exclude", nil, "leave out files that match this `pattern`, relative to the folder you stand in, too")
	flags.BoolVar(&opts.NoExclude, "no-exclude", false, "check what the configuration excludes")
}

// checkEngineFlags refuses values of the flags of addEngineFlags that mean nothing, and makes paths absolute: in the folder of the options, or the one
// stood in where they have none.
func checkEngineFlags(flags *pflag.FlagSet, opts *engine.Options) error {
	switch {
	case flags.Changed("config") && opts.ConfigPath == "":
		return errors.New("--config is empty: name a configuration file, or leave the flag out for those found upward from each file")
	case flags.Changed("preset") && opts.Preset == "":
		return errors.New("--preset is empty: name a preset, or leave the flag out")
	case flags.Changed("edition") && opts.Edition == "":
		return errors.New("--edition is empty: name an edition, or leave the flag out")
	case opts.NoExclude && len(opts.Exclude) > 0:
		return errors.New("--exclude and --no-exclude contradict each other: use one of them")
	}
	for _, list := range []struct {
		flag   string
		values []string
	}{{"only", opts.Only}, {"select", opts.Select}, {"ignore", opts.Ignore}} {
		for _, v := range list.values {
			if slices.Contains(config.SplitNames(v), "") {
				return fmt.Errorf("--%s is empty, or a name in it is: name rules, with commas between them; `nixsift rules` lists them", list.flag)
			}
		}
	}
	var patterns []string
	for _, v := range opts.Exclude {
		patterns = append(patterns, config.SplitNames(v)...)
	}
	opts.Exclude = patterns
	if opts.Dir == "" {
		wd, err := workingDir()
		if err != nil {
			return err
		}
		opts.Dir = wd
	}
	if opts.Now == nil {
		opts.Now = nowFor(opts.Dir)
	}
	if opts.ConfigPath != "" {
		opts.ConfigPath = absolute(opts.Dir, opts.ConfigPath)
	}
	return nil
}

// workingDir is os.Getwd with an error that says what to do.
func workingDir() (string, error) {
	wd, err := os.Getwd()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.New("the folder you stand in is not there any more: change to another")
	case err != nil:
		return "", fmt.Errorf("the folder you stand in cannot be told: %w", err)
	}
	return wd, nil
}

// absolute returns the clean absolute path of a path in a folder.
func absolute(dir, path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return filepath.Clean(path)
}

// tellNotices says which rules are named by earlier ids.
func tellNotices(w io.Writer, wd string, notices []config.Notice) {
	for _, n := range notices {
		fmt.Fprintf(w, "nixsift: %s (%s)\n", n, place(wd, n.From))
	}
}

// place returns an origin as messages show it.
func place(wd string, o config.Origin) string {
	what := report.Visible(o.What)
	if o.File == "" {
		return what
	}
	at := fmt.Sprintf("%s:%d", shown(wd, o.File), o.Line)
	if what == "" {
		return at
	}
	return at + ", " + what
}

// limitFindings returns the findings that --max-findings leaves to print, in their order: the most severe ones, and of
// equals the first.
func limitFindings(all []diag.Finding, most int) []diag.Finding {
	if most < 0 || len(all) <= most {
		return all
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(all[b].Severity) - int(all[a].Severity) })
	order = order[:most]
	slices.Sort(order)
	kept := make([]diag.Finding, most)
	for i, at := range order {
		kept[i] = all[at]
	}
	return kept
}
