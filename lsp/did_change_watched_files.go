package lsp

import "github.com/nixsift/nixsift/lsp/protocol"

// didChangeWatchedFiles reads the project again. Which files changed does not matter: findings depend on
// their neighbours.
func didChangeWatchedFiles(s *Server, _ *protocol.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renew()
	return nil
}
