package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/engine"
	"github.com/nixsift/nixsift/internal/patch"
	"github.com/nixsift/nixsift/internal/report"
)

func fixCommand(s streams) *cobra.Command {
	f := checkFlags{fix: true}
	cmd := &cobra.Command{
		Use:   "fix [PATH …]",
		Short: "Fix files and folders",
		Long: "Apply the fixes of what is found in files and folders; without any, in the folder you stand in. It is `nixsift check --fix`:\n" +
			"what is left is told, and makes the exit status.\n\n" +
			"With --interactive each fix is shown as a diff and asked about. Nothing is written before all is answered; the answers may\ncome from a pipe.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.validate(cmd.Flags(), args); err != nil {
				return err
			}
			return check(s, &f, args)
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().SetNormalizeFunc(spelling)
	return cmd
}

// asker asks somebody about fixes.
type asker struct {
	ctx   context.Context
	lines <-chan string // what is answered; closed at the end
	w     io.Writer
	wd    string
	color bool
	of    map[string]bool // the answer about all fixes of a rule
	quit  bool
}

func newAsker(ctx context.Context, s streams, wd string, color bool) *asker {
	lines := make(chan string)
	go func() { // a signal ends the waiting, and reading cannot be ended
		defer close(lines)
		for in := bufio.NewScanner(s.in); in.Scan(); {
			select {
			case lines <- strings.TrimSpace(in.Text()):
			case <-ctx.Done():
				return
			}
		}
	}()
	return &asker{ctx: ctx, lines: lines, w: s.err, wd: wd, color: color, of: map[string]bool{}}
}

// answer waits for an answer. The end of the input, and of the run, is "q".
func (a *asker) answer() string {
	select {
	case line, ok := <-a.lines:
		if ok {
			return line
		}
	case <-a.ctx.Done():
	}
	fmt.Fprintln(a.w)
	return "q"
}

// approve shows a fix and returns whether it is to be applied.
func (a *asker) approve(p engine.Proposal) bool {
	if answer, ok := a.of[p.Rule]; a.quit || ok {
		return answer
	}
	a.show(p)
	for {
		fmt.Fprintf(a.w, "nixsift: %s? [y,n,a,d,q,?] ", report.Visible(p.Secrets.HideOf(p.Finding.File, p.Fix.Title)))
		switch answer := a.answer(); answer {
		case "y", "yes":
			return true
		case "n", "no":
			return false
		case "a", "d":
			a.of[p.Rule] = answer == "a"
			return answer == "a"
		case "q":
			a.quit = true
			return false
		}
		fmt.Fprintf(a.w, "y - apply this fix\nn - leave it out\na - apply it and all later ones of %[1]s\nd - leave it and all later ones of %[1]s out\nq - leave it and all later ones out\n? - show this\n", p.Rule)
	}
}

// show prints the finding and what its fix changes.
func (a *asker) show(p engine.Proposal) {
	eye := ""
	if p.Fix.Safety != diag.Safe {
		eye = " (the fix needs an eye)"
	}
	fmt.Fprintf(a.w, "\n%s:%d:%d: %s: %s [%s]%s\n", shown(a.wd, p.Finding.File), p.At.Line, p.At.Column, p.Finding.Severity, report.Visible(p.Secrets.HideOf(p.Finding.File, p.Finding.Message)), p.Rule, eye)
	for _, file := range slices.Sorted(maps.Keys(p.After)) {
		var b strings.Builder
		_, _ = writeMasked(&b, patch.File{Name: shown(a.wd, file), Before: p.Before[file], After: p.After[file]}, p.Secrets)
		for line := range strings.SplitSeq(strings.TrimSuffix(b.String(), "\n"), "\n") {
			a.showLine(line)
		}
	}
}

// visibleLine is report.Visible of a line of a diff, whose tabs stay.
func visibleLine(line string) string {
	parts := strings.Split(line, "\t")
	for i := range parts {
		parts[i] = report.Visible(parts[i])
	}
	return strings.Join(parts, "\t")
}

func (a *asker) showLine(line string) {
	line = visibleLine(line)
	color := ""
	switch {
	case !a.color:
	case strings.HasPrefix(line, "-"):
		color = "\x1b[31m"
	case strings.HasPrefix(line, "+"):
		color = "\x1b[32m"
	case strings.HasPrefix(line, "@@"):
		color = "\x1b[36m"
	}
	if color != "" {
		line = color + line + "\x1b[0m"
	}
	fmt.Fprintln(a.w, line)
}
