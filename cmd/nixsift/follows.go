package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/report"
	"github.com/nixsift/nixsift/parser"
)

// followsRule is the rule whose fixes are the plan.
const followsRule = "missing-follows"

func followsCommand(s streams) *cobra.Command {
	var write, check, diff bool
	var format string
	cmd := &cobra.Command{
		Use:   "follows [FLAKE]",
		Short: "Plan which inputs of a flake's inputs may follow its own, and write that",
		Long: "Plan which inputs of a flake's inputs may follow its own inputs, by default for the flake of the folder you stand in: what each\n" +
			"spares in flake.lock, and which others you are to decide on. The plan has what `missing-follows` has a fix for; --write writes it\n" +
			"in the style of flake.nix, and `nix flake lock` takes it into the lock file. What follows is built against another version.\n\n" +
			"Exit status: 0; with --check 1 where the plan is not empty, or a copy is a warning of `missing-follows`; 2 for what is wrong with the call, and where the flake or its lock\n" +
			"file cannot be read or written.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if write && (check || diff) {
				return errors.New("--write writes what --check and --diff only tell of: use one of them")
			}
			switch {
			case format != "text" && format != "json":
				return fmt.Errorf("unknown format %q: use text or json", format)
			case format == "json" && (write || diff):
				return errors.New("--format json is a form of the plan, which --write and --diff do not print: use one of them")
			}
			plan, err := planFollows(s, args)
			if err != nil {
				return err
			}
			if check && plan.lock == nil && len(plan.inputs) > 0 {
				return fmt.Errorf("%s: without flake.lock it is not known what inputs bring: `nix flake lock` makes it", shown(plan.wd, plan.file))
			}
			switch {
			case diff:
				err = plan.diff(s)
			case write:
				err = plan.write(s)
			case format == "json":
				err = plan.json(s)
			default:
				err = plan.tell(s)
			}
			if err == nil && check && (len(plan.added) > 0 || plan.warns()) {
				return status(exitFindings)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "write the plan to flake.nix")
	cmd.Flags().BoolVar(&check, "check", false, "end with 1 where the plan is not empty, or a copy is a warning")
	cmd.Flags().StringVarP(&format, "format", "f", "text", "output format of the plan: text or json")
	cmd.Flags().BoolVar(&diff, "diff", false, "show what --write would change, for git apply")
	return cmd
}

// followsPlan is what a flake's inputs may follow.
type followsPlan struct {
	wd, file string // the working directory and flake.nix
	dir      string // the flake's folder
	fixed    *engine.Fixed
	opts     engine.Options
	lock     *flake.Lock // nil where there is none
	inputs   []*flake.Input
	added    []flake.Override
	left     []diag.Finding // copies that have no fix
}

