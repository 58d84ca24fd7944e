package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/internal/githook"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/scaffold"
	"github.com/nixsift/nixsift/internal/workspace"
)

// initFlags are the flags of nixsift init.
type initFlags struct {
	from            string
	force           bool
	hook, preCommit bool
	ci              []string
}

func (f *initFlags) addRunners(flags *pflag.FlagSet) {
	flags.BoolVar(&f.hook, "hook", false, "install a pre-commit hook of git, as \"nixsift hook install\" does")
	flags.BoolVar(&f.preCommit, "pre-commit", false, "add nixsift to "+scaffold.PreCommitFile)
	flags.StringSliceVar(&f.ci, "ci", nil, "write the file of a CI `SERVICE`: "+strings.Join(scaffold.Services(), ", "))
}

// runner is something that runs nixsift and is to be written. All that can be known to be in the way of it is found before.
type runner struct{ write func(s streams) error }

// runners returns what the flags ask for.
func (f *initFlags) runners() ([]runner, error) {
	var out []runner
	if !f.hook && !f.preCommit && len(f.ci) == 0 {
		return nil, nil
	}
	wd, err := workingDir()
	if err != nil {
		return nil, err
	}
	root, branch := wd, ""
	repo, err := git.Open(wd)
	if err != nil {
		return nil, err
	}
	if repo != nil {
		root, branch = repo.Root(), repo.DefaultBranch()
	}
	for _, name := range f.ci {
		r, err := ciRunner(wd, root, branch, name)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	if f.preCommit {
		r, err := preCommitRunner(wd, root)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	if f.hook {
		hook, err := githook.Find(wd)
		if err == nil {
			err = hook.Check()
		}
		if err != nil {
			return nil, err
		}
		both := f.preCommit
		out = append(out, runner{func(s streams) error {
			if both {
				fmt.Fprintln(s.err, "nixsift: with the hook of git and pre-commit's, which `pre-commit install` writes to the same place and which then runs both, nixsift runs twice: one is enough")
			}
			return installHook(s, nil)
		}})
	}
	return out, nil
}

// ciRunner is the file of a CI service, which is to be new or what would be written.
func ciRunner(wd, root, branch, name string) (runner, error) {
	at := func(rel string) string { return filepath.Join(root, filepath.FromSlash(rel)) }
	exists := func(rel string) bool {
		_, err := os.Lstat(at(rel))
		return err == nil
	}
	read := func(rel string) string {
		text, _ := workspace.OS.ReadFile(at(rel))
		return string(text)
	}
	file, err := scaffold.CI(name, branch, exists, read)
	if err != nil {
		return runner{}, fmt.Errorf("--ci: %w", err)
	}
	path := at(file.Path)
	if exists(file.Path) {
		if file.IsOf(read(file.Path)) {
			return runner{func(s streams) error {
				fmt.Fprintf(s.out, "up to date: %s\n", shown(wd, path))
				return nil
			}}, nil
		}
		return runner{}, fmt.Errorf("%s is there already and is not what would be written: change it by hand, or remove it to have it written anew", shown(wd, path))
	}
	if err := leadsOut(root, path); err != nil {
		return runner{}, fmt.Errorf("%s is not written: %w", shown(wd, path), err)
	}
	return runner{func(s streams) error {
		err := os.MkdirAll(filepath.Dir(path), 0o777)
		if err == nil {
			err = rewrite.Create(path, file.Text)
		}
		if err != nil {
			return fmt.Errorf("%s is not written: %w", shown(wd, path), err)
		}
		fmt.Fprintf(s.out, "wrote %s\n", shown(wd, path))
		for _, note := range file.Notes {
			fmt.Fprintf(s.err, "nixsift: %s\n", report.Visible(note))
		}
		return nil
	}}, nil
}

// leadsOut is the error of a path that links lead out of a folder.
func leadsOut(root, path string) error {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	for {
		if _, err := os.Lstat(dir); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	target, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	if !workspace.Within(root, target) {
		return &rewrite.OutsideError{Target: target}
	}
	return nil
}

// preCommitRunner is an entry in the configuration of pre-commit.
func preCommitRunner(wd, root string) (runner, error) {
	path := filepath.Join(root, scaffold.PreCommitFile)
	old, err := workspace.OS.ReadFile(path)
	_, missing := os.Lstat(path)
	fresh := errors.Is(missing, fs.ErrNotExist)
	if err != nil && !fresh {
		return runner{}, fmt.Errorf("reading %s: %w", shown(wd, path), err)
	}
	w := rewrite.Writer{Within: within([]string{root})}
	if !fresh {
		var outside *rewrite.OutsideError
		switch err := w.Check(path, string(old)); {
		case errors.As(err, &outside):
			return runner{}, fmt.Errorf("%s is not changed: it leads to %s, as where git-hooks.nix makes it: add nixsift to the Nix file instead (docs/hooks.md)", shown(wd, path), outside.Target)
		case err != nil:
			return runner{}, fmt.Errorf("%s is not changed: %w", shown(wd, path), err)
		}
	}
	text, err := scaffold.PreCommit(string(old))
	if errors.Is(err, scaffold.ErrThere) {
		return runner{func(s streams) error {
			fmt.Fprintf(s.out, "up to date: %s\n", shown(wd, path))
			return nil
		}}, nil
	}
	if err != nil {
		return runner{}, fmt.Errorf("%s: %w", shown(wd, path), err)
	}
	return runner{func(s streams) error {
		verb := "added nixsift to"
		err := error(nil)
		if fresh {
			verb, err = "wrote", rewrite.Create(path, text)
		} else {
			err = w.Replace(path, string(old), text)
		}
		if err != nil {
			return fmt.Errorf("%s is not written: %w", shown(wd, path), err)
		}
		fmt.Fprintf(s.out, "%s %s; `pre-commit install` makes git run it\n", verb, shown(wd, path))
		return nil
	}}, nil
}
