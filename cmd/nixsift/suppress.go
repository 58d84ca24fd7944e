package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/rewrite"
)

// suppressFlags are the flags of nixsift suppress.
type suppressFlags struct {
	opts     engine.Options
	reason   string
	noReason bool
	file     bool
	diff     bool
}

func suppressCommand(s streams) *cobra.Command {
	var f suppressFlags
	cmd := &cobra.Command{
		Use:   "suppress [PATH …] --select RULE --reason WHY",
		Short: "Write comments that silence what rules find",
		Long: "Write a comment `# nixsift: ignore[RULE] WHY` for each finding that there is of the rules, on a line of its own before it, at\n" +
			"the end of its line or, in strings, within an antiquotation of the line; a comment that is there takes the rule up. With --file, one\n" +
			"comment `# nixsift: ignore-file[RULE] WHY` stands at the top of each file. Nothing but comments changes. What is in a baseline is\n" +
			"left alone. A comment that would lead to other findings is not written.\n\n" +
			"Exit status: 0 if all that the rules find is silenced, 1 if some finding is not or, with --diff, comments are to be written, 2 wrong\n" +
			"call or configuration, or what could not be read, analysed or written, 3 internal error. Errors that Nix refuses a file for are told;\n" +
			"they count for the status where their rules are named.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.validate(cmd.Flags(), args); err != nil {
				return err
			}
			return f.run(s, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.reason, "reason", "", "why: the words behind each comment")
	flags.BoolVar(&f.noReason, "no-reason", false, "write comments that do not say why")
	flags.BoolVar(&f.file, "file", false, "write one comment for the whole file at the top of each")
	flags.BoolVar(&f.diff, "diff", false, "show the comments as a diff and write nothing")
	addBaselineFlags(flags, &f.opts)
	addEngineFlags(flags, &f.opts)
	return cmd
}

func (f *suppressFlags) validate(flags *pflag.FlagSet, args []string) error {
	f.reason = strings.TrimSpace(f.reason)
	switch {
	case len(f.opts.Select)+len(f.opts.Only) == 0:
		return errors.New("name the rules to silence with --select; `nixsift baseline` accepts everything that there is")
	case f.reason == "" && !f.noReason:
		return errors.New("say why with --reason, which stands behind each comment; --no-reason leaves it out")
	case f.reason != "" && f.noReason:
		return errors.New("--reason and --no-reason contradict each other: use one of them")
	case strings.ContainsFunc(f.reason, unicode.IsControl) || strings.ContainsAny(f.reason, "\u2028\u2029"):
		return errors.New("--reason has to be one line without control characters")
	}
	if err := checkEngineFlags(flags, &f.opts); err != nil {
		return err
	}
	if err := checkBaselineFlags(flags, &f.opts); err != nil {
		return err
	}
	return checkPaths(args)
}

func (f *suppressFlags) run(s streams, args []string) error {
	if len(args) == 0 {
		args = []string{"."}
	}
	wd := f.opts.Dir
	for _, a := range args {
		f.opts.Paths = append(f.opts.Paths, absolute(wd, a))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	out, err := engine.Suppress(ctx, f.opts, engine.Suppressing{Reason: f.reason, File: f.file})
	if ctx.Err() != nil {
		return stopped(ctx, s)
	}
	if err != nil {
		return err
	}
	res := out.Result
	tellErrors(s, wd, res.Errors)
	tellUnchecked(s.err, wd, res, len(f.opts.Exclude) > 0)
	tellNotices(s.err, wd, res.Notices)
	var done fixOutcome
	if slices.ContainsFunc(res.Errors, func(e engine.FileError) bool { return e.Kind == engine.BadConfig }) {
		fmt.Fprintln(s.err, "nixsift: nothing is written")
		return exitStatus(res, diag.Error+1, false, done)
	}
	files := slices.Sorted(maps.Keys(out.Texts))
	for _, b := range out.Broken {
		fmt.Fprintf(s.err, "nixsift: %s: %s: what rules would find in the file may not be seen\n", placeOf(wd, res.Text, b), report.Visible(b.Message))
	}
	for _, l := range out.Left {
		fmt.Fprintf(s.err, "nixsift: %s: `%s` is not silenced: %s\n", f.placeOf(wd, out, l), l.Rule, report.Visible(l.Why))
	}
	done.pending = len(out.Left) > 0
	switch {
	case f.diff:
		done.pending = done.pending || len(files) > 0
		if err := showChanges(s, wd, out.Before, out.Texts, files, res.Secrets); err != nil {
			return err
		}
	case len(files) == 0 && len(out.Left) == 0 && res.Baselined > 0:
		fmt.Fprintf(s.out, "there is nothing to silence: %s %s in the baseline (--no-baseline silences %s with comments, too)\n",
			plural(res.Baselined, "finding"), are(res.Baselined), them(res.Baselined))
	case len(files) == 0 && len(out.Left) == 0:
		fmt.Fprintln(s.out, "there is nothing to silence")
	case len(files) == 0:
		fmt.Fprintln(s.out, "nothing is silenced")
	default:
		written := 0
		w := rewrite.Writer{Within: within(f.opts.Paths)}
		for _, file := range files {
			if ctx.Err() != nil {
				return stopped(ctx, s)
			}
			if err := w.Replace(file, out.Before[file], out.Texts[file]); err != nil {
				fmt.Fprintf(s.err, "nixsift: %s: not written: %s\n", shown(wd, file), report.Visible(err.Error()))
				done.failed = true
				continue
			}
			written++
		}
		if !done.failed {
			fmt.Fprintf(s.out, "silenced %s in %s\n", plural(out.Count, "finding"), plural(written, "file"))
		} else {
			fmt.Fprintf(s.out, "wrote %s\n", plural(written, "file"))
		}
	}
	return exitStatus(res, diag.Error+1, false, done)
}

// placeOf returns where a finding stands in the text that the run leaves.
func (f *suppressFlags) placeOf(wd string, out *engine.Suppressed, l engine.Unsuppressed) string {
	text, changed := out.Texts[l.File]
	if !changed || f.diff {
		return placeOf(wd, out.Result.Text, l.Finding)
	}
	l.Span.Start = l.After
	return placeOf(wd, func(string) (string, bool) { return text, true }, l.Finding)
}
