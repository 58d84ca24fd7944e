package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/internal/fix"
	"github.com/nixsift/nixsift/internal/sema"
	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/parser"
)

// maxRounds bounds how often fixing starts over with its own result.
const maxRounds = 10

// Fixed is the outcome of fixing. Nothing is written: Texts holds the new texts of the files that change.
type Fixed struct {
	Texts   map[string]string
	Before  map[string]string // the texts that those replace
	Applied int
	Broken  []fix.Planned // fixes left out because their result would not parse
	Result  *Result       // what is found after fixing
}

// Fix applies the fixes of findings, round by round, until none is left that applies. An overlapping fix
// waits for the next round. Where rounds do not come to an end, nothing is changed and the error names the
// rules at work.
func Fix(ctx context.Context, opts Options, level fix.Level) (*Fixed, error) {
	if opts.FS == nil {
		opts.FS = workspace.OS
	}
	overlay := workspace.NewOverlay(opts.FS)
	opts.FS = overlay
	out := &Fixed{Texts: map[string]string{}, Before: map[string]string{}}
	left := map[string]bool{}
	for round := 0; ; round++ {
		res, err := Check(ctx, opts)
		if err != nil {
			return nil, err
		}
		out.Result = res
		plan := slices.DeleteFunc(fix.Plan(res.Findings, level), func(p fix.Planned) bool { return left[key(p)] })
		if len(plan) == 0 {
			return out, nil
		}
		if round == maxRounds {
			return nil, fmt.Errorf("fixing does not come to an end after %d rounds, so nothing is written; the rules at work are %s: please report this", maxRounds, ruleNames(plan))
		}
		done := fix.Apply(plan, res.Text, rejections)
		for _, p := range done.Broken {
			left[key(p)] = true
			out.Broken = append(out.Broken, p)
		}
		if len(done.Applied) == 0 {
			return out, nil
		}
		out.Applied += len(done.Applied)
		for file, text := range done.Texts {
			if _, again := out.Before[file]; !again {
				out.Before[file], _ = res.Text(file)
			}
			overlay.Set(file, []byte(text))
			out.Texts[file] = text
		}
	}
}

// key identifies a planned fix from round to round.
func key(p fix.Planned) string { return fmt.Sprintf("%s %v", p.Rule, p.Fix) }

func ruleNames(plan []fix.Planned) string {
	var names []string
	for _, p := range plan {
		names = append(names, "`"+p.Rule+"`")
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// rejections weighs what Nix holds against a text when it parses: syntax errors or, where there is none, names that
// are unbound or defined twice. A syntax error outweighs all names, since mending it brings them to light. Files that
// are not Nix have none.
func rejections(file, text string) int {
	if filepath.Ext(file) != ".nix" {
		return 0
	}
	tree := parser.Parse(text)
	if n := len(tree.Errors()); n > 0 {
		return n << 32
	}
	names := sema.Resolve(tree)
	n := 0
	for range names.Undefined() {
		n++
	}
	for _, c := range names.Conflicts() {
		if !c.OldOnly {
			n++
		}
	}
	return n
}
