package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/internal/inspect"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/workspace"
)

func whatCommand(s streams) *cobra.Command {
	var format string
	stdinPath := "stdin.nix"
	cmd := &cobra.Command{
		Use:   "what FILE:LINE:COLUMN [--format text|json]",
		Short: "Say what is known of an expression",
		Long: "Say what is known of the innermost expression or name at a place, without evaluating anything by Nix: what it can be, its\n" +
			"attributes, formals, text or number, where the value comes from, on what that rests, and who calls the function there with\n" +
			"what. Lines and columns count from 1, as in all output of nixsift. A folder stands for its default.nix,\n" +
			"and - as FILE for standard input, for which --stdin-path names the file that it is of.\n\n" +
			"Exit status: 0, or 2 for a wrong call, a place that is not there, or a file that cannot be read or that Nix does not parse.",
		Args: oneArg("a place: FILE:LINE:COLUMN, such as flake.nix:12:5"),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("unknown format %q: use text or json", format)
			}
			return what(s, args[0], stdinPath, format)
		},
	}
	cmd.Flags().StringVar(&stdinPath, "stdin-path", stdinPath, "the path that standard input stands for")
	cmd.Flags().StringVarP(&format, "format", "f", "text", "output format: text or json")
	return cmd
}

// behindFlags puts a place in standard input, such as -:3:7, behind the flags of what, where it is none.
func behindFlags(args []string) []string {
	i := slices.IndexFunc(args, inStdin.MatchString)
	if i < 0 || args[0] != "what" || slices.Contains(args[:i], "--") {
		return args
	}
	return append(slices.Delete(slices.Clone(args), i, i+1), "--", args[i])
}

var inStdin = regexp.MustCompile(`^-:\d+:\d+$`)

func what(s streams, at, stdinPath, format string) error {
	name, line, column, err := splitPlace(at)
	if err != nil {
		return err
	}
	wd, err := workingDir()
	if err != nil {
		return err
	}
	fsys, path := workspace.OS, absolute(wd, name)
	if name == "-" {
		path = absolute(wd, stdinPath)
		if fsys, err = stdinAs(s, path); err != nil {
			return err
		}
	} else if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "default.nix")
	}
	if _, err := fsys.ReadFile(path); err != nil {
		return err
	}
	r, err := inspect.At(project.New(fsys), path, line, column)
	var failed *inspect.Error
	if errors.As(err, &failed) {
		failed.File = slashed(wd, failed.File)
	}
	if err != nil {
		return err
	}
	if format == "json" {
		return writeJSON(s, r.JSON(wd))
	}
	return r.WriteText(s.out, wd)
}

// stdinAs returns the file system in which a path has what standard input has.
func stdinAs(s streams, path string) (workspace.FS, error) {
	text, err := workspace.ReadAll(s.in)
	if err != nil {
		return nil, fmt.Errorf("reading standard input: %w", err)
	}
	overlay := workspace.NewOverlay(workspace.OS)
	overlay.Set(path, text)
	return overlay, nil
}

// splitPlace takes FILE:LINE:COLUMN apart. The name of the file may have colons.
func splitPlace(at string) (file string, line, column int, err error) {
	file, line, column = at, 0, 0
	for _, n := range []*int{&column, &line} {
		i := strings.LastIndexByte(file, ':')
		if i < 0 {
			break
		}
		if *n, err = strconv.Atoi(file[i+1:]); err != nil {
			break
		}
		file = file[:i]
	}
	if err != nil || file == "" || line < 1 || column < 1 {
		return "", 0, 0, fmt.Errorf("%q is no place: write FILE:LINE:COLUMN, such as flake.nix:12:5; both count from 1", at)
	}
	return file, line, column, nil
}
