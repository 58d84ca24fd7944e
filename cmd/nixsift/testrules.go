package main

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/custom"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/report"
)

// testedJSON is what `nixsift test-rules --format json` prints; docs/schema/test-rules-v1.schema.json describes it.
type testedJSON struct {
	Version int              `json:"version"`
	Rules   []testedRuleJSON `json:"rules"`
	Errors  []errorJSON      `json:"errors"` // what is wrong with rules, and what keeps files from being searched
}

type testedRuleJSON struct {
	ID      string            `json:"id"`
	Defined string            `json:"defined"` // file:line
	Bad     int               `json:"bad"`     // examples that hold
	Good    int               `json:"good"`
	Matches []testedMatchJSON `json:"matches"`
}

type testedMatchJSON struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Text    string `json:"text"`
	Message string `json:"message"`
	Fixable bool   `json:"fixable"`
}

func testRulesCommand(s streams) *cobra.Command {
	var format, configPath string
	var now func() time.Time
	cmd := &cobra.Command{
		Use:   "test-rules [PATH …]",
		Short: "Run the examples of the rules that the configuration defines",
		Long: "Run the examples of the rules that the configuration defines for the folder you stand in. With files and folders, also show what the\n" +
			"rules find there, whatever the configuration says of them.\n\n" +
			"Exit status: 0 where all examples hold, whatever is found in files; 1 where a rule is wrong or an example does not hold; 2 for what is\n" +
			"wrong with the call, or a file that cannot be read.",
		Args: func(_ *cobra.Command, args []string) error { return checkPaths(args) },
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if format != "text" && format != "json" {
			return fmt.Errorf("unknown format %q: use text or json", format)
		}
		return testRules(s, format, configPath, now, args)
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "output format: text or json")
	cmd.Flags().StringVar(&configPath, "config", "", "test the rules of this `FILE` instead of the nixsift.toml found upward from here")
	addNowFlag(cmd.Flags(), &now)
	return cmd
}

func testRules(s streams, format, configPath string, now func() time.Time, args []string) error {
	wd, err := workingDir()
	if err != nil {
		return err
	}
	opts := engine.Options{Dir: wd, Now: now, Changing: true} // mistakes are told, not refused
	if now == nil {
		opts.Now = nowFor(wd)
	}
	if configPath != "" {
		opts.ConfigPath = absolute(wd, configPath)
	}
	e, err := engine.New(opts)
	if err != nil {
		return err
	}
	c := e.Start()
	conf := c.Config(filepath.Join(wd, "default.nix"))
	errs := configErrors(c)
	tested := custom.Of(conf)
	if len(tested) == 0 && len(errs) == 0 {
		return fmt.Errorf("no rules are defined here: write [[rule]] or [[policy]] into %s, or name packs of them in `extends`", config.FileName)
	}
	out := testedJSON{Version: 1, Rules: []testedRuleJSON{}, Errors: errorsJSON(wd, errs)}
	for _, r := range tested {
		d := r.Definition()
		out.Rules = append(out.Rules, testedRuleJSON{r.ID, shownDefinition(wd, r.Defined), len(d.Bad), len(d.Good), []testedMatchJSON{}})
	}
	failed := false
	searched := len(args) > 0 && len(tested) > 0 && len(errs) == 0
	if searched {
		opts.ConfigPath = conf.Path // the rules under test, in projects with other configurations, too
		if failed, err = out.search(s, wd, opts, args, format == "json"); err != nil {
			return err
		}
	}
	if format == "json" {
		err = writeJSON(s, out)
	} else {
		tellErrors(s, wd, errs)
		err = out.text(s.out, searched)
	}
	switch {
	case err != nil:
		return err
	case failed:
		return status(exitUsage)
	case len(errs) > 0:
		return status(exitFindings)
	}
	return nil
}

// search adds what the rules find in files.
func (out *testedJSON) search(s streams, wd string, opts engine.Options, args []string, quiet bool) (failed bool, err error) {
	ctx, stop := untilSignal()
	defer stop()
	opts.Changing, opts.NoBaseline = false, true
	at := map[string]int{}
	for i, r := range out.Rules {
		opts.Only = append(opts.Only, r.ID)
		at[r.ID] = i
	}
	for _, a := range args {
		opts.Paths = append(opts.Paths, absolute(wd, a))
	}
	res, err := engine.Check(ctx, opts)
	if err != nil {
		return false, err
	}
	if !quiet {
		tellErrors(s, wd, res.Errors)
	}
	out.Errors = append(out.Errors, errorsJSON(wd, res.Errors)...)
	var lines *source.LineIndex
	file, shown := "", ""
	for _, f := range res.Findings {
		i, ok := at[f.Rule]
		if !ok {
			continue
		}
		text, _ := res.Text(f.File)
		if f.File != file || lines == nil {
			file, lines, shown = f.File, source.NewLineIndex(text), res.Secrets.Mask(f.File, text)
		}
		p := lines.Position(f.Span.Start)
		told, _ := res.Secrets.HideIn(&f)
		out.Rules[i].Matches = append(out.Rules[i].Matches, testedMatchJSON{slashed(wd, f.File), p.Line, p.Column, f.Span.Of(shown), told.Message, len(f.Fixes) > 0})
	}
	return len(res.Errors) > 0, nil
}

// text writes what came of the rules, with what they find where files were searched.
func (out *testedJSON) text(w io.Writer, searched bool) error {
	matches, silent := 0, 0
	for _, r := range out.Rules {
		if _, err := fmt.Fprintf(w, "ok  %s (%s): %s and %s hold\n", r.ID, r.Defined, plural(r.Bad, "bad example"), plural(r.Good, "good one")); err != nil {
			return err
		}
		for _, m := range r.Matches {
			fmt.Fprintf(w, "    %s:%d:%d: %s\n", m.File, m.Line, m.Column, report.Visible(m.Message))
		}
		matches += len(r.Matches)
		if searched && len(r.Matches) == 0 {
			silent++
			fmt.Fprintf(w, "    finds nothing there\n")
		}
	}
	_, err := fmt.Fprintf(w, "%s, %s", plural(len(out.Rules), "rule"), plural(len(out.Errors), "mistake"))
	if searched {
		fmt.Fprintf(w, "; %s, %s without any", pluralMatches(matches), plural(silent, "rule"))
	}
	fmt.Fprintln(w)
	return err
}
