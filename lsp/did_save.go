package lsp

import "github.com/nixsift/nixsift/lsp/protocol"

// didSave reads the project again: what other files say of this one, or Git, may have changed. The text of the
// document comes along, and wins over what edits made of it.
func didSave(s *Server, r *protocol.Request) error {
	var params protocol.DidSaveTextDocumentParams
	err := r.Decode(&params)
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.open[key(params.TextDocument.URI)]; o != nil && err == nil && params.Text != nil && (o.lost || *params.Text != o.doc.text) {
		s.change(o, o.doc.version, *params.Text, []edit{difference(o.doc.text, *params.Text)})
	}
	s.renew()
	return err
}
