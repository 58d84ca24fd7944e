package project

import (
	"path/filepath"

	"github.com/nixsift/nixsift/internal/workspace"
)

// Next returns the snapshot of a file system in which only the content of some Nix files or locks has changed: what is
// known of the repositories, and what the other files say, holds.
func (s *Snapshot) Next(fsys workspace.FS, changed []string) *Snapshot {
	next := New(fsys)
	next.repos = s.repos
	s.facts.mu.Lock()
	defer s.facts.mu.Unlock()
	next.facts.of = make(map[string]said, len(s.facts.of))
	for path, said := range s.facts.of {
		next.facts.of[path] = said
	}
	for _, path := range changed {
		delete(next.facts.of, path)
	}
	return next
}

// ForgetFlake drops what is known of the flake in a folder, so that its files are read again. It is for
// programs that live on while flake.nix or flake.lock changes.
func (s *Snapshot) ForgetFlake(dir string) {
	s.flakes.forget(dir)
	s.locks.forget(dir)
	s.files.forget(filepath.Join(dir, "flake.nix"))
	s.files.forget(filepath.Join(dir, "flake.lock"))
}
