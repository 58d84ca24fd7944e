package project

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/workspace"
)

// LockFile reads what lies under the name flake.lock in a folder.
func (s *Snapshot) LockFile(dir string) *flake.LockFile {
	return s.locks.get(dir, func() *flake.LockFile { return s.readLock(dir) })
}

func (s *Snapshot) readLock(dir string) *flake.LockFile {
	l := &flake.LockFile{Path: filepath.Join(dir, "flake.lock")}
	info, err := s.fs.Lstat(l.Path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.State, l.Unread = flake.LockUnreadable, err
		}
		return l
	}
	link := info.Mode()&fs.ModeSymlink != 0
	switch ignored, untracked := s.folder(dir).untracked(l.Path); {
	case info.IsDir():
		l.State = flake.LockFolder
	case !link && !info.Mode().IsRegular():
		l.State = flake.LockSpecial
	case untracked:
		l.State, l.Ignored = flake.LockUntracked, ignored
	case link:
		l.State = flake.LockLink
	default:
		text, err := s.fs.ReadFile(l.Path)
		if errors.Is(err, workspace.ErrNotRegular) {
			l.State = flake.LockSpecial // since it was looked at
		} else if err != nil {
			l.State, l.Unread = flake.LockUnreadable, err
		} else {
			l.Read(string(text))
		}
	}
	return l
}

// untracked reports whether Git keeps a file of the folder from Nix: it tracks the flake.nix beside it and not the
// file itself. ignored says which pattern is why, if one is.
func (f *folder) untracked(path string) (ignored string, yes bool) {
	if f.repo == nil || f.repoErr != nil || !f.tracked(filepath.Join(f.dir, "flake.nix")) || f.tracked(path) {
		return "", false
	}
	if rel, ok := f.repo.Rel(path); ok {
		if rule, ok := f.repo.Ignored(rel, false); ok {
			ignored = fmt.Sprintf("`%s` in %s:%d", rule.Pattern, f.rel(rule.File), rule.Line)
		}
	}
	return ignored, true
}
