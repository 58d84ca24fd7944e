package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
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
	maxFindings           int // to print; negative for all
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
			"Exit status: 0 nothing at or above the gate, 1 findings or, with --diff, pending fixes, 2 wrong call, configuration,\nunreadable input or a file that cannot be written, 3 internal error, 130 or 143 stopped by a signal.",
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
	addEngineFlags(flags, &f.opts)
	flags.IntVar(&f.maxFindings, "max-findings", -1, "print so many findings, the most severe ones; all count for the exit status")
	flags.Lookup("max-findings").DefValue = "0" // which the help does not print
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	var res *engine.Result
	var fixed fixOutcome
	if f.fix || f.unsafe || f.diff {
		fixed, err = f.applyFixes(ctx, s, wd)
		res = fixed.res
	} else {
		res, err = engine.Check(ctx, f.opts)
	}
	if ctx.Err() != nil {
		return stopped(ctx, s)
	}
	if err != nil {
		return err
	}
	for _, l := range res.LeftAlone {
		fmt.Fprintf(s.err, "nixsift: left alone: %s %s\n", report.Visible(l.Path), report.Visible(l.Why))
	}
	if f.unread != nil {
		res.Errors = append(res.Errors, *f.unread)
	}
	tellUnchecked(s.err, wd, res, len(f.opts.Exclude) > 0)
	tellNotices(s.err, wd, res.Notices)
	summary := report.Summary{Files: res.Files, Suppressed: res.Suppressed, Generated: res.Generated, Duration: time.Since(start)}
	run := &report.Run{
		Findings: limitFindings(res.Findings, f.maxFindings), All: res.Findings, Summary: summary,
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
	if more := len(res.Findings) - len(run.Findings); more > 0 && !f.diff {
		fmt.Fprintf(s.err, "nixsift: %s not printed (--max-findings %d)\n", plural(more, "more finding"), f.maxFindings)
	}
	return exitStatus(res, f.gate, f.exitZero, fixed)
}

func (f *checkFlags) useColor(s streams) bool {
	return report.UseColor(f.color, s.terminal, os.Getenv)
}

// describe returns what reports say about a rule.
func describe(id string) report.Rule {
	if r := rules.Lookup(id); r != nil {
		return report.Rule{Summary: r.Summary, Doc: r.Doc, Family: r.Family, URL: r.URL(), Severity: r.Severity}
	}
	return report.Rule{}
}

// exitStatus returns the status of a run as an error, or nil for 0. The highest that applies wins.
func exitStatus(res *engine.Result, gate diag.Severity, exitZero bool, fixed fixOutcome) error {
	code := exitClean
	if !exitZero && (fixed.pending || slices.ContainsFunc(res.Findings, func(f diag.Finding) bool { return f.Severity >= gate })) {
		code = exitFindings
	}
	for _, e := range res.Errors {
		if e.Kind == engine.Internal {
			code = max(code, exitInternal)
		} else {
			code = max(code, exitUsage)
		}
	}
	if fixed.failed {
		code = max(code, exitUsage)
	}
	if fixed.broken {
		code = exitInternal
	}
	if code == exitClean {
		return nil
	}
	return status(code)
}
