package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/rewrite"
)

// addBaselineFlags adds the flags that say which baseline holds.
func addBaselineFlags(flags *pflag.FlagSet, opts *engine.Options) {
	flags.StringVar(&opts.Baseline, "baseline", "", "use this baseline `file` instead of those of the configuration")
	flags.BoolVar(&opts.NoBaseline, "no-baseline", false, "use no baseline: show and count what is in it, too")
}

// checkBaselineFlags refuses values of the flags of addBaselineFlags that mean nothing, and makes the path absolute.
func checkBaselineFlags(flags *pflag.FlagSet, opts *engine.Options) error {
	switch {
	case !flags.Changed("baseline"):
		return nil
	case opts.Baseline == "":
		return errors.New("--baseline is empty: name a file, or leave the flag out for that of the configuration")
	case opts.NoBaseline:
		return errors.New("--baseline and --no-baseline contradict each other: use one of them")
	}
	opts.Baseline = absolute(opts.Dir, opts.Baseline)
	return nil
}

// baselineFlags are the flags of nixsift baseline.
type baselineFlags struct {
	opts                 engine.Options
	accept, prune, check bool
}

func baselineCommand(s streams) *cobra.Command {
	var f baselineFlags
	cmd := &cobra.Command{
		Use:   "baseline [PATH …]",
		Short: "Accept the findings that there are, so that only new ones fail",
		Long: "Write " + baseline.FileName + " with the findings that there are; `nixsift check` neither shows nor counts them then. If there\n" +
			"is one already, take out of it what is fixed, and nothing else: --accept-new adds what is new. Only what the paths and flags\n" +
			"mean is looked at; the rest stays as it is, and so does what the configuration leaves out, unless --prune is given. Commit the\n" +
			"file.\n\n" +
			"What Nix itself refuses, and files that cannot be read or analysed, are never accepted.\n\n" +
			"Exit status: 0, 1 with --check if something is to be taken out, 2 wrong call, configuration or baseline, or what could not\nbe read, analysed or written, 3 internal error.",
		RunE: func(cmd *cobra.Command, args []string) error {
			for flag, set := range map[string]bool{"--accept-new": f.accept, "--prune": f.prune} {
				if set && f.check {
					return fmt.Errorf("--check writes nothing, so %s has no use", flag)
				}
			}
			if err := checkEngineFlags(cmd.Flags(), &f.opts); err != nil {
				return err
			}
			if err := checkBaselineFlags(cmd.Flags(), &f.opts); err != nil {
				return err
			}
			if err := checkPaths(args); err != nil {
				return err
			}
			return f.run(s, args)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.accept, "accept-new", false, "add the findings that are not in the baseline yet")
	flags.BoolVar(&f.prune, "prune", false, "also take out what is of rules that are off and of files that are left out")
	flags.BoolVar(&f.check, "check", false, "write nothing; exit with 1 if something in the baseline is fixed")
	flags.StringVar(&f.opts.Baseline, "baseline", "", "the baseline `file`, instead of that of the configuration")
	addEngineFlags(flags, &f.opts)
	return cmd
}

func (f *baselineFlags) run(s streams, args []string) error {
	if len(args) == 0 {
		args = []string{"."}
	}
	wd := f.opts.Dir
	for _, a := range args {
		f.opts.Paths = append(f.opts.Paths, absolute(wd, a))
	}
	f.opts.Adopting = !f.check
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	res, err := engine.Check(ctx, f.opts)
	if ctx.Err() != nil {
		return stopped(ctx, s)
	}
	if err != nil {
		return err
	}
	tellErrors(s, wd, res.Errors)
	tellUnchecked(s.err, wd, res, len(f.opts.Exclude) > 0)
	tellNotices(s.err, wd, res.Notices)
	var failed fixOutcome
	if slices.ContainsFunc(res.Errors, func(e engine.FileError) bool { return e.Kind == engine.BadConfig }) {
		if !f.check {
			fmt.Fprintln(s.err, "nixsift: no baseline is written")
		}
	} else if f.check {
		failed.pending = f.hasStale(s, wd, res)
	} else {
		failed.failed = !f.write(s, wd, res)
	}
	return exitStatus(res, diag.Error+1, false, failed)
}

// hasStale tells what is to be taken out of baselines, and reports whether there is something.
func (f *baselineFlags) hasStale(s streams, wd string, res *engine.Result) (stale bool) {
	for _, b := range res.Baselines {
		f.tellIdle(s.err, wd, b)
		if len(b.Fixed) == 0 {
			fmt.Fprintf(s.out, "%s holds nothing that is fixed\n", shown(wd, b.Path))
			continue
		}
		stale = true
		tellFixed(s.out, b)
		tellStale(s.out, "", wd, b, f.opts.Baseline)
	}
	if len(res.Baselines) == 0 {
		fmt.Fprintln(s.out, "there is no baseline: `nixsift baseline` writes one")
	}
	return stale
}

// write writes the baselines that change, and tells what became of each.
func (f *baselineFlags) write(s streams, wd string, res *engine.Result) (ok bool) {
	ok = true
	for _, b := range res.Baselines {
		name := shown(wd, b.Path)
		accepts := f.accept || !b.There
		text, count := b.Next(func(*diag.Finding) bool { return accepts }, f.prune)
		tellRefusedFindings(s.err, wd, res, b.Refused)
		if !b.There && count == 0 {
			fmt.Fprintf(s.out, "%s is not written: there are no findings to accept\n", name)
			continue
		}
		if err := putBaseline(f.opts.Paths, b, text); err != nil {
			fmt.Fprintf(s.err, "nixsift: %s is not written: %s\n", name, report.Visible(err.Error()))
			ok = false
			continue
		}
		tellFixed(s.out, b)
		what := "wrote " + name
		if text == b.Text {
			what = name + " stays as it is"
		}
		what += ": " + plural(count, "finding")
		var more []string
		if n := total(b.Fixed); n > 0 {
			more = append(more, fmt.Sprintf("%d fixed", n))
		}
		if n := total(b.Idle); n > 0 && f.prune {
			more = append(more, fmt.Sprintf("%d left out by the configuration", n))
		}
		if n := total(b.Unknown); n > 0 && f.prune {
			more = append(more, fmt.Sprintf("%d of rules that do not exist", n))
		}
		if b.There && accepts && len(b.New) > 0 {
			more = append(more, fmt.Sprintf("%d new", len(b.New)))
		}
		if b.Moved > 0 {
			more = append(more, fmt.Sprintf("%d in files that have another name", b.Moved))
		}
		if len(more) > 0 {
			what += " (" + strings.Join(more, ", ") + ")"
		}
		fmt.Fprintln(s.out, what)
		if !f.prune {
			f.tellIdle(s.err, wd, b)
		}
		if !accepts && len(b.New) > 0 {
			n, worse := len(b.New), ""
			if b.Worse > 0 {
				worse = fmt.Sprintf(" (%d milder there)", b.Worse)
			}
			fmt.Fprintf(s.err, "nixsift: %s %s not in it%s and not accepted: mend, or accept with --accept-new\n", plural(n, "finding"), are(n), worse)
		}
	}
	return ok
}

// putBaseline writes a baseline, if nobody else did meanwhile.
func putBaseline(paths []string, b *engine.Baseline, text string) error {
	var err error
	switch {
	case text == b.Text && b.There:
	case b.There:
		err = (&rewrite.Writer{Within: within(paths)}).Replace(b.Path, b.Text, text)
	default:
		if err = os.MkdirAll(filepath.Dir(b.Path), 0o777); err == nil {
			err = rewrite.Create(b.Path, text)
		}
	}
	if errors.Is(err, rewrite.ErrChanged) || errors.Is(err, fs.ErrExist) {
		err = errors.New("another program wrote it meanwhile: run this again")
	}
	return err
}

// tellIdle says how many findings of a baseline no run can find as things are configured, and of which rules they are. They stay for when
// that changes; what is of rules that are gone has no such use.
func (f *baselineFlags) tellIdle(w io.Writer, wd string, b *engine.Baseline) {
	prune := "`" + baselineCall(wd, f.opts.Baseline) + " --prune`"
	if n := total(b.Idle); n > 0 {
		fmt.Fprintf(w, "nixsift: %s of %s %s of rules that are off or of files that are left out, and may be there: %s; %s accepted for when that changes (%s would take %s out)\n",
			plural(n, "finding"), shown(wd, b.Path), are(n), rulesOf(b.Idle), map[bool]string{true: "it stays", false: "they stay"}[n == 1], prune, them(n))
	}
	if n := total(b.Unknown); n > 0 {
		fmt.Fprintf(w, "nixsift: %s of %s %s of rules that do not exist: %s; %s takes %s out\n", plural(n, "finding"), shown(wd, b.Path), are(n), rulesOf(b.Unknown), prune, them(n))
	}
}

// rulesOf lists the rules of entries.
func rulesOf(entries []baseline.Entry) string {
	var rules []string
	for _, e := range entries {
		if name := report.Visible(e.Rule); !slices.Contains(rules, name) {
			rules = append(rules, name)
		}
	}
	slices.Sort(rules)
	return diag.List(rules, maxRulesTold)
}

// maxRulesTold is the number of rules that a message names.
const maxRulesTold = 4

// tellFixed lists what is fixed, a line for each file and rule.
func tellFixed(w io.Writer, b *engine.Baseline) {
	lines := 0
	for i := 0; i < len(b.Fixed); {
		e, n := b.Fixed[i], 0
		for ; i < len(b.Fixed) && b.Fixed[i].File == e.File && b.Fixed[i].Rule == e.Rule; i++ {
			n += b.Fixed[i].Count
		}
		if lines++; lines > maxRefused {
			fmt.Fprintln(w, "and more")
			return
		}
		fmt.Fprintf(w, "fixed: %s: %s", report.Visible(e.File), report.Visible(e.Rule))
		if n > 1 {
			fmt.Fprintf(w, " (%d)", n)
		}
		fmt.Fprintln(w)
	}
}

// tellRefusedFindings says which findings no baseline can have.
func tellRefusedFindings(w io.Writer, wd string, res *engine.Result, refused []diag.Finding) {
	for i, f := range refused {
		if i == maxTold {
			fmt.Fprintf(w, "nixsift: and %d more that cannot be accepted\n", len(refused)-i)
			return
		}
		fmt.Fprintf(w, "nixsift: %s: `%s` cannot be accepted, since Nix itself refuses the file: mend it, or exclude the file in nixsift.toml\n", placeOf(wd, res.Text, f), f.Rule)
	}
}

// placeOf returns where a finding is, as messages show it, in the text that textOf gives.
func placeOf(wd string, textOf func(file string) (string, bool), f diag.Finding) string {
	text, ok := textOf(f.File)
	if !ok {
		return shown(wd, f.File)
	}
	at := source.NewLineIndex(text).Position(f.Span.Start)
	return fmt.Sprintf("%s:%d:%d", shown(wd, f.File), at.Line, at.Column)
}

func total(entries []baseline.Entry) (n int) {
	for _, e := range entries {
		n += e.Count
	}
	return n
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// tellStale says how many findings of a baseline are fixed, and what takes them out. flag is the value of --baseline.
func tellStale(w io.Writer, prefix, wd string, b *engine.Baseline, flag string) {
	n := total(b.Fixed)
	fmt.Fprintf(w, "%s%s of %s %s fixed: run `%s`, which takes %s out\n", prefix, plural(n, "finding"), shown(wd, b.Path), are(n), baselineCall(wd, flag), them(n))
}

// baselineCall returns the command that writes a baseline; flag is the value of --baseline.
func baselineCall(wd, flag string) string {
	if flag == "" {
		return "nixsift baseline"
	}
	return "nixsift baseline --baseline " + shown(wd, flag)
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// tellBaselines says what a check has learned of the baselines that hold.
func (f *checkFlags) tellBaselines(w io.Writer, wd string, res *engine.Result) {
	for _, b := range res.Baselines {
		if len(b.Fixed) > 0 {
			tellStale(w, "nixsift: ", wd, b, f.opts.Baseline)
		}
	}
}

// fixedInBaselines returns the number of findings of baselines that are gone.
func fixedInBaselines(res *engine.Result) (n int) {
	for _, b := range res.Baselines {
		n += total(b.Fixed)
	}
	return n
}
