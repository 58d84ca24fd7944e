package flake

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var outdatedDays = rules.NewSetting("days", "How many days old the locked nixpkgs may be.", int64(90))

var _ = rules.Register(&rules.Rule{
	ID: "lock-outdated", Family: family, Since: "0.1.0", Stage: rules.Preview,
	Summary: "The locked nixpkgs is old",
	Doc: "flake.lock keeps nixpkgs as it was, with the security holes that are known since. This is a report for those who ask for it: no preset has\n" +
		"the rule but `all`, since what it finds changes with time and not with the code.\n" +
		"\n" +
		"The age is that of the locked revision (`lastModified`), counted from what `--now` says, in CI from the date of the commit, else from today, so that a run\n" +
		"can be repeated. Told are the nixpkgs that the flake has itself, once each; those that flake.nix fixes to a revision are left alone, and so are\n" +
		"those of a release whose support is over: `nixpkgs-ref-unsupported` tells of them, and an update would bring little.",
	Severity: diag.Info,
	Options:  []*rules.Option{outdatedDays.Option}, LockAlone: true,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		if !soundLock(f) || f.Lock.RootNode() == nil {
			return
		}
		now := p.Now()
		if now.IsZero() {
			return
		}
		limit := outdatedDays.In(p)
		seen := map[string]bool{}
		for _, in := range f.Children(f.Lock.Root) {
			name, ok := f.Target(f.Lock.Root, in.Name)
			if !ok || seen[name] {
				continue
			}
			seen[name] = true
			node := f.Lock.Node(name)
			ref, ok := node.Source()
			original, _ := node.Original.Ref()
			if !ok || !ref.IsNixpkgs() || original.IsPinned() || node.LastModified() <= 0 {
				continue
			}
			age := int64(now.Sub(time.Unix(node.LastModified(), 0)) / (24 * time.Hour))
			if age <= limit {
				continue
			}
			path, _ := f.PathTo(name)
			help := fmt.Sprintf("run `nix flake update %s`", inputPath(path))
			if _, _, ended := endedRelease(p, original); ended {
				if declaredEnded(p, f, in.Name) {
					continue
				}
				help = laterRelease(p)
			}
			finding := diag.Finding{
				File: filepath.Join(f.Dir, "flake.lock"), Span: node.Key,
				Message: fmt.Sprintf("`%s` is of %s, which is %d days before %s", inputPath(path),
					time.Unix(node.LastModified(), 0).UTC().Format(time.DateOnly), age, now.UTC().Format(time.DateOnly)),
				Help:     help,
				Subjects: []string{inputPath(path)}, Anywhere: true,
			}
			if p.Project.InAside(f.Dir) {
				finding.Severity = diag.Hint
			}
			p.Report(finding)
		}
	},
})

// declaredEnded reports whether flake.nix declares an input of the flake as a release whose support is over.
func declaredEnded(p *rules.Pass, f *flake.Flake, name string) bool {
	return f.Nix != nil && slices.ContainsFunc(f.Nix.Inputs, func(in *flake.Input) bool {
		_, _, ended := endedInput(p, in)
		return ended && in.Name == name
	})
}
