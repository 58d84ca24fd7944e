package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/patch"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/workspace"
)

// fixOutcome is what became of fixing.
type fixOutcome struct {
	res     *engine.Result // of the files as they are then, or would be
	diff    bool           // what would change is shown, nothing is written
	pending bool           // so there are changes
	failed  bool           // some file could not be written
	broken  bool           // some safe fix had to be left out since Nix would reject its result
}

// applyFixes fixes, and writes the result or shows it.
func (f *checkFlags) applyFixes(ctx context.Context, s streams, wd string) (fixOutcome, error) {
	level := fix.OnlySafe
	if f.unsafe || f.interactive {
		level = fix.AlsoUnsafe
	}
	if f.interactive {
		asker := newAsker(ctx, s, wd, report.UseColor(f.color, s.errTerminal != nil, os.Getenv))
		f.opts.Approve = func(p engine.Proposal) bool {
			f.meter.stop()
			return asker.approve(p)
		}
	}
	out, err := engine.Fix(ctx, f.opts, level)
	f.meter.stop()
	if err != nil {
		return fixOutcome{}, err
	}
	tellRefused(s, wd, out)
	done := fixOutcome{res: out.Result}
	for _, p := range out.Broken {
		if p.Fix.Safety == diag.Safe && !done.broken {
			fmt.Fprintf(s.err, "nixsift: a safe fix of `%s` in %s would break the code: please report this\n", p.Rule, shown(wd, p.Finding.File))
			done.broken = true
		}
	}
	files := slices.Sorted(maps.Keys(out.Texts))
	if f.diff {
		done.diff, done.pending = true, len(files) > 0
		return done, f.showDiffs(s, wd, out, files)
	}
	written, failed := f.writeFixed(ctx, s, wd, out, files)
	if len(failed) == 0 && len(written) == len(files) {
		if out.Applied > 0 && !f.quiet {
			fmt.Fprintf(s.err, "nixsift: applied %s in %s%s\n", plural(out.Applied, "fix"), plural(len(files), "file"), byRule(out.Rules))
		}
		tellThen(s, wd, out, written)
		return done, nil
	}
	for _, file := range written {
		fmt.Fprintf(s.err, "nixsift: %s: applied %s\n", shown(wd, file), plural(out.Counts[file], "fix"))
	}
	tellThen(s, wd, out, written)
	if left := len(files) - len(written) - len(failed); left > 0 {
		fmt.Fprintf(s.err, "nixsift: %s left as they were\n", plural(left, "file"))
	}
	if err := ctx.Err(); err != nil {
		return done, err
	}
	done.failed = true
	done.res, err = engine.Check(ctx, f.opts)
	return done, err
}

// tellThen says what is to be done once fixes are applied to files.
func tellThen(s streams, wd string, out *engine.Fixed, files []string) {
	for _, file := range files {
		for _, then := range out.Then[file] {
			fmt.Fprintf(s.err, "nixsift: %s: %s\n", shown(wd, file), then)
		}
	}
}

// beforeWriting is called before each file is compared and replaced; tests change the world there.
var beforeWriting = func(string) {}

// writeFixed writes the new texts of files, each if it still is what was read, and tells which could not be written.
// Files that one fix changes together are written together or not at all, as far as can be told before. A signal
// ends it between two files.
func (f *checkFlags) writeFixed(ctx context.Context, s streams, wd string, out *engine.Fixed, files []string) (written, failed []string) {
	w := rewrite.Writer{Within: within(f.opts.Paths), Leftover: func(backup, path string) {
		fmt.Fprintf(s.err, "nixsift: %s: a run that was killed left the text that %s had: compare and remove it\n", shown(wd, backup), shown(wd, path))
	}}
	for _, file := range files {
		if ctx.Err() != nil {
			break
		}
		beforeWriting(file)
		var err error
		for _, other := range out.Tied[file] {
			if text, ok := out.Before[other]; ok && !slices.Contains(written, other) && err == nil {
				if err = w.Check(other, text); err != nil {
					err = fmt.Errorf("%s, which a fix changes, too: %w", shown(wd, other), err)
				}
			}
		}
		if err == nil {
			err = w.Replace(file, out.Before[file], out.Texts[file])
		}
		if err != nil {
			failed = append(failed, file)
			fmt.Fprintf(s.err, "nixsift: %s: not fixed: %s\n", shown(wd, file), report.Visible(err.Error()))
			continue
		}
		written = append(written, file)
	}
	return written, failed
}

// within returns what says whether the target of a link may be written to: where it lies in one of the paths, or in
// the project that the link belongs to.
func within(paths []string) func(link, target string) bool {
	return func(link, target string) bool {
		roots := append(slices.Clone(paths), project.New(workspace.OS).View(link).Root())
		return slices.ContainsFunc(roots, func(root string) bool {
			if info, err := os.Stat(root); err != nil || !info.IsDir() {
				return false
			}
			root, err := filepath.EvalSymlinks(root)
			return err == nil && workspace.Within(root, target)
		})
	}
}

// showDiffs shows what the fixes would change.
func (f *checkFlags) showDiffs(s streams, wd string, out *engine.Fixed, files []string) error {
	if len(files) == 0 {
		return nil
	}
	if err := showChanges(s, wd, out.Before, out.Texts, files, out.Result.Secrets); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "nixsift: would apply %s in %s%s\n", plural(out.Applied, "fix"), plural(len(files), "file"), byRule(out.Rules))
	return nil
}

