package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/baseline"
	"github.com/nixsift/nixsift/internal/changes"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/workspace"
)

// changeFlags narrow a run to what changed.
type changeFlags struct {
	since  string
	staged bool
}

func (c *changeFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&c.since, "changed-since", "", "only the files that differ from the merge base of `REF` and HEAD, committed or not, untracked ones included")
	flags.BoolVar(&c.staged, "staged", false, "only the files that are staged, with the content that the Git index has")
}

// validate refuses flags that mean nothing together.
func (c *changeFlags) validate(flags *pflag.FlagSet, args []string) error {
	since := flags.Changed("changed-since")
	switch {
	case since && c.staged:
		return errors.New("--changed-since and --staged contradict each other: the one is about the working tree, the other about the index")
	case !since && !c.staged:
		return nil
	case slices.Contains(args, "-"):
		return fmt.Errorf("%s is about files: it does not go with standard input", c.flag())
	case since:
		return changes.CheckRef(c.since)
	}
	return nil
}

// validateChanges is validate with what only `check` has.
func (f *checkFlags) validateChanges(flags *pflag.FlagSet, args []string) error {
	if err := f.changed.validate(flags, args); err != nil {
		return err
	}
	switch {
	case f.watch && f.changed.any():
		return fmt.Errorf("--watch checks what changes from then on, so %s has no use", f.changed.flag())
	case f.changed.staged && !f.diff && (f.fix || f.unsafe || f.interactive):
		return errors.New("--staged checks the index, and fixes are written to the working tree: run `nixsift check --fix` on the files and " +
			"`git add` them, or give --diff, too, for a patch that `git apply --cached` takes")
	}
	return nil
}

func (c *changeFlags) any() bool { return c.staged || c.since != "" }

// flag names the flag that is set.
func (c *changeFlags) flag() string {
	if c.staged {
		return "--staged"
	}
	return "--changed-since"
}

// narrow makes the options those of a run over what changed. The result is nil where no flag asks for it.
func (c *changeFlags) narrow(ctx context.Context, opts *engine.Options) (*changes.Set, error) {
	if !c.any() {
		return nil, nil
	}
	dir := folderOf(opts.Paths[0])
	if os.Getenv("GIT_DIR") != "" { // as for a hook: git takes the folder it stands in for the working tree
		dir = opts.Dir
	}
	var set *changes.Set
	var err error
	if c.staged {
		set, err = changes.Staged(ctx, workspace.OS, dir)
	} else {
		set, err = changes.Since(ctx, workspace.OS, dir, c.since)
	}
	if err != nil {
		return nil, err
	}
	for _, path := range opts.Paths {
		rel, ok := set.Repo.Rel(path)
		if !ok {
			return nil, fmt.Errorf("%s looks into one repository, %s, and %s lies outside of it: check that on its own", c.flag(), set.Repo.Root(), path)
		}
		if sub, ok := set.Repo.Submodule(rel); ok {
			return nil, fmt.Errorf("%s looks into one repository, %s, and %s lies in its submodule %s: check that on its own", c.flag(), set.Repo.Root(), path, sub)
		}
	}
	opts.FS, opts.Changes = set.FS, set
	return set, nil
}

// folderOf returns the nearest folder of a path that is there.
func folderOf(path string) string {
	for {
		info, err := os.Stat(path)
		up := filepath.Dir(path)
		if err == nil && info.IsDir() || up == path {
			return path
		}
		path = up
	}
}

// tellUnread adds to the errors of a run what could not be read, be it of files that are not checked themselves.
func tellUnread(set *changes.Set, errs *[]engine.FileError) {
	if err := set.Unread(); err != nil {
		*errs = append(*errs, engine.FileError{File: set.Repo.Root(), Message: err.Error(), Kind: engine.Unreadable})
	}
}

// tell says on standard error what one may not expect: that nothing was checked, that a configuration changed, and that
// what is missing is only not staged.
func (c *changeFlags) tell(w io.Writer, wd string, set *changes.Set, res *engine.Result) {
	if set == nil {
		return
	}
	if res.Files == 0 {
		what := "differ from the merge base of " + report.Visible(c.since) + " and HEAD"
		if c.staged {
			what = "are staged"
		}
		fmt.Fprintf(w, "nixsift: 0 files to check: of the paths given, no files that nixsift checks %s\n", what)
	}
	for i, path := range slices.Concat(set.Gone(), set.Changed()) {
		gone := i < len(set.Gone())
		if base := filepath.Base(path); base == config.FileName || gone && base == baseline.FileName {
			fmt.Fprintf(w, "nixsift: %s changed, too, which bears on files that did not: `nixsift check` without %s checks those\n", shown(wd, path), c.flag())
		}
	}
	if !c.staged {
		return
	}
	tellUnstagedBaselines(w, wd, set, res)
	unstaged := map[string]bool{}
	for _, f := range res.Findings {
		text, ok := res.Text(f.File)
		if !ok || int(f.Span.End) > len(text) {
			continue
		}
		target, ok := project.ResolveText(f.File, text[f.Span.Start:f.Span.End])
		if !ok || unstaged[target] || len(unstaged) == maxTold {
			continue
		}
		if _, err := set.FS.Lstat(target); errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Lstat(target); err == nil {
				unstaged[target] = true
				fmt.Fprintf(w, "nixsift: %s is there, but not staged: `git add` it\n", shown(wd, target))
			}
		}
	}
}

// tellUnstagedBaselines names the baselines whose text in the working tree is another than what is staged, where that may be why
// something is found, or fixed.
func tellUnstagedBaselines(w io.Writer, wd string, set *changes.Set, res *engine.Result) {
	told := map[string]bool{}
	tell := func(path, text, what string) {
		if b, err := workspace.OS.ReadFile(path); err == nil && string(b) != text && !told[path] {
			told[path] = true
			fmt.Fprintf(w, "nixsift: %s %s: `git add` it\n", shown(wd, path), what)
		}
	}
	for _, b := range res.Baselines {
		if len(b.New)+len(b.Fixed) > 0 {
			tell(b.Path, b.Text, "has changes that are not staged")
		}
	}
	looked := map[string]bool{}
	for _, f := range res.Findings {
		if !engine.Acceptable(f.Rule) {
			continue
		}
		for dir := filepath.Dir(f.File); !looked[dir]; dir = filepath.Dir(dir) {
			looked[dir] = true
			if _, err := set.FS.Lstat(filepath.Join(dir, baseline.FileName)); errors.Is(err, fs.ErrNotExist) {
				tell(filepath.Join(dir, baseline.FileName), "", "is there, but not staged")
			}
			if dir == set.Repo.Root() {
				break
			}
		}
	}
}
