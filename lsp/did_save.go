package lsp

import "github.com/nixsift/nixsift/lsp/protocol"

// didSave reads the project again: what other files say of this one, or Git, may have changed.
func didSave(s *Server, r *protocol.Request) error {
	var params protocol.DidSaveTextDocumentParams
	if err := r.Decode(&params); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renew()
	return nil
}
