package lsp

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// didChange edits a document.
func didChange(s *Server, r *protocol.Request) error {
	params, err := protocol.DidChange(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.open[key(params.TextDocument.URI)]
	switch {
	case o == nil && err != nil:
		return err
	case o == nil:
		return fmt.Errorf("%s is not open", params.TextDocument.URI)
	case err != nil:
		s.lose(o, err)
		return nil
	}
	changes := params.ContentChanges
	if i := wholeText(changes); i >= 0 {
		changes = changes[i:]
	} else if before, now := o.doc.version, params.TextDocument.Version; before != nil && now != nil && *now < *before {
		s.lose(o, fmt.Errorf("version %d after version %d", *now, *before))
	}
	if o.lost && wholeText(changes) < 0 {
		return nil
	}
	text, edits, err := applyChanges(o.doc.lines, o.doc.encoding, changes)
	if err != nil {
		s.lose(o, err)
		return nil
	}
	s.change(o, params.TextDocument.Version, text, edits)
	return nil
}

// wholeText returns the index of the last change that is the whole text, or -1.
func wholeText(changes []protocol.TextDocumentContentChangeEvent) int {
	for i, c := range slices.Backward(changes) {
		if c.Range == nil {
			return i
		}
	}
	return -1
}

// change gives a document its next state. The edits say how the text came about. The lock is held.
func (s *Server) change(o *openDocument, version *int, text string, edits []edit) {
	doc := o.doc.next()
	doc.version = version
	s.serial++
	doc.serial = s.serial
	if text != doc.text {
		doc.setText(text)
	}
	o.doc = doc
	if o.lost {
		o.lost = false
		s.log.Printf("%s: its text is known again", doc.uri)
	}
	s.setBuffer(doc)
	for _, other := range s.open {
		other.ofFlake = other.ofFlake.moved(doc.path, edits)
		other.crossing = other.crossing.moved(doc.path, edits)
		other.decided = other.decided.moved(doc.path, edits)
		other.shown = other.shown.moved(doc.path, edits)
	}
	s.schedule(o, false)
	s.whenIdle(o)
}

// lose notes that the text of a document is not known any more: until the client sends the whole text, nothing is
// said of the document, and other files see what is on disk. The client is told once. The lock is held.
func (s *Server) lose(o *openDocument, why error) {
	var wrong *protocol.Error
	if errors.As(why, &wrong) {
		why = errors.New(wrong.Message)
	}
	if !o.toldLost {
		s.tell(protocol.LogError, fmt.Sprintf("%s: its text is not known (%v); it is not checked until it is saved, or closed and opened again", o.doc.uri, why))
	}
	if o.lost {
		return
	}
	o.lost, o.toldLost = true, true
	o.doc = o.doc.next()
	o.callOff()
	s.dropBuffer(o.doc)
	o.tellWaiting()
}
