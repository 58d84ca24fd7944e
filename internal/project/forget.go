package project

// ForgetFlake drops what is known of the flake in a folder, so that its files are read again. It is for
// programs that live on while flake.nix or flake.lock changes.
func (s *Store) ForgetFlake(dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.flakes, dir)
}
