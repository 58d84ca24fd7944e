package lsp

import (
	"github.com/nixsift/nixsift/lsp/protocol"
)

// didClose gives a document back to the disk and takes its diagnostics away.
func didClose(s *Server, r *protocol.Request) error {
	var params protocol.DidCloseTextDocumentParams
	if err := r.Decode(&params); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key(params.TextDocument.URI)
	o := s.open[k]
	if o == nil {
		return nil
	}
	o.close()
	delete(s.open, k)
	s.overlay.Delete(o.doc.path)
	if dir := o.doc.flakeDir(); dir != "" {
		s.engine.ForgetFlake(dir)
	}
	text, err := s.disk.ReadFile(o.doc.path)
	if o.doc.onDisk && (err != nil || string(text) != o.doc.text) || o.doc.isConfig() {
		s.renew() // what was not saved is gone
	}
	return s.conn.Notify("textDocument/publishDiagnostics", protocol.PublishDiagnosticsParams{
		URI: o.doc.uri, Diagnostics: []protocol.Diagnostic{},
	})
}
