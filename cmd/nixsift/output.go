package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/version"
	"github.com/nixsift/nixsift/internal/workspace"
)

// outputFlags are the flags that say what is told of a run, and where.
type outputFlags struct {
	format, color   string
	outputs         []string // FORMAT=FILE
	quiet, verbose  bool
	statistics, all bool
	files           []output // of outputs
}

// output is a file to write a report to.
type output struct{ format, path string }

// auto is the format that the environment decides on.
const auto = "auto"

func (f *outputFlags) add(flags *pflag.FlagSet) {
	flags.StringVarP(&f.format, "format", "f", "text", "output format: "+strings.Join(report.Formats(), ", ")+"; auto is github or gitlab in their CI, text on a terminal, else short")
	flags.StringArrayVarP(&f.outputs, "output", "o", nil, "write a report to a file, too: `FORMAT=FILE`; the file - is standard output, in place of --format")
	flags.StringVar(&f.color, "color", "auto", "colours: auto, always or never")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print findings, errors and what of the call is not checked: no summary, no other notes, no progress")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "tell on standard error which configuration holds, how long it took, and which links were left alone, and why")
	flags.BoolVar(&f.statistics, "statistics", false, "count the findings by rule: in text instead of listing them, in JSON beside the list; and name files that take too much to evaluate (--stats for short)")
	flags.BoolVar(&f.all, "all", false, "print every finding, however many there are, on a terminal, too")
}

// spelling lets --stats stand for --statistics.
func spelling(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	if name == "stats" {
		name = "statistics"
	}
	return pflag.NormalizedName(name)
}

// validate refuses values that mean nothing, and takes the outputs apart.
func (f *outputFlags) validate() error {
	if f.format != auto && !slices.Contains(report.Formats(), f.format) {
		return fmt.Errorf("unknown format %q: use %s or %s", f.format, strings.Join(report.Formats(), ", "), auto)
	}
	if !slices.Contains([]string{"auto", "always", "never"}, f.color) {
		return fmt.Errorf("--color %q: use auto, always or never", f.color)
	}
	if f.quiet && f.verbose {
		return errors.New("--quiet and --verbose contradict each other")
	}
	printed := ""
	for _, o := range f.outputs {
		format, path, ok := strings.Cut(o, "=")
		switch {
		case !ok || path == "":
			return fmt.Errorf("--output %q: write FORMAT=FILE, such as sarif=nixsift.sarif", o)
		case !slices.Contains(report.Formats(), format):
			return fmt.Errorf("--output %q: unknown format %q: use %s", o, format, strings.Join(report.Formats(), ", "))
		case path == "-" && printed != "":
			return fmt.Errorf("--output %s=- and %s=-: standard output takes one of them", printed, format)
		case path == "-":
			printed = format
			continue
		case workspace.KindOf(path) != workspace.Other || filepath.Base(path) == config.FileName || filepath.Base(path) == baseline.FileName:
			return fmt.Errorf("--output %q: a report would replace a file that nixsift reads", o)
		case slices.ContainsFunc(f.files, func(x output) bool { return filepath.Clean(x.path) == filepath.Clean(path) }):
			return fmt.Errorf("--output %q: %s takes one report", o, path)
		}
		f.files = append(f.files, output{format, path})
	}
	if printed != "" {
		if f.format != "text" {
			return fmt.Errorf("--format %s and --output %s=-: standard output takes one of them", f.format, printed)
		}
		f.format = printed
	}
	if f.statistics && !slices.Contains([]string{"text", "short", "json", "jsonl", auto}, f.format) {
		return fmt.Errorf("--statistics goes with the formats text, short, json and jsonl, not with %s", f.format)
	}
	return nil
}

// wants reports whether a report in a format is asked for.
func (f *outputFlags) wants(format string) bool {
	return f.format == format || slices.ContainsFunc(f.files, func(o output) bool { return o.format == format })
}

// wantsSilenced reports whether what comments silence is to be told. SARIF marks it, and GitHub's code scanning does not look
// at the mark: it would raise an alert for each.
func (f *outputFlags) wantsSilenced() bool {
	return f.wants("sarif") && os.Getenv("GITHUB_ACTIONS") != "true"
}

// printed returns the format of what goes to standard output.
func (f *outputFlags) printed(s streams) string {
	switch {
	case f.format != auto:
		return f.format
	case f.statistics || s.outTerminal != nil:
		return "text"
	case os.Getenv("GITHUB_ACTIONS") == "true":
		return "github"
	case os.Getenv("GITLAB_CI") == "true":
		return "gitlab"
	}
	return "short"
}