// showChanges writes what turns the texts of files into others, with stars in place of secrets.
func showChanges(s streams, wd string, before, after map[string]string, files []string, secrets *secret.Values) error {
	prefix := prefixOf(wd)
	var w io.Writer = s.out
	var shown strings.Builder
	if s.outTerminal != nil { // which is not to be told what to do by what a file says; a pipe gets the patch as it is
		w = &shown
	}
	for _, file := range files {
		changed := patch.File{Before: before[file], After: after[file]}
		changed.Name, changed.Header = diffName(wd, prefix, file)
		if info, err := os.Stat(file); err == nil {
			changed.Executable = info.Mode()&0o100 != 0
		}
		masked, err := writeMasked(w, changed, secrets)
		if err != nil {
			return fmt.Errorf("writing the diff: %w", err)
		}
		if masked {
			fmt.Fprintf(s.err, "nixsift: %s: stars stand for a secret, so that this diff cannot be applied: use --fix\n", report.Visible(changed.Name))
		}
	}
	for line := range strings.SplitAfterSeq(shown.String(), "\n") {
		text, end := strings.CutSuffix(line, "\n")
		if text = visibleLine(text); end {
			text += "\n"
		}
		if _, err := io.WriteString(s.out, text); err != nil {
			return fmt.Errorf("writing the diff: %w", err)
		}
	}
	return nil
}

// writeMasked writes a diff with stars in place of secrets, and returns whether it shows any.
func writeMasked(w io.Writer, changed patch.File, secrets *secret.Values) (masked bool, err error) {
	// Lines are left out and others come before them, so that the texts are masked as wholes: a secret may go over several lines.
	starred := changed
	starred.Before, starred.After = secrets.MaskChange(changed.Name, changed.Before, changed.After)
	hunks := func(f patch.File) string {
		var b strings.Builder
		f.Header = false // the names of whole texts differ wherever a secret is
		err = errors.Join(err, patch.Write(&b, f))
		return b.String()
	}
	if hunks(starred) != hunks(changed) {
		masked, changed = true, starred
	}
	return masked, errors.Join(err, patch.Write(w, changed))
}

// byRule returns how many fixes of which rules there are, the most frequent first, behind a colon.
func byRule(counts map[string]int) string {
	ids := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = fmt.Sprintf("%s %d", id, counts[id])
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

// prefixOf returns the path of a folder in its repository, with a slash at the end, or "" for its top and outside of
// any.
func prefixOf(dir string) string {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return ""
	}
	repo, err := git.Open(dir)
	if err != nil || repo == nil {
		return ""
	}
	rel, ok := repo.Rel(dir)
	if !ok || rel == "" || rel == "." {
		return ""
	}
	return rel + "/"
}

// diffName returns the path of a file as a diff has it, and whether a header line goes before it. In a subfolder of
// a repository git apply takes plain names as relative to it, those behind a header as relative to the top; it takes
// plain names wrongly that happen to start with the subfolder's own path.
func diffName(wd, prefix, file string) (name string, header bool) {
	name = file
	if rel, err := filepath.Rel(wd, file); err == nil {
		name = filepath.ToSlash(rel)
	}
	if prefix == "" {
		return name, true
	}
	if strings.HasPrefix(name, prefix) {
		return prefix + name, true
	}
	return name, false
}

// maxRefused bounds the list of fixes that were left out.
const maxRefused = 50

// tellRefused says which fixes were left out, and why.
func tellRefused(s streams, wd string, out *engine.Fixed) {
	lines := map[string]*source.LineIndex{}
	place := func(r engine.Refusal) string {
		text, ok := out.Result.Text(r.File)
		if !ok || r.Title == "" {
			return shown(wd, r.File)
		}
		if lines[r.File] == nil {
			lines[r.File] = source.NewLineIndex(text)
		}
		at := lines[r.File].Position(r.Span.Start)
		return fmt.Sprintf("%s:%d:%d", shown(wd, r.File), at.Line, at.Column)
	}
	for i, r := range out.Refused {
		if i == maxRefused {
			fmt.Fprintf(s.err, "nixsift: and %d more were left out\n", len(out.Refused)-i)
			return
		}
		what := fmt.Sprintf("a fix of `%s` (%s)", r.Rule, r.Title)
		switch {
		case r.Rule == "":
			what = "all fixes"
		case r.Title == "":
			what = fmt.Sprintf("the fixes of `%s`", r.Rule)
		}
		why := ""
		switch r.Reason {
		case engine.Breaks:
			why = "Nix would not accept the result"
		case engine.Creates:
			why = fmt.Sprintf("there would be a finding of `%s`: %s", r.Other.Rule, r.Other.Message)
			if r.Other.File != r.File {
				why = fmt.Sprintf("there would be a finding of `%s` in %s: %s", r.Other.Rule, shown(wd, r.Other.File), r.Other.Message)
			}
		case engine.Endless:
			why = "fixing would not come to an end"
		case engine.Conflict:
			why = "the file has the markers of a merge"
		case engine.Outside:
			why = "it changes a file that was not to be checked"
		}
		fmt.Fprintf(s.err, "nixsift: %s: %s\n", place(r), report.Visible("left out "+what+": "+why))
	}
}

// stopped tells that a signal has ended the run, and returns its status.
func stopped(ctx context.Context, s streams) error {
	fmt.Fprintf(s.err, "nixsift: stopped: %s\n", context.Cause(ctx))
	if isTerminated(ctx) {
		return status(exitTerminated)
	}
	return status(exitInterrupted)
}

// isTerminated reports whether SIGTERM, and no other signal, has ended a context.
func isTerminated(ctx context.Context) bool {
	return strings.HasPrefix(context.Cause(ctx).Error(), syscall.SIGTERM.String())
}
