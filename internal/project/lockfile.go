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
func (s *Store) LockFile(dir string) *flake.LockFile {
	s.mu.Lock()
	l := s.locks[dir]
	if l == nil {
		l = &lazy[*flake.LockFile]{}
		s.locks[dir] = l
	}
	s.mu.Unlock()
	return l.get(func() *flake.LockFile { return s.readLock(dir) })
}

func (s *Store) readLock(dir string) *flake.LockFile {
	l := &flake.LockFile{Path: filepath.Join(dir, "flake.lock")}
	info, err := s.fs.Lstat(l.Path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.State, l.Unread = flake.LockUnreadable, err
		}
		return l
	}
	link := info.Mode()&fs.ModeSymlink != 0
	switch ignored, untracked := s.Folder(dir).untracked(l.Path); {
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
func (p *Project) untracked(path string) (ignored string, yes bool) {
	if p.repo == nil || p.repoErr != nil {
		return "", false
	}
	tracked := func(path string) bool {
		rel, ok := p.repo.Rel(path)
		if ok {
			_, ok = p.repo.Tracked(rel)
		}
		return ok
	}
	if !tracked(filepath.Join(p.dir, "flake.nix")) || tracked(path) {
		return "", false
	}
	if rel, ok := p.repo.Rel(path); ok {
		if rule, ok := p.repo.Ignored(rel, false); ok {
			ignored = fmt.Sprintf("`%s` in %s:%d", rule.Pattern, p.Rel(rule.File), rule.Line)
		}
	}
	return ignored, true
}
