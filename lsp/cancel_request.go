package lsp

import "github.com/nixsift/nixsift/lsp/protocol"

// cancelRequest answers a request that runs at once; what it still computes is thrown away. One that is
// answered already, or never was, is nothing to cancel.
func cancelRequest(s *Server, r *protocol.Request) error {
	var params protocol.CancelParams
	if err := r.Decode(&params); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.requests[params.Key()]; ok {
		p.cancel()
		p.request.Reply(nil, cancelled(p.request))
	}
	return nil
}
