package project

import "github.com/nixsift/nixsift/internal/workspace"

// ForgetFlake drops what is known of the flake in a folder, so that its files are read again. It is for
// programs that live on while flake.nix or flake.lock changes.
func (s *Store) ForgetFlake(dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.flakes, dir)
	delete(s.locks, dir)
}

// Successor returns the store of the next run over the same files, of which only some have changed, and those
// Nix files or locks: the repositories and what the other files say of each other are known already. s, whose run
// is over, must not be used any more.
func (s *Store) Successor(fsys workspace.FS, changed []string) *Store {
	next := NewStore(fsys)
	next.repos, next.notes = s.repos, s.notes
	s.notes = nil
	for _, path := range changed {
		delete(next.notes, path)
	}
	return next
}
