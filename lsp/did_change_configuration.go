package lsp

import "github.com/nixsift/nixsift/lsp/protocol"

// didChangeConfiguration reads the project again, its configuration included. The settings of the editor
// are not used: what holds in the editor must hold in CI.
func didChangeConfiguration(s *Server, _ *protocol.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renew()
	return nil
}
