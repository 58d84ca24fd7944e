package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/migrate"
)

func initCommand(s streams) *cobra.Command {
	var from string
	var force bool
	cmd := &cobra.Command{
		Use:   "init [--from statix|deadnix|nixf] [-- FLAGS OF THAT TOOL]",
		Short: "Write a nixsift.toml",
		Long: "Write a nixsift.toml into the folder you stand in. With --from it takes over the settings of another linter: those\n" +
			"of statix.toml, or the flags that deadnix or nixf-diagnose were called with, given behind `--`. Without --from, a\n" +
			"statix.toml beside it is taken over if there is one.",
		RunE: func(_ *cobra.Command, args []string) error {
			plan, err := migrationPlan(from, args)
			if err != nil {
				return err
			}
			if _, err := os.Lstat(config.FileName); err == nil && !force {
				return fmt.Errorf("%s is there already; --force replaces it", config.FileName)
			}
			if err := renameio.WriteFile(config.FileName, []byte(plan.TOML()), 0o644); err != nil {
				return fmt.Errorf("writing %s: %w", config.FileName, err)
			}
			for _, u := range plan.Unknown {
				fmt.Fprintf(s.err, "nixsift: %s has no counterpart here\n", u)
			}
			fmt.Fprintf(s.out, "wrote %s\n", config.FileName)
			return nil
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "take over the settings of statix, deadnix or nixf")
	cmd.Flags().BoolVar(&force, "force", false, "replace a nixsift.toml")
	return cmd
}

func migrationPlan(from string, args []string) (*migrate.Plan, error) {
	plan := migrate.New()
	switch from {
	case "", "statix":
		text, err := os.ReadFile("statix.toml")
		switch {
		case err == nil:
			return plan, plan.Statix(text)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		case from == "statix":
			return plan, plan.Statix(nil)
		}
		return plan, nil
	case "deadnix":
		return plan, plan.Deadnix(args)
	case "nixf":
		return plan, plan.Nixf(args)
	}
	return nil, fmt.Errorf("--from %s: use one of %v", from, migrate.Tools())
}
