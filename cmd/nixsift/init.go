package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/migrate"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/internal/rewrite"
	"github.com/nixsift/nixsift/internal/workspace"
)

func initCommand(s streams) *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use:   "init [--from " + strings.Join(migrate.Names(), "|") + "] [-- FLAGS OF THAT TOOL]",
		Short: "Write a nixsift.toml",
		Long: "Write a nixsift.toml into the folder you stand in, with what the project uses of statix, deadnix and nixf-diagnose:\n" +
			"statix.toml, treefmt.toml, .pre-commit-config.yaml, Nix files that set options of treefmt-nix or git-hooks.nix, and\n" +
			"commands and actions in CI files, shell scripts, justfiles, makefiles and scripts of Nix files. It says which setting\n" +
			"came from where, and what could not be taken over.\n\n" +
			"--from takes over one of the tools only; its flags may be given behind `--` instead of being looked for.\n" +
			"--from nixpkgs is what the CI of NixOS/nixpkgs checks; a checkout of nixpkgs gets that by itself.\n\n" +
			"--hook, --pre-commit and --ci also make what runs nixsift, at the root of the repository. A nixsift.toml that is there\n" +
			"already stays as it is then. What somebody else wrote is never replaced.",
		RunE: func(_ *cobra.Command, args []string) error { return initialize(s, f, args) },
	}
	cmd.Flags().StringVar(&f.from, "from", "", "take over one only: "+strings.Join(migrate.Names(), ", "))
	cmd.Flags().BoolVar(&f.force, "force", false, "replace a nixsift.toml")
	f.addRunners(cmd.Flags())
	return cmd
}

// initialize writes the configuration and what runs nixsift, or nothing where something is in the way of any of it.
func initialize(s streams, f initFlags, args []string) error {
	runners, err := f.runners()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(config.FileName); err == nil && len(runners) > 0 && !f.force && f.from == "" && len(args) == 0 {
		fmt.Fprintf(s.err, "nixsift: %s is there already and stays as it is\n", config.FileName)
	} else if err := writeConfig(s, f.from, f.force, args); err != nil {
		return err
	}
	for _, r := range runners {
		if err := r.write(s); err != nil {
			return err
		}
	}
	return nil
}

func writeConfig(s streams, from string, force bool, args []string) error {
	wd, err := workingDir()
	if err != nil {
		return err
	}
	path := filepath.Join(wd, config.FileName)
	old, err := workspace.OS.ReadFile(path)
	there := !errors.Is(err, fs.ErrNotExist)
	if _, err := os.Lstat(path); err == nil {
		there = true // be it a link to nowhere
	}
	switch {
	case there && err != nil && !force:
		return fmt.Errorf("%s is there already; --force replaces it", config.FileName)
	case there && errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is a link that leads to nothing: remove it", config.FileName)
	case there && err != nil:
		return fmt.Errorf("%s cannot be replaced: %w", config.FileName, err)
	}
	plan, err := migrationPlan(from, args)
	if err != nil {
		return err
	}
	text := configHead() + plan.TOML()
	switch {
	case there && string(old) == text:
		fmt.Fprintf(s.out, "up to date: %s\n", config.FileName)
		return nil
	case there && !force:
		return fmt.Errorf("%s is there already and is not what would be written; --force replaces it", config.FileName)
	}
	if there {
		w := rewrite.Writer{Within: within(nil)}
		err = w.Replace(path, string(old), text)
	} else {
		err = rewrite.Create(path, text)
	}
	if err != nil {
		return fmt.Errorf("%s is not written: %w", config.FileName, err)
	}
	taken := plan.Report()
	if len(taken) == 0 {
		taken = []string{"found no settings of " + strings.Join(migrate.Names()[:3], ", ") + ": the rules are those of the default preset"}
	}
	for _, line := range taken {
		fmt.Fprintf(s.err, "nixsift: %s\n", report.Visible(line))
	}
	for _, line := range plan.Lost() {
		fmt.Fprintf(s.err, "nixsift: not taken over: %s\n", report.Visible(line))
	}
	fmt.Fprintf(s.out, "wrote %s\n", config.FileName)
	fmt.Fprintln(s.err, "nixsift: in a project with old findings, `nixsift baseline` comes next: it accepts them, so that only new ones fail")
	return nil
}

// configHead returns how a new configuration begins: with the schema, for editors, the newest edition of the presets,
// and how to turn on the rules in preview.
func configHead() string {
	editions := engine.Catalogue().Editions()
	return fmt.Sprintf("#:schema %s\nedition = %q\n# preview = true\n", config.SchemaURL, editions[len(editions)-1])
}

// migrationPlan returns the plan that the arguments of init ask for.
func migrationPlan(from string, args []string) (*migrate.Plan, error) {
	dir, err := workingDir()
	if err != nil {
		return nil, err
	}
	plan := migrate.New(dir)
	if from == "nixpkgs" || from == "" && len(args) == 0 && plan.IsNixpkgs() {
		if len(args) > 0 {
			return nil, errors.New("--from nixpkgs takes no flags")
		}
		return plan, plan.Nixpkgs()
	}
	if from == "" && len(args) > 0 {
		return nil, fmt.Errorf("`%s`: flags of another tool need --from", strings.Join(args, " "))
	}
	if from != "" {
		if err := plan.Only(from); err != nil {
			return nil, fmt.Errorf("--from: %w", err)
		}
		if len(args) > 0 {
			return plan, plan.Flags(from, args)
		}
	}
	if err := plan.Find(); err != nil {
		return nil, err
	}
	if from != "" && !plan.Found() {
		return plan, plan.Flags(from, nil)
	}
	return plan, nil
}
