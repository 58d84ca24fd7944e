package lsp

import "github.com/nixsift/nixsift/lsp/protocol"

// didChangeConfiguration reads the project again, its configuration included. The settings of the editor
// say how things are shown, and nothing of what is found: what holds in the editor must hold in CI.
func didChangeConfiguration(s *Server, r *protocol.Request) error {
	if settings, ok := protocol.ReadSettings(r.Params, "settings"); ok {
		s.set(settings)
	}
	s.pullSettings()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renew()
	return nil
}
