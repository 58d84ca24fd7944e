package lsp

import "github.com/nixsift/nixsift/lsp/protocol"

// cancelRequest ends a request that runs. One that is answered already, or never was, is nothing to cancel.
func cancelRequest(s *Server, r *protocol.Request) error {
	var params protocol.CancelParams
	if err := r.Decode(&params); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.requests[params.Key()]; cancel != nil {
		cancel()
	}
	return nil
}
