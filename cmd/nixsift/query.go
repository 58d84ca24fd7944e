package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/pattern"
	"github.com/nixsift/nixsift/internal/query"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/workspace"
)

// queryFlags are the flags of `nixsift query`.
type queryFlags struct {
	replace, format, where string
	possible, diff, write  bool
	check                  bool
}

func queryCommand(s streams) *cobra.Command {
	var f queryFlags
	cmd := &cobra.Command{
		Use:   "query PATTERN [PATH …]",
		Short: "Find and rewrite code by its structure",
		Long: "Find code that a pattern matches in the Nix files of files and folders; without any, in the folder you stand in. A pattern is Nix code\n" +
			"in which $x stands for any expression or name and $$$xs for any number of elements, arguments, attributes or formals. White space,\n" +
			"comments, parentheses and the order of attributes do not count, and lib.mkIf is also mkIf where `with lib` or inherit gives it.\n\n" +
			"  nixsift query 'lib.mkForce $x'\n" +
			"  nixsift query 'lib.mdDoc $x' --replace '$x' --diff\n\n" +
			"docs/query.md has more. Exit status: 0, whether something matches or not; with --check 1 where something matches; 2 for what is\n" +
			"wrong with the call or a pattern, and where a file cannot be read, searched wholly, or rewritten.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("`nixsift query` needs a pattern, such as 'lib.mkForce $x'; in quotes, since shells read the $")
			}
			return checkPaths(args[1:])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := f.read(args[0], cmd.Flags().Changed("replace"), cmd.Flags().Changed("where"))
			if err != nil {
				return err
			}
			return f.run(s, q, args[1:])
		},
	}
	cmd.Flags().StringVar(&f.replace, "replace", "", "what a match is to become: a `PATTERN` with the same metavariables; told by --diff, done by --write")
	cmd.Flags().StringVar(&f.where, "where", "", "take only matches of which this `CONDITION` holds, such as '$x is list and not inside \"assert $c; $b\"'")
	cmd.Flags().BoolVar(&f.possible, "possible", false, "also show what may match: names that one of several `with` gives")
	cmd.Flags().StringVarP(&f.format, "format", "f", "text", "output format: text or json")
	cmd.Flags().BoolVar(&f.diff, "diff", false, "show what --replace changes, for git apply")
	cmd.Flags().BoolVar(&f.write, "write", false, "write what --replace changes")
	cmd.Flags().BoolVar(&f.check, "check", false, "end with 1 where something matches")
	return cmd
}

// read compiles the patterns of a call and refuses flags that contradict each other.
func (f *queryFlags) read(text string, replace, where bool) (*query.Query, error) {
	switch {
	case f.format != "text" && f.format != "json":
		return nil, fmt.Errorf("unknown format %q: use text or json", f.format)
	case (f.diff || f.write) && !replace:
		return nil, errors.New("--diff and --write are for --replace: say what a match is to become")
	case replace && !f.diff && !f.write:
		return nil, errors.New("--replace changes nothing by itself: add --diff to see what it would change, or --write")
	case f.diff && f.write:
		return nil, errors.New("--write writes what --diff only tells of: use one of them")
	case replace && f.format == "json":
		return nil, errors.New("--format json lists matches, and --replace does not: use one of them")
	case replace && f.possible:
		return nil, errors.New("what may match is never rewritten: --possible and --replace contradict each other")
	}
	p, err := pattern.Compile(text)
	if err != nil {
		return nil, patternError("the pattern", text, err)
	}
	q := &query.Query{Pattern: p, Possible: f.possible}
	if where {
		if q.Where, err = query.ReadWhere(f.where, p); err != nil {
			return nil, patternError("--where", f.where, err)
		}
	}
	if replace {
		if q.Replace, err = p.Replacement(f.replace); err != nil {
			return nil, patternError("--replace", f.replace, err)
		}
	}
	return q, nil
}

// patternError tells what is wrong with a pattern, with the line and a mark below the place.
func patternError(what, text string, err error) error {
	var e *pattern.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("%s: %w", what, err)
	}
	return markedError(what, text, e.Offset, e.Message)
}

func markedError(what, text string, offset int, message string) error {
	at := source.NewLineIndex(text)
	p := at.Position(uint32(min(offset, len(text))))
	line := strings.TrimRight(at.LineSpan(p.Line).Of(text), "\r\n")
	before := line[:min(len(line), int(p.Offset)-int(at.LineSpan(p.Line).Start))]
	blank := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, before)
	return fmt.Errorf("%s:%d:%d: %s\n  %s\n  %s^", what, p.Line, p.Column, message, line, blank)
}

