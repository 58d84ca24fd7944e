package lsp

import (
	"fmt"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// didChange edits a document.
func didChange(s *Server, r *protocol.Request) error {
	var params protocol.DidChangeTextDocumentParams
	if err := r.Decode(&params); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.open[key(params.TextDocument.URI)]
	if o == nil {
		return fmt.Errorf("%s is not open", params.TextDocument.URI)
	}
	text, edits := applyChanges(o.doc.lines, o.doc.encoding, params.ContentChanges)
	doc := *o.doc
	doc.version = params.TextDocument.Version
	s.serial++
	doc.serial = s.serial
	if text != doc.text {
		doc.setText(text)
	}
	o.doc = &doc
	s.setBuffer(&doc)
	for _, other := range s.open {
		other.ofFlake = moved(other.ofFlake, doc.path, edits)
	}
	s.schedule(o, false)
	s.whenIdle(o)
	return nil
}
