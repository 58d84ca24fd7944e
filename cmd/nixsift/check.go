package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/version"
	"github.com/nixsift/nixsift/rules"
)

// checkFlags are the flags of nixsift check.
type checkFlags struct {
	outputFlags
	changed           changeFlags
	failOn            string
	exitZero          bool
	fix, unsafe, diff bool
	interactive       bool
	watch             bool
	stdinPath         string
	maxFindings       int // to print; negative for all
	opts              engine.Options
	gate              diag.Severity     // of failOn; Off where the configuration says it
	unread            *engine.FileError // standard input, where it is too large
	meter             *meter
}

func checkCommand(s streams) *cobra.Command {
	f, flags := newCheckFlags()
	cmd := &cobra.Command{
		Use:   "check [PATH …]",
		Short: "Check files and folders",
		Long: "Check files and folders; without any, the folder you stand in. A path says what is reported; what is read is the\n" +
			"project around it: flake, lock file, Git index, configuration. `-` reads one Nix file from standard input.\n\n" +
			"--changed-since REF checks what differs from the merge base of REF and HEAD, as a pull request shows it (git diff REF...),\n" +
			"and what is not committed yet; --staged checks what would be committed, as it is in the index.\n\n" +
			"Exit status: 0 nothing at or above the gate, 1 findings at or above it or, with --diff, pending fixes instead, 2 wrong call,\nconfiguration, unreadable input or a file that cannot be written, 3 internal error, 130 or 143 stopped by a signal.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.validate(cmd.Flags(), args); err != nil {
				return err
			}
			return check(s, f, args)
		},
	}
	cmd.Flags().AddFlagSet(flags)
	cmd.Flags().SetNormalizeFunc(spelling)
	return cmd
}

// newCheckFlags returns the flags of check, and what reads them.
func newCheckFlags() (*checkFlags, *pflag.FlagSet) {
	f, flags := new(checkFlags), pflag.NewFlagSet("check", pflag.ContinueOnError)
	f.add(flags)
	flags.BoolVar(&f.fix, "fix", false, "apply the fixes that keep meaning and comments")
	flags.StringVar(&f.stdinPath, "stdin-path", "stdin.nix", "the path that standard input stands for")
	flags.BoolVarP(&f.watch, "watch", "w", false, "check again whenever something changes, until Ctrl-C")
	return f, flags
}

// add adds the flags that checking and fixing share.
func (f *checkFlags) add(flags *pflag.FlagSet) {
	f.outputFlags.add(flags)
	flags.StringVar(&f.failOn, "fail-on", "", "the least severity that makes the exit status 1: hint, info, warning or error (default: that of the configuration, else warning)")
	flags.BoolVar(&f.exitZero, "exit-zero", false, "exit with 0 in spite of findings")
	flags.BoolVar(&f.unsafe, "unsafe-fixes", false, "apply fixes that need an eye, too")
	flags.BoolVar(&f.diff, "diff", false, "show what the fixes would change and write nothing")
	flags.BoolVarP(&f.interactive, "interactive", "i", false, "ask about each fix, those that need an eye among them")
	addEngineFlags(flags, &f.opts)
	f.changed.add(flags)
	flags.IntVar(&f.maxFindings, "max-findings", -1, "print so many findings, the most severe ones; all count for the exit status")
	flags.Lookup("max-findings").DefValue = "0" // which the help does not print
	addBaselineFlags(flags, &f.opts)
	flags.BoolVar(&f.opts.Generated, "generated", false, "check generated files like others, not for errors only")
	flags.IntVarP(&f.opts.Jobs, "jobs", "j", 0, "files checked at once; 0 is one for each processor")
}

