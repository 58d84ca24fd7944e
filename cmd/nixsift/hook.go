package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/githook"
)

func hookCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hook",
		Short: "Install or remove a pre-commit hook of git",
	}
	install := &cobra.Command{
		Use:   "install [-- FLAGS OF CHECK]",
		Short: "Check what is staged before each commit",
		Long: "Write a pre-commit hook into the git repository around the folder you stand in. It runs `" + githook.Command + "`,\n" +
			"with the flags of check that are given behind `--`. A hook that is there already is left alone, unless this command\n" +
			"wrote it. Where nixsift is not on the search path that git is started with, the hook looks for it where it lies now\n" +
			"and in the usual places, and refuses the commit where it finds none.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return installHook(s, args)
		},
	}
	uninstall := &cobra.Command{
		Use:   "uninstall",
		Short: "Remove the hook that install wrote",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			hook, wd, err := hookHere()
			if err != nil {
				return err
			}
			removed, err := hook.Uninstall()
			if err != nil {
				return err
			}
			if removed {
				fmt.Fprintf(s.out, "removed %s\n", shown(wd, hook.Path))
			} else {
				fmt.Fprintln(s.out, "there is no hook to remove")
			}
			return nil
		},
	}
	cmd.AddCommand(install, uninstall)
	return cmd
}

// hookFlags refuses arguments that check would refuse in every commit, and paths: what is staged says what is checked.
func hookFlags(top string, args []string) error {
	f, flags := newCheckFlags()
	flags.Usage = func() {}
	if err := flags.Parse(append([]string{"--staged"}, args...)); err != nil {
		if errors.Is(err, pflag.ErrHelp) {
			err = errors.New("--help checks nothing")
		}
		return fmt.Errorf("the flags of check: %w", flagError(flags, err))
	}
	if rest := flags.Args(); len(rest) > 0 {
		return fmt.Errorf("`%s`: only flags of check may follow `--`: what is staged says what is checked", strings.Join(rest, " "))
	}
	f.opts.Dir = top
	err := f.validate(flags, nil)
	if err == nil {
		_, err = engine.New(f.opts)
	}
	if err == nil && f.opts.Baseline != "" {
		_, err = os.Stat(f.opts.Baseline)
	}
	for _, o := range f.files {
		if err == nil {
			_, err = os.Stat(filepath.Dir(absolute(top, o.path)))
		}
	}
	if err == nil {
		f.opts.Paths = []string{top}
		err = f.checkOutputs(top)
	}
	switch {
	case err != nil:
		return fmt.Errorf("the flags of check: %w", err)
	case f.interactive:
		return errors.New("the flags of check: --interactive asks, and git gives a hook nobody to ask")
	}
	return nil
}

func hookHere() (hook *githook.Hook, wd string, err error) {
	if wd, err = workingDir(); err == nil {
		hook, err = githook.Find(wd)
	}
	return hook, wd, err
}

func installHook(s streams, args []string) error {
	hook, wd, err := hookHere()
	if err != nil {
		return err
	}
	if err := hookFlags(hook.Top, args); err != nil {
		return err
	}
	wrote, err := hook.Install(ownPath(), args)
	if err != nil {
		return err
	}
	state := "wrote"
	if !wrote {
		state = "up to date:"
	}
	fmt.Fprintf(s.out, "%s %s\n", state, shown(wd, hook.Path))
	return nil
}

// ownPath returns where this program lies, rather by the name it was found under than by what a link leads to, which an upgrade may
// remove; "" for what `go run` built.
func ownPath() string {
	path, err := os.Executable()
	if err != nil || strings.HasPrefix(path, filepath.Join(os.TempDir(), "go-build")) {
		return ""
	}
	if found, err := exec.LookPath("nixsift"); err == nil && filepath.IsAbs(found) {
		a, errA := os.Stat(path)
		b, errB := os.Stat(found)
		if errA == nil && errB == nil && os.SameFile(a, b) {
			return found
		}
	}
	return path
}
