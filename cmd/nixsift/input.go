package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/workspace"
)

// validate refuses values of flags, and paths, that mean nothing. An empty one is mostly a variable that a script did
// not set: taken for the default, it would check something else than meant.
func (f *checkFlags) validate(flags *pflag.FlagSet, args []string) error {
	var err error
	if !flags.Changed("fail-on") {
		f.gate = diag.Off
	} else if f.gate, err = diag.ParseSeverity(f.failOn); err != nil || f.gate == diag.Off {
		return fmt.Errorf("--fail-on %q: use hint, info, warning or error", f.failOn)
	}
	if f.diff && f.format != "text" {
		return fmt.Errorf("--diff prints a diff in place of a report, so --format %s has no use; the report in JSON has the edits of all fixes", f.format)
	}
	if f.diff && (len(f.outputs) > 0 || f.statistics) {
		return errors.New("--diff prints a diff in place of a report, so --output and --statistics have no use")
	}
	if flags.Changed("max-findings") && f.maxFindings <= 0 {
		return fmt.Errorf("--max-findings %d: use a positive number, or leave the flag out for all; --statistics counts findings instead of listing them", f.maxFindings)
	}
	if f.watch && (f.fix || f.unsafe || f.diff || f.interactive || slices.Contains(args, "-")) {
		return errors.New("--watch only tells what there is: it goes neither with fixes nor with standard input")
	}
	if err := f.outputFlags.validate(); err != nil {
		return err
	}
	if err := f.validateChanges(flags, args); err != nil {
		return err
	}
	f.opts.Links = f.verbose
	if f.opts.Jobs < 0 {
		return fmt.Errorf("--jobs %d: use a positive number, or 0 for one for each processor", f.opts.Jobs)
	}
	if err := checkEngineFlags(flags, &f.opts); err != nil {
		return err
	}
	if err := checkBaselineFlags(flags, &f.opts); err != nil {
		return err
	}
	if err := checkPaths(args); err != nil {
		return err
	}
	if flags.Changed("stdin-path") {
		switch name := filepath.Base(f.stdinPath); {
		case f.stdinPath == "" || name == "." || name == ".." || strings.HasSuffix(f.stdinPath, "/"):
			return fmt.Errorf("--stdin-path %q: name the file that standard input stands for", f.stdinPath)
		case !slices.Contains(args, "-"):
			return errors.New("--stdin-path is for standard input: give `-` as a path, too")
		}
	}
	return nil
}

// checkPaths refuses paths that mean nothing.
func checkPaths(args []string) error {
	if slices.Contains(args, "") {
		return errors.New("a path is empty: name a file or folder, or leave it out for the folder you stand in")
	}
	return nil
}

// resolve turns the arguments into absolute paths; standard input becomes a buffer over the file system.
func (f *checkFlags) resolve(s streams, wd string, args []string) error {
	if len(args) == 0 {
		args = []string{"."}
	}
	for _, a := range args {
		switch {
		case a != "-":
			f.opts.Paths = append(f.opts.Paths, absolute(wd, a))
		case f.opts.FS == nil && f.unread == nil: // not read yet
			if err := f.readInput(s, absolute(wd, f.stdinPath)); err != nil {
				return err
			}
		}
	}
	return nil
}

// readInput reads standard input as the file at path.
func (f *checkFlags) readInput(s streams, path string) error {
	if f.interactive {
		return errors.New("standard input has the answers for --interactive, so it cannot have a file: name the file")
	}
	if f.fix || f.unsafe {
		return errors.New("standard input cannot be fixed in place; use --diff, or name the file")
	}
	text, err := workspace.ReadAll(s.in)
	var large *workspace.TooLargeError
	if errors.As(err, &large) {
		f.unread = &engine.FileError{File: path, Message: "standard input has " + large.Error(), Kind: engine.TooLarge}
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading standard input: %w", err)
	}
	overlay := workspace.NewOverlay(workspace.OS)
	overlay.Set(path, text)
	f.opts.FS = overlay
	f.opts.Paths = append(f.opts.Paths, path)
	return nil
}

// maxTold bounds the lines about files that are not checked on purpose: hooks name hundreds.
const maxTold = 10

// tellUnchecked says what was named and is not checked on purpose, which nobody should take for checked. byFlag tells that --exclude may be the reason.
func tellUnchecked(w io.Writer, wd string, res *engine.Result, byFlag bool) {
	for i, x := range res.Excluded {
		if i == maxTold {
			fmt.Fprintf(w, "nixsift: %d more files are excluded\n", len(res.Excluded)-maxTold)
			break
		}
		why := fmt.Sprintf("the configuration excludes it by `%s` (%s:%d; --no-exclude checks it)", report.Visible(x.By.Text), shown(wd, x.By.From.File), x.By.From.Line)
		if x.By.From.File == "" {
			why = fmt.Sprintf("`%s` excludes it (--exclude)", report.Visible(x.By.Text))
		}
		fmt.Fprintf(w, "nixsift: %s is not checked: %s\n", shown(wd, x.Path), why)
	}
	for _, dir := range res.Empty {
		why := "it has no Nix files, lock files, CI files, shell scripts, Makefiles or justfiles"
		if dir.LeftOut {
			why += ", but for what Git ignores, hidden folders or links (`nixsift files` lists them)"
		}
		if dir.Excluded > 0 {
			why = fmt.Sprintf("the configuration excludes what is there (%s; --no-exclude checks them)", plural(dir.Excluded, "file"))
			if byFlag {
				why = fmt.Sprintf("--exclude or the configuration excludes what is there (%s)", plural(dir.Excluded, "file"))
			}
		}
		fmt.Fprintf(w, "nixsift: nothing to check in %s: %s\n", shown(wd, dir.Path), why)
	}
}

func plural(n int, what string) string {
	if n != 1 {
		if strings.HasSuffix(what, "x") {
			what += "e"
		}
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// shown returns a path as messages show it, relative to the working directory.
func shown(wd, path string) string {
	return report.Visible(report.Relative(wd, path))
}