// manyFindings is how many findings somebody at a terminal is shown at most without asking for all.
const manyFindings = 50

// print writes the report to standard output.
func (f *outputFlags) print(s streams, run *report.Run) error {
	opts := report.Options{
		Color:      report.UseColor(f.color, s.outTerminal != nil, os.Getenv),
		Statistics: f.statistics, Quiet: f.quiet,
	}
	if s.outTerminal != nil {
		opts.Width = s.outTerminal()
		opts.Brief = !f.all && !f.quiet && len(run.Findings) > manyFindings
	}
	if err := report.Write(s.out, f.printed(s), run, opts); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// writeFiles writes the reports that go to files, and tells which could not be written. refuses returns why a path is not to be
// written to, or "".
func (f *outputFlags) writeFiles(s streams, wd string, run *report.Run, refuses func(path string) string) (ok bool) {
	ok = true
	for _, o := range f.files {
		path := absolute(wd, o.path)
		err := error(nil)
		if why := refuses(path); why != "" {
			err = errors.New(why)
		} else {
			err = rewrite.Put(path, func(w io.Writer) error {
				return report.Write(w, o.format, run, report.Options{Statistics: f.statistics, Quiet: f.quiet})
			})
		}
		if err != nil {
			fmt.Fprintf(s.err, "nixsift: the report %s is not written: %s\n", shown(wd, path), report.Visible(err.Error()))
			ok = false
		}
	}
	return ok
}

// jobSummary is the environment variable with the file to which GitHub Actions lets steps add a page in Markdown.
const jobSummary = "GITHUB_STEP_SUMMARY"

// writeJobSummary adds to the page of the step, where there is one. It was not asked for on the command line, so that it may
// fail, as in a container that does not see the file: that is told, and does not change the status. refuses is that of writeFiles.
func (f *outputFlags) writeJobSummary(s streams, wd string, run *report.Run, refuses func(path string) string) {
	path := os.Getenv(jobSummary)
	if path == "" {
		return
	}
	path = absolute(wd, path)
	err := error(nil)
	if why := refuses(path); why != "" {
		err = errors.New(why)
	} else {
		err = rewrite.Append(path, func(w io.Writer) error { return report.Write(w, "markdown", run, report.Options{}) })
	}
	if err != nil && !f.quiet {
		fmt.Fprintf(s.err, "nixsift: the job summary is not written (%s): %s\n", jobSummary, report.Visible(err.Error()))
	}
}

// tellMore says on standard error how many findings --max-findings kept from the report.
func (f *checkFlags) tellMore(s streams, run *report.Run) {
	if more := len(run.All) - len(run.Findings); more > 0 {
		fmt.Fprintf(s.err, "nixsift: %s not printed (--max-findings %d)\n", plural(more, "more finding"), f.maxFindings)
	}
}

// tellBeside says on standard error what the report does not: what was named and is not checked on purpose and, where
// everything is wanted, how the run was done.
func (f *checkFlags) tellBeside(s streams, wd string, res *engine.Result, took time.Duration) {
	tellUnchecked(s.err, wd, res, len(f.opts.Exclude) > 0)
	if f.quiet {
		return
	}
	for _, l := range res.LeftAlone {
		fmt.Fprintf(s.err, "nixsift: left alone: %s %s\n", report.Visible(l.Path), report.Visible(l.Why))
	}
	tellNotices(s.err, wd, res.Notices)
	if !f.diff { // which has the findings after fixing, and writes nothing
		f.tellBaselines(s.err, wd, res)
	}
	if !f.verbose {
		return
	}
	for _, path := range res.Configs {
		fmt.Fprintf(s.err, "nixsift: configuration: %s\n", shown(wd, path))
	}
	if len(res.Configs) == 0 {
		fmt.Fprintln(s.err, "nixsift: configuration: none, so the defaults hold")
	}
	fmt.Fprintf(s.err, "nixsift: version %s checked %s in %d ms, %d at once\n", version.Number, plural(res.Files, "file"), took.Milliseconds(), f.jobs())
}

// jobs returns the number of files that are checked at once.
func (f *checkFlags) jobs() int { return cmp.Or(f.opts.Jobs, runtime.GOMAXPROCS(0)) }

// terminalOf returns what tells the columns of the terminal that a file is, and nil where it is none.
func terminalOf(f *os.File) func() int {
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return nil
	}
	return func() int {
		if width, _, err := term.GetSize(fd); err == nil && width > 0 {
			return width
		}
		// A terminal that does not know its size, as in an editor or behind a serial line.
		if width, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && width > 0 {
			return width
		}
		return 80
	}
}