func planFollows(s streams, args []string) (*followsPlan, error) {
	wd, dir, view, err := openFlake(args)
	if err != nil {
		return nil, err
	}
	p := &followsPlan{wd: wd, file: filepath.Join(dir, "flake.nix"), dir: dir}
	p.lock, p.inputs = view.LockIn(dir).Lock, view.FlakeIn(dir).Nix.AllInputs()
	p.opts = engine.Options{Dir: wd, Paths: []string{p.file}, Only: []string{followsRule}, NoBaseline: true, NoExclude: true}
	ctx, stop := untilSignal()
	defer stop()
	p.fixed, err = engine.Fix(ctx, p.opts, fix.AlsoUnsafe)
	if ctx.Err() != nil {
		return nil, stopped(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	tellErrors(s, wd, p.fixed.Result.Errors)
	if len(p.fixed.Result.Errors) > 0 {
		return nil, status(exitUsage)
	}
	tellRefused(s, wd, p.fixed)
	if len(p.fixed.Refused) > 0 {
		return nil, status(exitUsage) // the plan is not the whole
	}
	for _, f := range p.fixed.Result.Findings {
		if f.Rule == followsRule {
			p.left = append(p.left, f)
		}
	}
	if after, ok := p.fixed.Texts[p.file]; ok {
		p.added = flake.NewOverrides(flake.ReadNix(parser.Parse(p.fixed.Before[p.file])), flake.ReadNix(parser.Parse(after)))
	}
	return p, nil
}

// warns reports whether a copy that has no fix is a warning, as it is for `nixsift check`.
func (p *followsPlan) warns() bool {
	return slices.ContainsFunc(p.left, func(f diag.Finding) bool { return f.Severity >= diag.Warning })
}

// tell writes the plan, with what each override spares beyond those before it, and what is left as it is.
func (p *followsPlan) tell(s streams) error {
	var b strings.Builder
	name := shown(p.wd, p.file)
	total := len(p.lock.Spared(p.added))
	switch {
	case len(p.added) == 0:
		fmt.Fprintf(&b, "%s: there is nothing to write\n", name)
	case p.lock == nil:
		fmt.Fprintf(&b, "%s: %s may follow; without flake.lock it is not known what that spares\n", name, plural(len(p.added), "input"))
	default:
		fmt.Fprintf(&b, "%s: %s may follow, which spares %d of %s in flake.lock\n", name, plural(len(p.added), "input"), total, plural(len(p.lock.Nodes)-1, "node"))
	}
	spares := p.spares()
	for i, o := range p.added {
		fmt.Fprintf(&b, "\n  %s\n", report.Visible(overrideText(o)))
		var names []string
		for _, n := range spares[i] {
			names = append(names, n.Name+contentOf(n))
		}
		if len(names) > 0 {
			fmt.Fprintf(&b, "    spares %s\n", report.Visible(strings.Join(names, ", ")))
		}
	}
	if len(p.left) > 0 {
		b.WriteString("\nto be decided by hand:\n")
	}
	for _, f := range p.left {
		fmt.Fprintf(&b, "\n  %s: %s\n    %s\n", f.Severity, report.Visible(f.Message), report.Visible(f.Help))
	}
	if len(p.added) > 0 {
		b.WriteString("\n`nixsift follows --write` writes this, `nix flake lock` locks it.\n")
	}
	_, err := s.out.Write([]byte(b.String()))
	return err
}

// spares returns the nodes of the lock file that each override spares beyond those before it.
func (p *followsPlan) spares() [][]*flake.LockNode {
	return p.lock.SparedEach(p.added)
}

// The JSON output of `nixsift follows`, version 1: docs/schema/follows-v1.schema.json describes it.
type (
	followsJSON struct {
		Version int            `json:"version"`
		Flake   string         `json:"flake"`
		Nodes   *int           `json:"nodes,omitempty"`
		Follows []overrideJSON `json:"follows"`
		Left    []copyJSON     `json:"left"`
	}
	overrideJSON struct {
		Path   []string     `json:"path"`
		Target []string     `json:"target"`
		Text   string       `json:"text"`
		Spares []sparedJSON `json:"spares"`
	}
	sparedJSON struct {
		Node     string `json:"node"`
		Channel  string `json:"channel,omitempty"`
		Revision string `json:"revision,omitempty"`
	}
	copyJSON struct {
		Message string `json:"message"`
		Help    string `json:"help,omitempty"`
	}
)

// json writes what tell does as JSON.
func (p *followsPlan) json(s streams) error {
	out := followsJSON{Version: 1, Flake: slashed(p.wd, p.dir), Follows: []overrideJSON{}, Left: []copyJSON{}}
	if p.lock != nil {
		nodes := len(p.lock.Nodes) - 1
		out.Nodes = &nodes
	}
	spares := p.spares()
	for i, o := range p.added {
		entry := overrideJSON{Path: o.Path, Target: append([]string{}, o.Target...), Text: overrideText(o), Spares: []sparedJSON{}}
		for _, n := range spares[i] {
			entry.Spares = append(entry.Spares, sparedJSON{n.Name, n.Channel(), n.Rev()})
		}
		out.Follows = append(out.Follows, entry)
	}
	for _, f := range p.left {
		out.Left = append(out.Left, copyJSON{f.Message, f.Help})
	}
	return writeJSON(s, out)
}

// overrideText writes an override as it may stand in flake.nix.
func overrideText(o flake.Override) string {
	return flake.AttrPath(o.Path) + ".follows = " + ast.QuoteString(strings.Join(o.Target, "/")) + ";"
}

// contentOf tells the channel and the revision of a node in parentheses, as far as it has them.
func contentOf(n *flake.LockNode) string {
	text := strings.TrimSpace(n.Channel() + " " + shortRev(n.Rev()))
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

func (p *followsPlan) diff(s streams) error {
	if len(p.fixed.Texts) == 0 {
		fmt.Fprintf(s.err, "nixsift: %s: there is nothing to write\n", shown(p.wd, p.file))
		return nil
	}
	return showChanges(s, p.wd, p.fixed.Before, p.fixed.Texts, []string{p.file}, nil)
}

func (p *followsPlan) write(s streams) error {
	if len(p.added) == 0 {
		return p.tell(s)
	}
	f := checkFlags{opts: p.opts}
	if _, failed := f.writeFixed(context.Background(), s, p.wd, p.fixed, []string{p.file}); len(failed) > 0 {
		return status(exitUsage)
	}
	for _, o := range p.added {
		fmt.Fprintln(s.out, report.Visible(overrideText(o)))
	}
	tellThen(s, p.wd, p.fixed, []string{p.file})
	return nil
}