func (f *queryFlags) run(s streams, q *query.Query, args []string) error {
	wd, err := workingDir()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	opts := engine.Options{Dir: wd}
	for _, a := range args {
		opts.Paths = append(opts.Paths, absolute(wd, a))
	}
	ctx, stop := untilSignal()
	defer stop()
	q.Dir = wd
	files, failed, err := f.search(ctx, s, q, opts)
	if ctx.Err() != nil {
		return stopped(ctx, s)
	}
	if err != nil {
		return err
	}
	matches, hidden, broken, in := 0, 0, 0, 0
	for i := range files {
		file := &files[i]
		if why := file.Problem(); why != "" {
			fmt.Fprintf(s.err, "nixsift: %s: %s\n", shown(wd, file.Path), report.Visible(why))
			failed = true
		}
		matches, hidden = matches+len(file.Matches), hidden+file.Hidden
		if file.Broken {
			broken++
		}
		if len(file.Matches) > 0 {
			in++
		}
	}
	switch {
	case q.Replace != nil:
		if !f.rewrite(ctx, s, wd, opts.Paths, files) {
			failed = true
		}
	case f.format == "json":
		err = writeJSON(s, q.ToJSON(files, func(path string) string { return slashed(wd, path) }))
	default:
		err = query.WriteText(s.out, files, func(path string) string { return report.Relative(wd, path) })
	}
	if err != nil {
		return fmt.Errorf("writing the matches: %w", err)
	}
	found := fmt.Sprintf("%s in %s", pluralMatches(matches), plural(in, "file"))
	if hidden > 0 {
		found += fmt.Sprintf("; %d more may match, by one of several `with` (--possible shows them)", hidden)
	}
	if broken > 0 {
		found += fmt.Sprintf("; %s with syntax errors, in whose place nothing is found", plural(broken, "file"))
	}
	fmt.Fprintf(s.err, "nixsift: %s\n", found)
	switch {
	case failed:
		return status(exitUsage)
	case f.check && matches > 0:
		return status(exitFindings)
	}
	return nil
}

func pluralMatches(n int) string {
	if n == 1 {
		return "1 match"
	}
	return fmt.Sprintf("%d matches", n)
}

// search looks into the Nix files of paths. failed tells that something could not be read.
func (f *queryFlags) search(ctx context.Context, s streams, q *query.Query, opts engine.Options) (files []query.File, failed bool, err error) {
	e, err := engine.New(opts)
	if err != nil {
		return nil, false, err
	}
	list, err := e.Start().List(ctx, opts.Paths)
	if err != nil {
		return nil, false, err
	}
	tellErrors(s, opts.Dir, list.Errors)
	var paths []string
	for _, x := range list.Files {
		if x.Reason == "" && !x.Folder && x.Kind == workspace.Nix {
			paths = append(paths, x.Path)
		}
	}
	files, err = q.Run(ctx, workspace.OS, paths)
	return files, len(list.Errors) > 0, err
}

// rewrite shows or writes what the matches become, and tells what is left as it is.
func (f *queryFlags) rewrite(ctx context.Context, s streams, wd string, paths []string, files []query.File) (ok bool) {
	ok = true
	before, after := map[string]string{}, map[string]string{}
	var changed []string
	done := 0
	for _, file := range files {
		if file.Refused {
			fmt.Fprintf(s.err, "nixsift: %s: not rewritten: Nix would not parse the result\n", shown(wd, file.Path))
			ok = false
			continue
		}
		for _, l := range file.Left {
			p := file.Lines.Position(l.Span.Start)
			fmt.Fprintf(s.err, "nixsift: %s:%d:%d: left as it is: %s\n", shown(wd, file.Path), p.Line, p.Column, l.Why)
		}
		if file.After != file.Text {
			before[file.Path], after[file.Path] = file.Text, file.After
			changed = append(changed, file.Path)
		}
		done += file.Done
	}
	if f.diff {
		if err := showChanges(s, wd, before, after, changed, nil); err != nil {
			fmt.Fprintf(s.err, "nixsift: %s\n", report.Visible(err.Error()))
			return false
		}
		return ok
	}
	w := rewrite.Writer{Within: within(paths), Leftover: func(backup, path string) {
		fmt.Fprintf(s.err, "nixsift: %s: a run that was killed left the text that %s had: compare and remove it\n", shown(wd, backup), shown(wd, path))
	}}
	written := 0
	for _, path := range changed {
		if ctx.Err() != nil {
			break
		}
		if err := w.Replace(path, before[path], after[path]); err != nil {
			fmt.Fprintf(s.err, "nixsift: %s: not rewritten: %s\n", shown(wd, path), report.Visible(err.Error()))
			ok = false
			continue
		}
		written++
	}
	fmt.Fprintf(s.err, "nixsift: rewrote %s in %s\n", pluralMatches(done), plural(written, "file"))
	return ok
}
