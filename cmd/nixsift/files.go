package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/workspace"
)

// originJSON is the place of a value: a file and a line, and what stands there.
type originJSON struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	What string `json:"what,omitempty"`
}

// listedJSON is one entry of `nixsift files --format json`; docs/schema/files-v1.schema.json describes it.
type listedJSON struct {
	Path      string      `json:"path"`
	Folder    bool        `json:"folder"`
	Checked   bool        `json:"checked"`
	Kind      string      `json:"kind,omitempty"`
	Generated bool        `json:"generated"`
	Reason    string      `json:"reason,omitempty"`
	Why       string      `json:"why,omitempty"`
	Pattern   string      `json:"pattern,omitempty"`
	From      *originJSON `json:"from,omitempty"`
	Changed   string      `json:"changed,omitempty"`
	*reachedJSON
}

type errorJSON struct {
	File    string `json:"file"`
	Message string `json:"message"`
	Kind    string `json:"kind"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
}

// checkListing examines the call of a command that lists what holds, and checks nothing.
func checkListing(flags *pflag.FlagSet, opts *engine.Options, format string, paths []string) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("unknown format %q: use text or json", format)
	}
	if err := checkEngineFlags(flags, opts); err != nil {
		return err
	}
	return checkPaths(paths)
}

func filesCommand(s streams) *cobra.Command {
	var opts engine.Options
	var format string
	var changed changeFlags
	var why bool
	cmd := &cobra.Command{
		Use:   "files [PATH …]",
		Short: "List what would be checked and what not, and why",
		Long: "List what `nixsift check` with the same paths and flags would check and what not, and why: excluded by which pattern,\n" +
			"ignored by Git by which pattern, generated, a link left alone, of no known kind. Folders end in a slash; they are left out\n" +
			"with all that is in them. `--why` tells of each Nix file for which hosts and outputs of a flake Nix evaluates it, and which\n" +
			"files name it.\n\nExit status: 0, or 2 for what is wrong with the call, the configuration or a path.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkListing(cmd.Flags(), &opts, format, args); err != nil {
				return err
			}
			if err := changed.validate(cmd.Flags(), args); err != nil {
				return err
			}
			return listFiles(s, opts, &changed, format, why, args)
		},
	}
	addEngineFlags(cmd.Flags(), &opts)
	changed.add(cmd.Flags())
	cmd.Flags().BoolVar(&opts.Generated, "generated", false, "check generated files like others, not for errors only")
	cmd.Flags().BoolVar(&why, "why", false, "tell who evaluates each Nix file: hosts and other outputs of a flake, files that name it")
	cmd.Flags().StringVarP(&format, "format", "f", "text", "output format: text or json")
	return cmd
}

func listFiles(s streams, opts engine.Options, changed *changeFlags, format string, why bool, args []string) error {
	if len(args) == 0 {
		args = []string{"."}
	}
	for _, a := range args {
		opts.Paths = append(opts.Paths, absolute(opts.Dir, a))
	}
	ctx, stop := untilSignal()
	defer stop()
	set, err := changed.narrow(ctx, &opts)
	if ctx.Err() != nil {
		return stopped(ctx, s)
	}
	if err != nil {
		return err
	}
	defer set.Close()
	e, err := engine.New(opts)
	if err != nil {
		return err
	}
	list, err := e.Start().List(ctx, opts.Paths)
	if ctx.Err() != nil {
		return stopped(ctx, s)
	}
	stop()
	if err != nil {
		return err
	}
	tellUnread(set, &list.Errors)
	var reached map[string]*reachedJSON
	if why {
		reached = whoReaches(opts.Dir, list)
	}
	if format == "json" {
		err = filesJSON(s, opts.Dir, list, reached)
	} else {
		err = filesText(s, opts.Dir, list, reached)
		tellErrors(s, opts.Dir, list.Errors)
	}
	if err != nil {
		return err
	}
	if len(list.Errors) > 0 {
		return status(exitUsage)
	}
	return nil
}

// filesText writes a line for each file. Those of no known kind that walks met are counted only.
func filesText(s streams, wd string, list *engine.Listing, reached map[string]*reachedJSON) error {
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	checked, other, left, unchanged := 0, 0, 0, false
	for _, f := range list.Files {
		name := shown(wd, f.Path)
		if f.Folder {
			name += "/"
		}
		switch {
		case f.Reason == "":
			checked++
			what := f.Kind.String()
			if f.Generated {
				what += ", generated: errors only"
			}
			if f.Changed != "" {
				what += ", " + report.Visible(f.Changed)
			}
			fmt.Fprintf(w, "%s\t%s\n", name, what)
			if r := reached[f.Path]; r != nil {
				r.write(w)
			}
		case f.Reason == workspace.Unchanged.String():
			unchanged = true
		case f.Reason == "unsupported":
			other++
		default:
			left++
			why := report.Visible(f.Why)
			if f.From != (config.Origin{}) {
				why += " (" + place(wd, config.Origin{File: f.From.File, Line: f.From.Line, What: onlyFlag(f.From)}) + ")"
			}
			fmt.Fprintf(w, "%s\tnot checked: %s\n", name, why)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	same := ""
	if unchanged {
		same = ", all others unchanged"
	}
	_, err := fmt.Fprintf(s.out, "%s checked, %d left out, %d of no kind that nixsift checks%s\n", plural(checked, "file"), left, other, same)
	return err
}

// onlyFlag returns what an origin says beyond its file.
func onlyFlag(o config.Origin) string {
	if o.File != "" {
		return ""
	}
	return o.What
}

func filesJSON(s streams, wd string, list *engine.Listing, reached map[string]*reachedJSON) error {
	out := struct {
		Version int          `json:"version"`
		Files   []listedJSON `json:"files"`
		Errors  []errorJSON  `json:"errors"`
	}{1, []listedJSON{}, errorsJSON(wd, list.Errors)}
	for _, f := range list.Files {
		entry := listedJSON{
			Path: slashed(wd, f.Path), Folder: f.Folder, Checked: f.Reason == "", Generated: f.Generated,
			Reason: f.Reason, Why: f.Why, Pattern: f.Pattern, From: originOf(wd, f.From), Changed: f.Changed, reachedJSON: reached[f.Path],
		}
		if entry.Checked {
			entry.Kind = f.Kind.String()
		}
		out.Files = append(out.Files, entry)
	}
	return writeJSON(s, out)
}

func writeJSON(s streams, v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func errorsJSON(wd string, errs []engine.FileError) []errorJSON {
	out := make([]errorJSON, 0, len(errs))
	for _, e := range errs {
		out = append(out, errorJSON{slashed(wd, e.File), e.Message, string(e.Kind), e.Line, e.Column})
	}
	return out
}

// originOf returns an origin as JSON has it, nil for none.
func originOf(wd string, o config.Origin) *originJSON {
	if o == (config.Origin{}) {
		return nil
	}
	return &originJSON{slashed(wd, o.File), o.Line, o.What}
}

// slashed returns a path as JSON has it: relative to the working directory, with slashes.
func slashed(wd, path string) string {
	if path == "" {
		return ""
	}
	if rel, err := filepath.Rel(wd, path); err == nil {
		path = rel
	}
	return filepath.ToSlash(path)
}

// tellErrors says what could not be read or is wrong in a configuration.
func tellErrors(s streams, wd string, errs []engine.FileError) {
	for _, e := range errs {
		at := shown(wd, e.File)
		if e.Line > 0 {
			at = fmt.Sprintf("%s:%d:%d", at, e.Line, e.Column)
		}
		fmt.Fprintf(s.err, "nixsift: %s: %s\n", at, report.Visible(e.Message))
	}
}
