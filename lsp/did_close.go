package lsp

import (
	"github.com/nixsift/nixsift/lsp/protocol"
)

// didClose gives a document back to the disk and takes its diagnostics away. A document that was opened under several
// spellings of its URI stays open until the last is closed.
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
	if left := o.spellings(params.TextDocument.URI); len(o.others) > 0 && len(left) > 0 {
		s.rename(o, left)
		return nil
	}
	o.close()
	delete(s.open, k)
	s.dropBuffer(o.doc)
	s.clear(o.doc.uri)
	return nil
}

// rename has a document open under the last of some spellings of its URI. The lock is held.
func (s *Server) rename(o *openDocument, spellings []protocol.DocumentURI) {
	n := len(spellings) - 1
	o.others = spellings[:n]
	if o.doc.uri == spellings[n] {
		return
	}
	s.clear(o.doc.uri)
	o.doc = o.doc.next()
	o.doc.uri = spellings[n]
	if !o.lost {
		s.change(o, nil, o.doc.text, nil)
	}
}
