package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/near"
)

// oneArg takes one argument, and says what is missing without it.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return fmt.Errorf("`%s` needs %s", cmd.CommandPath(), what)
		case 1:
			return nil
		}
		return fmt.Errorf("`%s` takes one argument, not %d: `%s`", cmd.CommandPath(), len(args), strings.Join(args, "`, `"))
	}
}

// noCommand takes no argument: what stands there is meant for a command that a command does not have.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	if guess := near.Find(args[0], names); guess != "" {
		return fmt.Errorf("unknown command %q; did you mean `%s %s`?", args[0], cmd.CommandPath(), guess)
	}
	return fmt.Errorf("unknown command %q: `%s --help` lists the commands", args[0], cmd.CommandPath())
}

// flagError names the flag that is most likely meant by one that is unknown: a similar one, or the only one that has its name for
// a part.
func flagError(flags *pflag.FlagSet, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !unknown {
		return err
	}
	var names, parts []string
	flags.VisitAll(func(f *pflag.Flag) {
		names = append(names, f.Name)
		if strings.Contains("-"+f.Name+"-", "-"+name+"-") {
			parts = append(parts, f.Name)
		}
	})
	guess := near.Find(name, names)
	if guess == "" && len(parts) == 1 {
		guess = parts[0]
	}
	if guess == "" {
		return err
	}
	return fmt.Errorf("%w; did you mean --%s?", err, guess)
}
