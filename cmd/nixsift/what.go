package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/internal/inspect"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/workspace"
)

func whatCommand(s streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "what FILE:LINE:COLUMN [--format text|json]",
		Short: "Say what is known of an expression",
		Long: "Say what is known of the innermost expression or name at a place, without evaluating anything by Nix: what it can be, its\n" +
			"attributes, formals, text or number, where the value comes from, on what that rests, and who calls the function there with\n" +
			"what. Lines and columns count from 1, as in all output of nixsift. A folder stands for its default.nix.\n\n" +
			"Exit status: 0, or 2 for a wrong call, a place that is not there, or a file that cannot be read or that Nix does not parse.",
		Args: oneArg("a place: FILE:LINE:COLUMN, such as flake.nix:12:5"),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("unknown format %q: use text or json", format)
			}
			return what(s, args[0], format)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "output format: text or json")
	return cmd
}

func what(s streams, at, format string) error {
	name, line, column, err := splitPlace(at)
	if err != nil {
		return err
	}
	wd, err := workingDir()
	if err != nil {
		return err
	}
	path := absolute(wd, name)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "default.nix")
	}
	if _, err := workspace.OS.ReadFile(path); err != nil {
		return err
	}
	r, err := inspect.At(project.New(workspace.OS), path, line, column)
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
