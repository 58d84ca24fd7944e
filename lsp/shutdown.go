package lsp

import "github.com/nixsift/nixsift/lsp/protocol"

// shutdown ends the conversation; only exit may follow.
func shutdown(s *Server, r *protocol.Request) error {
	s.mu.Lock()
	s.phase = ending
	s.mu.Unlock()
	r.Reply(nil, nil)
	return nil
}

// exit ends the server.
func exit(s *Server) error {
	s.quit()
	return nil
}

func (s *Server) quit() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !isClosed(s.exited) {
		close(s.exited)
	}
}