func check(s streams, f *checkFlags, args []string) error {
	start := time.Now()
	wd, err := workingDir()
	if err != nil {
		return err
	}
	if err := f.resolve(s, wd, args); err != nil {
		return err
	}
	if err := f.checkOutputs(wd); err != nil {
		return err
	}
	f.opts.Silenced = f.wantsSilenced()
	ctx, stop := untilSignal()
	defer stop()
	if f.watch {
		return f.checkAgainAndAgain(ctx, s, wd)
	}
	set, err := f.changed.narrow(ctx, &f.opts)
	if err != nil {
		if ctx.Err() != nil {
			return stopped(ctx, s)
		}
		return err
	}
	defer set.Close()
	f.meter = f.startMeter(s)
	defer f.meter.stop()
	var res *engine.Result
	var fixed fixOutcome
	if f.fix || f.unsafe || f.diff || f.interactive {
		fixed, err = f.applyFixes(ctx, s, wd)
		res = fixed.res
	} else {
		res, err = engine.Check(ctx, f.opts)
	}
	f.meter.stop()
	if ctx.Err() != nil {
		return stopped(ctx, s)
	}
	if err != nil {
		return err
	}
	tellUnread(set, &res.Errors)
	if f.unread != nil {
		res.Errors = append(res.Errors, *f.unread)
	}
	f.tellBeside(s, wd, res, time.Since(start))
	if !f.quiet {
		f.changed.tell(s.err, wd, set, res)
	}
	run := f.reportOf(s, res, wd, time.Since(start))
	if f.diff {
		for _, e := range run.Errors {
			fmt.Fprintf(s.err, "nixsift: %s: %s\n", shown(wd, e.File), report.Visible(e.Message))
		}
		for _, broken := range unparsed(res) {
			text, _ := res.Text(broken.File)
			at := source.NewLineIndex(text).Position(broken.Span.Start)
			fmt.Fprintf(s.err, "nixsift: %s:%d:%d: not all fixes are known: %s\n", shown(wd, broken.File), at.Line, at.Column, report.Visible(broken.Message))
			fixed.failed = true
		}
		return exitStatus(res, f.gate, f.exitZero, fixed)
	}
	refuses := f.refusalOf(wd, res)
	if !f.writeFiles(s, wd, run, refuses) {
		fixed.failed = true
	}
	f.writeJobSummary(s, wd, run, refuses)
	if ctx.Err() != nil {
		return stopped(ctx, s)
	}
	stop() // nothing is left to be put in order
	if err := f.print(s, run); err != nil {
		return err
	}
	f.tellMore(s, run)
	return exitStatus(res, f.gate, f.exitZero, fixed)
}

// reportOf returns what reports tell of a result.
func (f *checkFlags) reportOf(s streams, res *engine.Result, wd string, took time.Duration) *report.Run {
	run := &report.Run{
		Findings: limitFindings(res.Findings, f.maxFindings), All: res.Findings, Silenced: res.Silenced,
		Summary: report.Summary{
			Files: res.Files, Suppressed: res.Suppressed, Baselines: len(res.Baselines), Baselined: res.Baselined, Fixed: fixedInBaselines(res),
			Generated: res.Generated, Previews: res.Previews(), Duration: took,
		},
		Exhausted: res.Exhausted,
		Sources:   res.Text, Rule: describer(res), Secrets: res.Secrets, BaseDir: wd, ToolVersion: version.Number,
	}
	if s.outTerminal == nil || f.changed.staged { // an offer for who looks around, not for hooks and CI
		run.Summary.Previews = 0
	}
	for _, e := range res.Errors {
		run.Errors = append(run.Errors, report.FileError{File: e.File, Message: e.Message, Kind: string(e.Kind), Line: e.Line, Column: e.Column})
	}
	return run
}

// describer returns what tells what reports say about a rule.
func describer(res *engine.Result) func(id string) report.Rule {
	return func(id string) report.Rule {
		if r := res.Rule(id); r != nil {
			return report.Rule{Summary: r.Summary, Doc: r.Doc, Family: r.Family, URL: r.URL(), Severity: r.Severity}
		}
		return report.Rule{}
	}
}

// unparsed returns the first syntax error of each file that has some once its fixes are applied.
func unparsed(res *engine.Result) (out []diag.Finding) {
	for _, f := range res.Findings {
		r := rules.Lookup(f.Rule)
		if r != nil && r.Syntax != "" && f.Severity == diag.Error && (len(out) == 0 || out[len(out)-1].File != f.File) {
			out = append(out, f)
		}
	}
	return out
}

// exitStatus returns the status of a run as an error, or nil for 0. The highest that applies wins. With --diff it is about
// the fixes, not about findings. The gate Off stands for that of the configuration of each file.
func exitStatus(res *engine.Result, gate diag.Severity, exitZero bool, fixed fixOutcome) error {
	code := exitClean
	fails := func(f diag.Finding) bool {
		if gate == diag.Off {
			return f.Severity >= res.Gate(f.File)
		}
		return f.Severity >= gate
	}
	if !exitZero && (fixed.pending || !fixed.diff && slices.ContainsFunc(res.Findings, fails)) {
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
