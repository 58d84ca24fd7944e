package flake

import (
	"path/filepath"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/rules"
)

// unlockedInput returns the first input of a flake that has no lock file, and should have one.
func unlockedInput(p *rules.Pass, f *flake.Flake) (*flake.Input, bool) {
	if f.Nix == nil || f.Nix.Root == nil || p.Project.LockIn(f.Dir).State != flake.LockNone || isFixture(p, f, p.Project.InAside(f.Dir)) {
		return nil, false
	}
	for _, in := range f.Nix.AllInputs() {
		if in.Follows == nil && in.NameNode.IsValid() {
			return in, true
		}
	}
	return nil, false
}

// ignoredLock returns the pattern by which Git ignores the lock file of a flake that it tracks.
func ignoredLock(p *rules.Pass, f *flake.Flake) (by git.Ignore, ok bool) {
	repo := p.Project.Repo()
	if repo == nil || !p.Project.InFlake() {
		return by, false
	}
	rel, ok := repo.Rel(filepath.Join(f.Dir, "flake.lock"))
	if !ok {
		return by, false
	}
	return repo.Ignored(rel, false)
}

// reportUnlocked reports a finding, but in tests, examples and templates and in what is only copied.
func reportUnlocked(p *rules.Pass, f *flake.Flake, found diag.Finding) {
	path := filepath.Join(f.Dir, "flake.nix")
	p.Ask(func(a *rules.Asked) {
		if !a.InSamples(path) && !a.Copied(path) {
			a.Report(found)
		}
	})
}
