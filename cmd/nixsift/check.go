package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"github.com/pmezard/go-difflib/difflib"
	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/version"
	"github.com/nixsift/nixsift/rules"
)

// checkFlags are the flags of nixsift check.
type checkFlags struct {
	format, color, failOn string
	exitZero              bool
	fix, unsafe, diff     bool
	stdinPath             string
	opts                  engine.Options
	gate                  diag.Severity     // of failOn
	unread                *engine.FileError // standard input, where it is too large
}

func checkCommand(s streams) *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [PATH …]",
		Short: "Check files and folders",
		Long: "Check files and folders; without any, the folder you stand in. A path says what is reported; what is read is the\n" +
			"project around it: flake, lock file, Git index, configuration. `-` reads one Nix file from standard input.\n\n" +
			"Exit status: 0 nothing at or above the gate, 1 findings, 2 wrong call, configuration or unreadable input,\n3 internal error.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.validate(cmd.Flags(), args); err != nil {
				return err
			}
			return check(s, &f, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.format, "format", "f", "text", "output format: "+strings.Join(report.Formats(), ", "))
	flags.StringVar(&f.color, "color", "auto", "colours: auto, always or never")
	flags.StringVar(&f.failOn, "fail-on", "warning", "the least severity that makes the exit status 1: hint, info, warning or error")
	flags.BoolVar(&f.exitZero, "exit-zero", false, "exit with 0 in spite of findings")
	flags.BoolVar(&f.fix, "fix", false, "apply the fixes that keep meaning and comments")
	flags.BoolVar(&f.unsafe, "unsafe-fixes", false, "apply fixes that need an eye, too")
	flags.BoolVar(&f.diff, "diff", false, "show what the fixes would change and write nothing")
	flags.StringVar(&f.stdinPath, "stdin-path", "stdin.nix", "the path that standard input stands for")
	flags.StringVar(&f.opts.ConfigPath, "config", "", "use this configuration instead of those found upward from each file")
	flags.StringVar(&f.opts.Preset, "preset", "", "start from this preset: "+strings.Join(rules.PresetNames(), ", "))
	flags.StringArrayVar(&f.opts.Severities, "rule", nil, "set the severity of a rule: ID=SEVERITY")
	flags.StringSliceVar(&f.opts.Only, "only", nil, "run these rules only")
	flags.BoolVar(&f.opts.NoExclude, "no-exclude", false, "check what the configuration excludes")
	flags.BoolVar(&f.opts.Links, "verbose", false, "tell on standard error which links were left alone, and why")
	flags.BoolVar(&f.opts.Generated, "generated", false, "check generated files like others, not for errors only")
	flags.IntVarP(&f.opts.Jobs, "jobs", "j", 0, "files checked at once; 0 is one for each processor")
	return cmd
}

func check(s streams, f *checkFlags, args []string) error {
	start := time.Now()
	wd, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := f.resolve(s, wd, args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var res *engine.Result
	broken := false
	if f.fix || f.unsafe || f.diff {
		if res, broken, err = f.applyFixes(ctx, s, wd); err != nil {
			return err
		}
	} else if res, err = engine.Check(ctx, f.opts); err != nil {
		return err
	}
	for _, l := range res.LeftAlone {
		fmt.Fprintf(s.err, "nixsift: left alone: %s %s\n", l.Path, l.Why)
	}
	if f.unread != nil {
		res.Errors = append(res.Errors, *f.unread)
	}
	tellUnchecked(s.err, wd, res)
	summary := report.Summary{Files: res.Files, Suppressed: res.Suppressed, Generated: res.Generated, Duration: time.Since(start)}
	run := &report.Run{
		Findings: res.Findings, Summary: summary,
		Sources: res.Text, Rule: describe, BaseDir: wd, ToolVersion: version.Number,
	}
	for _, e := range res.Errors {
		run.Errors = append(run.Errors, report.FileError{File: e.File, Message: e.Message, Kind: string(e.Kind), Line: e.Line, Column: e.Column})
	}
	if f.diff {
		for _, e := range run.Errors {
			fmt.Fprintf(s.err, "nixsift: %s: %s\n", shown(wd, e.File), report.Visible(e.Message))
		}
	} else {
		if err := report.Write(s.out, f.format, run, report.Options{Color: f.useColor(s)}); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	return exitStatus(res, f.gate, f.exitZero, broken)
}

func (f *checkFlags) useColor(s streams) bool {
	return report.UseColor(f.color, s.terminal, os.Getenv)
}

// applyFixes fixes, and writes the result or shows it. broken tells that some fix had to be left out.
func (f *checkFlags) applyFixes(ctx context.Context, s streams, wd string) (res *engine.Result, broken bool, err error) {
	level := fix.OnlySafe
	if f.unsafe {
		level = fix.AlsoUnsafe
	}
	out, err := engine.Fix(ctx, f.opts, level)
	if err != nil {
		return nil, false, err
	}
	for _, p := range out.Broken {
		fmt.Fprintf(s.err, "nixsift: a fix of `%s` (%s) would break the code, so it was left out: please report this\n", p.Rule, p.Fix.Title)
	}
	files := make([]string, 0, len(out.Texts))
	for file := range out.Texts {
		files = append(files, file)
	}
	slices.Sort(files)
	for _, file := range files {
		if f.diff {
			err = showDiff(s.out, wd, file, out.Before[file], out.Texts[file])
		} else {
			err = writeFile(file, out.Texts[file])
		}
		if err != nil {
			return nil, false, err
		}
	}
	if !f.diff && out.Applied > 0 {
		fmt.Fprintf(s.err, "nixsift: applied %d fixes in %d files\n", out.Applied, len(files))
	}
	return out.Result, len(out.Broken) > 0, nil
}

func showDiff(w io.Writer, wd, file, before, after string) error {
	name := file
	if rel, err := filepath.Rel(wd, file); err == nil {
		name = filepath.ToSlash(rel)
	}
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(before), B: difflib.SplitLines(after), FromFile: "a/" + name, ToFile: "b/" + name, Context: 3,
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// writeFile replaces the content of a file in one step and keeps its mode; a link's target is replaced, not
// the link.
func writeFile(path, text string) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	if err := renameio.WriteFile(target, []byte(text), info.Mode().Perm(), renameio.WithExistingPermissions()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// describe returns what reports say about a rule.
func describe(id string) (summary, url string) {
	if r := rules.Lookup(id); r != nil {
		return r.Summary, r.URL()
	}
	return "", ""
}

// exitStatus returns the status of a run as an error, or nil for 0. The highest that applies wins.
func exitStatus(res *engine.Result, gate diag.Severity, exitZero, broken bool) error {
	code := exitClean
	if !exitZero && slices.ContainsFunc(res.Findings, func(f diag.Finding) bool { return f.Severity >= gate }) {
		code = exitFindings
	}
	for _, e := range res.Errors {
		if e.Kind == engine.Internal {
			code = max(code, exitInternal)
		} else {
			code = max(code, exitUsage)
		}
	}
	if broken {
		code = exitInternal
	}
	if code == exitClean {
		return nil
	}
	return status(code)
}
