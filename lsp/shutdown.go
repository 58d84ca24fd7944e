package lsp

import "github.com/nixsift/nixsift/lsp/protocol"

// shutdown ends the conversation; only exit may follow.
func shutdown(s *Server, r *protocol.Request) error {
	s.mu.Lock()
	s.phase = ending
	s.leave()
	s.mu.Unlock()
	r.Reply(nil, nil)
	return nil
}

// leave lets go of requests that are held. The lock is held.
func (s *Server) leave() {
	if !isClosed(s.leaving) {
		close(s.leaving)
	}
}

// ends returns what is closed when the client leaves.
func (s *Server) ends() <-chan struct{} { return s.leaving }

// exit ends the server.
func exit(s *Server) error {
	s.quit()
	return nil
}

func (s *Server) quit() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave()
	if !isClosed(s.exited) {
		close(s.exited)
	}
}
