package flake

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/git"
	"github.com/nixsift/nixsift/rules"
)

// unlockedInput returns the first input of a flake that has no lock file, and should have one: neither a fixed revision nor a folder of
// the flake itself is another thing tomorrow.
func unlockedInput(p *rules.Pass, f *flake.Flake) (*flake.Input, bool) {
	if f.Nix == nil || f.Nix.Root == nil || p.Project.LockIn(f.Dir).State != flake.LockNone || isFixture(p, f, p.Project.InAside(f.Dir)) ||
		ignoredItself(p, f) {
		return nil, false
	}
	for _, in := range f.Nix.AllInputs() {
		if in.Follows == nil && in.NameNode.IsValid() && !fixed(in.Ref) && !in.Ref.IsRelative() {
			return in, true
		}
	}
	return nil, false
}

// ignoredItself reports whether Git ignores the whole flake, which is somebody's own then.
func ignoredItself(p *rules.Pass, f *flake.Flake) bool {
	repo := p.Project.Repo()
	if repo == nil {
		return false
	}
	rel, ok := repo.Rel(filepath.Join(f.Dir, "flake.nix"))
	if !ok {
		return false
	}
	if _, tracked := repo.Tracked(rel); tracked {
		return false
	}
	_, ignored := repo.Ignored(rel, false)
	return ignored
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

// lockMeant reports whether the pattern that ignores the lock of a flake is there for that: a comment above it speaks of locks, or
// it names flake.lock and leaves that of the root in, so that those below are for others to lock.
func lockMeant(p *rules.Pass, f *flake.Flake, by git.Ignore) bool {
	if file := p.Project.File(by.File); file != nil && strings.Contains(strings.ToLower(commentAt(file.Text(), by.Line)), "lock") {
		return true
	}
	if f.Dir == p.Project.Root() {
		return false
	}
	if path.Base(by.Pattern) != "flake.lock" {
		return false
	}
	_, root := p.Project.Repo().Ignored("flake.lock", false)
	return !root
}

// commentAt returns the comment of a line of an ignore file, from 1: that above the patterns up to the next blank line.
func commentAt(text string, line int) string {
	lines := strings.Split(text, "\n")
	comment := ""
	for i := min(line, len(lines)+1) - 2; i >= 0; i-- {
		at := strings.TrimSpace(lines[i])
		if at == "" || comment != "" && !strings.HasPrefix(at, "#") {
			break
		}
		if strings.HasPrefix(at, "#") {
			comment += at + "\n"
		}
	}
	return comment
}

// reportUnlocked reports a finding, but in tests, examples and templates and in what is only copied.
func reportUnlocked(p *rules.Pass, f *flake.Flake, found diag.Finding) {
	at := filepath.Join(f.Dir, "flake.nix")
	p.Ask(func(a *rules.Asked) {
		if !a.InSamples(at) && !a.Copied(at) {
			a.Report(found)
		}
	})
}
